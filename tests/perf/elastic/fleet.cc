#include "tests/perf/elastic/fleet.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "common/kafka/admin.h"
#include "tests/perf/baseline/stage.h"

namespace encours::perf {
namespace fs = std::filesystem;
namespace runtime = encours::stream::v1alpha1;

namespace {

constexpr std::int64_t kStatusMs = 1000;
constexpr const char* kCompact = "compact";

fs::path program(const std::string& name) {
  return fs::read_symlink("/proc/self/exe").parent_path() / name;
}

// User and system time of a process; nothing once it is gone.
std::optional<double> cpu_seconds_of(pid_t pid) {
  constexpr int kUserTime = 11;  // Of the fields behind the name.
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(in, text)) return std::nullopt;
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < kUserTime; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::make(const Plan& plan, const FleetOptions& options) {
  std::unique_ptr<Fleet> fleet(new Fleet(plan, options));
  fleet->token_file_ = fleet->issuer_.folder() + "/token";
  rpc::testing::write_file(fleet->token_file_,
                           fleet->issuer_.token("probe", R"(["admin"])", R"(["*"])"));
  char name = 'a';
  for (const int port : options.ports) fleet->instances_[std::string(1, name++)].port = port;
  ENCOURS_TRY(fleet->create_topics());
  return fleet;
}

Status Fleet::create_topics() {
  ENCOURS_ASSIGN(const auto admin, kafka::KafkaAdmin::make(kafka_settings(plan_)));
  std::vector<kafka::TopicSpec> topics;
  for (const char* name : {test::kBaselineIn, test::kBaselineOut, "encours.settings",
                           "encours.dead-letters", "encours.audit", "encours.elastic.commands"}) {
    topics.push_back({name, plan_.partitions, 1, {}});
  }
  topics.push_back(
      {"encours.elastic.changelog", plan_.partitions, 1, {{"cleanup.policy", kCompact}}});
  topics.push_back({"encours.elastic.placement", 1, 1, {{"cleanup.policy", kCompact}}});
  return admin->create_topics(topics);
}

Status Fleet::write_config(const std::string& name, const Instance& instance) const {
  const fs::path folder = options_.folder / name;
  fs::create_directories(folder);
  std::ofstream out(options_.folder / (name + ".yaml"));
  out << "instance: " << name << "\n"
      << "kafka_bootstrap_servers: " << plan_.brokers << "\n"
      << "kafka_topic_prefix: " << plan_.prefix << "\n"
      << "kafka_session_timeout_ms: " << options_.session_timeout_ms << "\n"
      << "partitions: " << plan_.partitions << "\n"
      << "grpc_listen_address: 127.0.0.1:" << instance.port << "\n"
      << "data_dir: " << folder.string() << "\n"
      << "jwks_file: " << issuer_.jwks_file() << "\n"
      << "token_issuer: " << rpc::testing::kIssuer << "\n"
      << "token_audience: " << rpc::testing::kAudience << "\n";
  return out.flush() ? Status() : fatal("elastic_fleet", "no configuration could be written");
}

Result<std::shared_ptr<Target>> Fleet::open(const std::string& name,
                                            const Instance& instance) const {
  const auto target = std::make_shared<Target>();
  target->name = name;
  rpc::ChannelConfig channel;
  channel.address = "127.0.0.1:" + std::to_string(instance.port);
  ENCOURS_ASSIGN(target->client, rpc::Client::open(channel, token_file_));
  target->elastic = test::elastic::ElasticService::NewStub(target->client->channel());
  target->runtime = runtime::RuntimeService::NewStub(target->client->channel());
  return target;
}

Status Fleet::start(const std::string& name) {
  Instance& instance = instances_.at(name);
  ENCOURS_TRY(write_config(name, instance));
  instance.cpu_before += std::exchange(instance.cpu_seconds, 0);
  const std::string output = name + "-" + std::to_string(++instance.starts) + ".log";
  ENCOURS_ASSIGN(
      instance.process,
      test::Process::start({program("elastic_service").string(), "--config",
                            (options_.folder / (name + ".yaml")).string()},
                           {}, options_.folder / output));
  ENCOURS_ASSIGN(instance.target, open(name, instance));
  return {};
}

void Fleet::let_go(const std::string& name) {
  Instance& instance = instances_.at(name);
  instance.target->has_gone = true;
  const std::lock_guard lock(mutex_);
  std::erase(takes_calls_, instance.target);
}

void Fleet::kill(const std::string& name) {
  let_go(name);
  cpu_seconds();
  instances_.at(name).process->kill();
}

void Fleet::drain(const std::string& name) {
  let_go(name);
  instances_.at(name).process->drain();
}

std::optional<test::Ended> Fleet::await_end(const std::string& name, std::int64_t timeout_ms) {
  test::Process& process = *instances_.at(name).process;
  test::await(timeout_ms, [&] {
    cpu_seconds();
    return !process.alive();
  });
  return process.await_end(0);
}

std::vector<int> Fleet::spread() {
  std::vector<int> counts;
  std::set<std::int32_t> all;
  for (auto& [name, instance] : instances_) {
    if (!instance.target || instance.target->has_gone) continue;
    const auto status = instance.target->client->unary<runtime::RuntimeService::Stub,
                                                       runtime::GetStatusRequest,
                                                       runtime::GetStatusResponse>(
        *instance.target->runtime, &runtime::RuntimeService::Stub::GetStatus, {}, kStatusMs);
    if (!status || !status->ready()) return {};
    int running = 0;
    for (const auto& task : status->tasks()) {
      if (task.state() != runtime::TASK_STATE_RUNNING) continue;
      if (all.insert(task.partition()).second) ++running;
    }
    counts.push_back(running);
    const std::lock_guard lock(mutex_);
    const bool known = std::find(takes_calls_.begin(), takes_calls_.end(), instance.target) !=
                       takes_calls_.end();
    if (!known) takes_calls_.push_back(instance.target);
  }
  if (all.size() != static_cast<std::size_t>(plan_.partitions)) return {};
  std::sort(counts.rbegin(), counts.rend());
  return counts;
}

double Fleet::cpu_seconds() {
  double sum = 0;
  for (auto& [name, instance] : instances_) {
    if (instance.process && instance.process->alive()) {
      if (const auto used = cpu_seconds_of(instance.process->pid())) instance.cpu_seconds = *used;
    }
    sum += instance.cpu_seconds + instance.cpu_before;
  }
  return sum;
}

std::shared_ptr<Target> Fleet::draw(std::uint64_t drawn) {
  const std::lock_guard lock(mutex_);
  if (takes_calls_.empty()) return nullptr;
  return takes_calls_[drawn % takes_calls_.size()];
}

}  // namespace encours::perf
