#include "common/service/service_shell.h"

#include <algorithm>
#include <csignal>
#include <optional>
#include <thread>

#include "common/base/fault_point.h"
#include "common/documents/directory_store.h"
#include "common/egress/effect_worker.h"
#include "common/kafka/admin.h"
#include "common/kafka/log_client.h"
#include "common/kafka/security_file.h"
#include "common/observe/exposer.h"
#include "common/observe/log.h"
#include "common/persons/sealer.h"
#include "common/service/rpc/rpc_parts.h"
#include "common/service/runner_metrics.h"
#include "common/service/verify.h"

namespace encours {
namespace {

constexpr std::int64_t kServerGraceMs = 3000;
constexpr std::int64_t kWatchMs = 200;

stream::EffectsMode effects_mode(const std::string& word) {
  if (word == "simulators") return stream::EffectsMode::kSimulatorsOnly;
  return word == "rebuild" ? stream::EffectsMode::kRebuild : stream::EffectsMode::kLive;
}

kafka::TopicNames topic_names(const ServiceConfig& config, const stream::Topology& topology) {
  if (effects_mode(config.effects) != stream::EffectsMode::kRebuild) {
    return kafka::TopicNames(config.kafka_topic_prefix);
  }
  return kafka::TopicNames::of_rebuild(config.kafka_topic_prefix, config.rebuild_topic_prefix,
                                       topology.own_topics());
}

kafka::KafkaSettings kafka_settings(const ServiceConfig& config, const stream::Topology& topology,
                                    const kafka::Properties& security, const std::string& address,
                                    int runner) {
  kafka::KafkaSettings settings;
  settings.bootstrap_servers = config.kafka_bootstrap_servers;
  settings.names = topic_names(config, topology);
  settings.client_id = topology.service + "@" + address;
  settings.group_id = topology.service;
  settings.group_instance_id =
      topology.service + "-" + config.instance + "-" + std::to_string(runner);
  settings.transactional_id = settings.group_instance_id;
  settings.session_timeout_ms = config.kafka_session_timeout_ms;
  settings.transaction_timeout_ms = config.kafka_transaction_timeout_ms;
  settings.compression = config.kafka_compression;
  settings.extra = security;
  return settings;
}

stream::RunnerOptions runner_options(const ServiceConfig& config,
                                     const kafka::KafkaSettings& kafka, const std::string& address,
                                     const Sealer* sealer) {
  stream::RunnerOptions options;
  options.member = kafka.group_instance_id;
  options.address = address;
  options.effects_mode = effects_mode(config.effects);
  options.pace.min_interval_ms = config.commit_min_interval_ms;
  options.pace.max_age_ms = config.commit_max_age_ms;
  options.pace.backlog_age_ms = config.commit_backlog_age_ms;
  options.pace.max_records = static_cast<std::size_t>(config.commit_max_records);
  options.sealer = sealer;
  return options;
}

// One runner with its copies, each on a thread. A fatal end of one runner ends the process: the
// others can't stand in for it.
struct Runner {
  std::unique_ptr<stream::LogClient> log;
  std::unique_ptr<stream::LogClient> log_of_copies;
  std::unique_ptr<stream::CopyKeeper> copies;
  std::unique_ptr<stream::TaskRunner> runner;
  std::jthread copying;
  std::jthread thread;
};

class Process {
 public:
  Process(const ServiceConfig& config, ServiceSpec spec) : config_(config), spec_(std::move(spec)) {
    topology_.service = spec_.name;
    topology_.partitions = config.partitions;
    topology_.decision_version = spec_.decision_version;
    topology_.stages = spec_.stages;
    topology_.large_topics = spec_.large_topics;
    topology_.poison_limit.percent = static_cast<std::size_t>(config.poison_percent);
    topology_.slice_size = static_cast<std::size_t>(config.tick_slice_timers);
  }

  Status run(const sigset_t& signals);

 private:
  Status build();
  Status build_worker();
  void start_runners();
  void watch(const sigset_t& signals);
  bool is_over(int signal);
  Status stop();

  const ServiceConfig& config_;
  ServiceSpec spec_;
  stream::Topology topology_;
  SystemClock clock_;
  Metrics metrics_;
  std::unique_ptr<Exposer> exposer_;
  std::unique_ptr<RunnerMetrics> runner_metrics_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<DocumentStore> documents_;
  StoreMemory memory_;
  StoresOnDisk stores_{config_.data_dir, memory_};
  stream::TaskBoard board_{clock_};
  stream::SettingsView settings_{board_};
  kafka::Properties kafka_security_;
  kafka::KafkaSettings kafka_;
  std::unique_ptr<stream::LogClient> log_;
  std::unique_ptr<kafka::Appender> appender_;
  std::unique_ptr<RpcParts> rpc_;
  std::unique_ptr<ServiceParts> parts_;
  std::unique_ptr<egress::Performer> performer_;
  std::unique_ptr<egress::EffectWorker> worker_;
  std::vector<std::unique_ptr<Runner>> runners_;
  std::mutex mutex_;
  Status runner_failure_;
  std::optional<std::int64_t> drain_until_ms_;
};

// A rebuild beside the service that it copies must not be taken for it.
Status check_rebuild(const ServiceConfig& config) {
  const bool rebuild = effects_mode(config.effects) == stream::EffectsMode::kRebuild;
  if (rebuild && config.rebuild_topic_prefix == config.kafka_topic_prefix) {
    return fatal("rebuild_topic_prefix", "effects: rebuild needs a prefix of its own to write to.");
  }
  if (!rebuild && !config.rebuild_topic_prefix.empty()) {
    return fatal("rebuild_topic_prefix", "Only effects: rebuild takes it.");
  }
  return {};
}

Status Process::build() {
  ENCOURS_TRY(check_rebuild(config_));
  ENCOURS_ASSIGN(exposer_, Exposer::start(config_.metrics_listen_address, metrics_));
  runner_metrics_ = std::make_unique<RunnerMetrics>(metrics_);
  if (!config_.persons_kek_file.empty()) {
    ENCOURS_ASSIGN(Sealer sealer, Sealer::from_key_file(config_.persons_kek_file));
    sealer_ = std::make_unique<Sealer>(std::move(sealer));
  }
  const std::filesystem::path data(config_.data_dir);
  std::error_code no_folder;
  std::filesystem::create_directories(data, no_folder);
  if (no_folder) return fatal("data_dir", config_.data_dir + ": " + no_folder.message());
  ENCOURS_TRY(clear_verify_folders(config_, topology_));
  const auto documents = config_.documents_dir.empty()
                             ? data / "documents"
                             : std::filesystem::path(config_.documents_dir);
  ENCOURS_ASSIGN(documents_, DirectoryStore::open(documents));
  memory_ = StoreMemory::with_limits(static_cast<std::size_t>(config_.block_cache_mib) << 20,
                                     static_cast<std::size_t>(config_.write_buffer_mib) << 20);
  // The address is part of the group membership, so the server listens before the runners join.
  ENCOURS_ASSIGN(rpc_, RpcParts::make(config_, topology_, spec_.apis, board_, clock_, metrics_));
  ENCOURS_ASSIGN(kafka_security_, kafka::read_security_file(config_.kafka_security_file));
  kafka_ = kafka_settings(config_, topology_, kafka_security_, rpc_->advertised_address(), 0);
  kafka_.client_id = spec_.name;
  log_ = kafka::make_kafka_log(kafka_);
  ENCOURS_ASSIGN(appender_, kafka::Appender::make(kafka_));
  ENCOURS_TRY(rpc_->connect(*appender_));
  parts_ = std::make_unique<ServiceParts>(ServiceParts{
      config_, topology_, board_, settings_, *log_, *appender_, kafka_, *documents_, sealer_.get(),
      clock_, metrics_, rpc_->guard(), rpc_->router(), rpc_->commands()});
  ENCOURS_TRY(rpc_->serve(*parts_, spec_));
  return build_worker();
}

// A rebuild has nobody who could call the outside.
Status Process::build_worker() {
  const bool rebuild = effects_mode(config_.effects) == stream::EffectsMode::kRebuild;
  if (!spec_.make_performer || (rebuild && !mutation_is_on("let_rebuild_send"))) return {};
  ENCOURS_ASSIGN(performer_, spec_.make_performer(*parts_));
  worker_ = std::make_unique<egress::EffectWorker>(
      egress::WorkerOptions{spec_.name}, board_, *appender_, clock_, metrics_, *performer_);
  return {};
}

void Process::start_runners() {
  for (int i = 0; i < config_.runners; ++i) {
    auto one = std::make_unique<Runner>();
    const std::string address = rpc_->advertised_address();
    const auto kafka = kafka_settings(config_, topology_, kafka_security_, address, i);
    one->log = kafka::make_kafka_log(kafka);
    auto options = runner_options(config_, kafka, address, sealer_.get());
    if (config_.keep_copies) {
      one->log_of_copies = kafka::make_kafka_log(kafka);
      one->copies = std::make_unique<stream::CopyKeeper>(topology_, *one->log_of_copies, stores_,
                                                         clock_, *runner_metrics_);
      one->copying = std::jthread([copies = one->copies.get()] { copies->run(); });
      options.copies = one->copies.get();
    }
    one->runner = std::make_unique<stream::TaskRunner>(topology_, options, *one->log, stores_,
                                                       *documents_, board_, clock_,
                                                       *runner_metrics_);
    one->thread = std::jthread([this, runner = one->runner.get()] {
      const Status ended = runner->run();
      if (ended) return;
      {
        std::lock_guard lock(mutex_);
        runner_failure_ = ended;
      }
      log::error("runner_failed", {{"code", ended.failure().code},
                                   {"why", ended.failure().message}});
      ::kill(::getpid(), SIGTERM);
    });
    runners_.push_back(std::move(one));
  }
}

// Waits for a signal; between times tells health what the board says, and watches the runners.
void Process::watch(const sigset_t& signals) {
  Gauge ready =
      metrics_.gauges("encours_ready", "1 while its partitions are restored and go on.").with({});
  Gauge partitions =
      metrics_.gauges("encours_partitions", "Partitions that run here.").with({});
  while (true) {
    const bool all = std::all_of(runners_.begin(), runners_.end(),
                                 [](const auto& one) { return one->runner->is_ready(); });
    board_.set_ready(all);
    rpc_->set_ready(all);
    ready.set(all ? 1 : 0);
    partitions.set(static_cast<double>(board_.running().size()));
    const timespec wait{kWatchMs / 1000, (kWatchMs % 1000) * 1000000};
    if (is_over(::sigtimedwait(&signals, nullptr, &wait))) return;
    for (const auto& one : runners_) {
      const std::int64_t silent = one->runner->silent_ms();
      if (silent < config_.watchdog_budget_ms) continue;
      log::error("watchdog", {{"silent_ms", silent}});
      std::_Exit(70);
    }
  }
}

// Whether it is time to stop: by a signal (0 or less: none came), or because all is handed over.
bool Process::is_over(int signal) {
  const bool asks_for_drain = signal == SIGUSR1 || (signal > 0 && config_.drain_on_stop);
  if (asks_for_drain && !drain_until_ms_) {
    drain_until_ms_ = clock_.monotonic_ms() + config_.drain_timeout_ms;
    for (const auto& one : runners_) one->runner->request_drain();
    log::info("draining", {{"signal", signal}});
    return false;
  }
  const bool drained =
      drain_until_ms_ && std::all_of(runners_.begin(), runners_.end(), [](const auto& one) {
        return one->runner->is_drained();
      });
  const bool late = drain_until_ms_ && clock_.monotonic_ms() > *drain_until_ms_;
  if (signal <= 0 && !drained && !late) return false;
  log::info("stopping", {{"signal", std::max(signal, 0)}, {"drained", drained}});
  return true;
}

Status Process::stop() {
  rpc_->set_ready(false);
  if (worker_) worker_->stop();
  for (const auto& one : runners_) one->runner->request_stop();
  for (const auto& one : runners_) one->thread.join();
  for (const auto& one : runners_) {
    if (!one->copies) continue;
    one->copies->request_stop();
    one->copying.join();
  }
  rpc_->stop(kServerGraceMs);
  std::lock_guard lock(mutex_);
  return runner_failure_;
}

Status Process::run(const sigset_t& signals) {
  ENCOURS_TRY(build());
  start_runners();
  if (worker_) worker_->start();
  log::info("started", {{"grpc", rpc_->advertised_address()}, {"metrics_port", exposer_->port()}});
  watch(signals);
  return stop();
}

}  // namespace

int run_service(const ServiceConfig& config, ServiceSpec spec) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const std::string name = spec.name;
  auto level = log::parse_level(config.log_level);
  ENCOURS_CHECK(level.ok(), "the config knows the words of log levels");
  log::Options options;
  options.service = name;
  options.level = *level;
  log::start(options);
  Process process(config, std::move(spec));
  const Status ended = process.run(signals);
  if (ended) return 0;
  log::error("failed", {{"code", ended.failure().code}, {"why", ended.failure().message}});
  std::fprintf(stderr, "%s: %s\n", name.c_str(), ended.failure().message.c_str());
  return 1;
}

}  // namespace encours
