#include "tests/fault/sim/world.h"

#include <algorithm>
#include <functional>

#include "tests/fault/tally/no_documents.h"
#include "tests/fault/tally/stages.h"

namespace encours::test {
namespace {

constexpr int kStories = 64;
constexpr const char* kChangelog = "encours.tally.changelog";

std::shared_ptr<const Story> story_of(std::uint64_t seed) {
  static std::map<std::uint64_t, std::shared_ptr<const Story>> stories;
  auto& story = stories[seed % kStories];
  if (story) return story;
  sim::Random random(seed % kStories);
  WorkloadOptions options;
  options.seed = random.next();
  options.partitions = static_cast<std::int32_t>(random.between(1, 4));
  options.tenants = static_cast<int>(random.between(1, 2));
  options.days = static_cast<int>(random.between(2, 4));
  options.amounts = static_cast<int>(random.between(60, 200));
  options.keys = static_cast<int>(random.between(5, 30));
  options.late = options.amounts / 20;
  options.duplicates = options.amounts / 20;
  options.poison = options.amounts / 40;
  auto made = std::make_shared<Story>();
  made->workload = generate(options);
  made->expected = model_of(made->workload);
  story = made;
  return story;
}

}  // namespace

class World::Observer final : public stream::RunnerObserver, public stream::CopyObserver {
 public:
  Observer(World& world, const Instance& instance) : world_(world), instance_(instance) {}

  void on_commit(std::int64_t, std::size_t records) override {
    world_.journal_.tell(instance_.name, "has committed", records, "records");
  }
  void on_recycle(const Error& why) override {
    world_.journal_.tell(instance_.name, "recycles:", describe(why));
    world_.look_for_cut_ticks(instance_);
    if (why.code == "end_txn_repeated") world_.journal_.visit("writer replaced after two EndTxn");
    if (why.code == "offsets_repeated") world_.journal_.visit("offsets sent twice");
    if (why.code == "assignment_changed") world_.journal_.visit("rebalance during a restore");
    if (why.code == stream::kOffsetsBehindState) world_.journal_.visit("offsets behind the state");
  }
  void on_restore(std::int32_t partition, const stream::RestoreProgress& progress,
                  std::int64_t) override {
    world_.journal_.tell(instance_.name, "has restored p-", partition, "from", progress.from,
                         "until", progress.until, "records", progress.records);
    if (progress.records > 0) world_.journal_.visit("store restored");
    if (progress.wiped) world_.journal_.visit("store rebuilt");
  }
  void on_assignment(const std::vector<std::int32_t>& partitions) override {
    world_.journal_.tell(instance_.name, "goes on with", partitions.size(), "partitions");
  }
  void on_counts(std::int32_t, const stream::TaskCounts&) override {}
  void on_quarantine(std::int32_t) override {}
  void on_copy(std::int32_t partition, const stream::RestoreProgress& progress) override {
    if (progress.records == 0) return;
    world_.journal_.tell(instance_.name, "has copied p-", partition, "up to", progress.next);
    world_.journal_.visit("copy followed");
  }
  void on_copy_failure(std::int32_t partition, const Error& why) override {
    world_.journal_.tell(instance_.name, "copies p-", partition, "anew:", describe(why));
  }

 private:
  World& world_;
  const Instance& instance_;
};

World::World(std::uint64_t seed, bool keep_journal)
    : seed_(seed),
      scheduler_(seed),
      journal_(scheduler_, keep_journal),
      broker_(scheduler_, journal_),
      network_(scheduler_, journal_),
      clock_(scheduler_),
      story_(story_of(seed)),
      judge_(story_->workload, story_->expected),
      topology_(tally_topology(story_->workload.options.partitions)) {}

// Runners go before what they speak to.
World::~World() {
  for (auto& [name, instance] : instances_) {
    if (is_running(*instance)) scheduler_.kill(*instance->process);
  }
  scheduler_.run(scheduler_.now_ms(), [this] {
    return std::none_of(instances_.begin(), instances_.end(),
                        [this](const auto& one) { return is_running(*one.second); });
  });
}

void World::draw_options() {
  settings_.group_id = "tally";
  settings_.session_timeout_ms = draw(300, 1500);
  settings_.heartbeat_interval_ms = settings_.session_timeout_ms / draw(4, 8);
  settings_.max_poll_interval_ms = draw(2000, 6000);
  settings_.transaction_timeout_ms = draw(400, 3000);
  settings_.operation_timeout_ms = draw(500, 2000);
  settings_.request_timeout_ms = draw(50, 300);
  settings_.can_fence = scheduler_.random().chance(600);
  topology_.slice_size = static_cast<std::size_t>(draw(2, 60));
  options_.pace.min_interval_ms = draw(0, 30);
  options_.pace.max_age_ms = draw(5, 100);
  options_.pace.max_records = static_cast<std::size_t>(draw(5, 150));
  options_.restore.batch_keys = static_cast<std::size_t>(draw(2, 60));
  heal_ms_ = draw(1500, 6000);
}

// Each world has some kinds of faults and not others: a run with all of them hides what one does.
void World::draw_faults() {
  auto& random = scheduler_.random();
  const auto some = [&](int permille, std::int64_t most) {
    return random.chance(permille) ? static_cast<int>(random.between(1, most)) : 0;
  };
  faults_.kills = some(500, 5);
  faults_.zombies = some(500, 3);
  faults_.cuts = some(300, 3);
  faults_.twins = some(120, 2);
  faults_.wipes = some(250, 2);
  faults_.stops = some(300, 3);
  faults_.compactions = some(500, 6);
  sim::Weather weather;
  if (random.chance(600)) {
    const std::int64_t worst = random.chance(300) ? 60 : 15;
    weather.lost = static_cast<int>(random.between(0, worst));
    weather.answers_lost = static_cast<int>(random.between(0, worst));
    weather.late = static_cast<int>(random.between(0, worst));
  }
  // Into the sender's next transaction, or into what comes much later.
  weather.late_ms = random.chance(500) ? random.between(1, 80) : random.between(1, 2500);
  weather.way_ms = random.between(0, 4);
  network_.set_weather(weather);
  strike("kill", faults_.kills, &World::kill_one);
  strike("zombie", faults_.zombies, &World::freeze_one);
  strike("cut", faults_.cuts, &World::cut_one);
  strike("twin", faults_.twins, &World::start_twin);
  strike("wipe", faults_.wipes, &World::wipe_one);
  strike("stop", faults_.stops, &World::stop_one);
  strike("compaction", faults_.compactions, &World::compact);
}

void World::strike(const char* kind, int times, void (World::*fault)()) {
  for (int i = 0; i < times; ++i) {
    scheduler_.at(draw(0, heal_ms_), [this, kind, fault] {
      journal_.tell("nemesis:", kind);
      (this->*fault)();
    });
  }
}

void World::create_topics() {
  const std::int32_t partitions = topology_.partitions;
  for (const char* topic : {"tally.in", "tally.mid", "tally.out", "encours.settings",
                            "encours.dead-letters", "encours.audit", kChangelog}) {
    broker_.create_topic(topic, partitions);
  }
  broker_.create_topic(topology_.placement_topic(), 1);
}

// In some bursts, so that instances meet records, waits and idle times.
void World::feed() {
  const std::size_t count = story_->workload.records.size();
  const std::int64_t bursts = draw(1, 8);
  std::int64_t at_ms = 0;
  std::size_t from = 0;
  for (std::int64_t i = 0; i < bursts; ++i) {
    const std::size_t until = i + 1 == bursts ? count : from + (count - from) * draw(1, 9) / 10;
    scheduler_.at(at_ms, [this, from, until] { feed_some(from, until); });
    at_ms += draw(1, heal_ms_ / bursts);
    from = until;
  }
}

void World::feed_some(std::size_t from, std::size_t until) {
  for (std::size_t i = from; i < until; ++i) {
    const InputRecord& record = story_->workload.records[i];
    broker_.append({record.topic, record.partition, record.key, record.value, {}});
  }
  fed_ = until == story_->workload.records.size();
  journal_.tell("input up to record", until);
}

World::Instance& World::make_instance(const std::string& name) {
  auto& instance = instances_[name];
  if (instance) return *instance;
  instance = std::make_unique<Instance>();
  instance->name = name;
  instance->disk = std::make_unique<sim::SimStores>(scheduler_);
  return *instance;
}

sim::ClientSettings World::settings_of(const Instance& instance) const {
  sim::ClientSettings settings = settings_;
  // A twin has the name of the instance that it doubles.
  const std::string name = instance.name.substr(0, 1);
  settings.group_instance_id = "tally-" + name + "-0";
  settings.transactional_id = settings.group_instance_id;
  return settings;
}

void World::start(Instance& instance) {
  instance.wanted = true;
  if (is_running(instance)) return;
  journal_.tell(instance.name, "starts");
  look_for_cut_ticks(instance);
  instance.process =
      scheduler_.spawn(instance.name, [this, &instance] { run_process(instance); });
}

// After a failure: where a store stands between two slices of a tick.
void World::look_for_cut_ticks(const Instance& instance) {
  NoDocuments documents;
  stream::testing::MemorySink nowhere;
  for (std::int32_t p = 0; p < topology_.partitions; ++p) {
    const auto store = instance.disk->find(p);
    if (!store) continue;
    stream::Task task(topology_, p, store, nowhere, documents, nullptr, stream::EffectsMode::kLive);
    const Status loaded = task.reload();
    if (loaded && task.has_backlog()) journal_.visit("slice of a tick cut by a failure");
  }
}

// What the two threads of a process share: the one that is killed last frees it.
struct World::Parts {
  Parts(World& world, const Instance& instance)
      : log({world.scheduler_, world.journal_, world.broker_, world.network_},
            world.settings_of(instance)),
        observer(world, instance),
        copies(world.topology_, log, *instance.disk, world.clock_, observer,
               world.options_.restore) {}

  sim::SimLog log;
  Observer observer;
  stream::CopyKeeper copies;
};

void World::run_process(Instance& instance) {
  const auto parts = std::make_shared<Parts>(*this, instance);
  stream::TaskBoard board(clock_);
  NoDocuments documents;
  Status ended;
  {
    stream::RunnerOptions options = options_;
    options.member = settings_of(instance).group_instance_id;
    options.address = instance.name;
    options.copies = &parts->copies;
    stream::TaskRunner runner(topology_, options, parts->log, *instance.disk, documents, board,
                              clock_, parts->observer);
    instance.copying = scheduler_.spawn(instance.name, [parts] { parts->copies.run(); });
    const struct Reachable {
      World& world;
      Instance& instance;
      ~Reachable() {
        world.scheduler_.kill(*std::exchange(instance.copying, nullptr));
        instance.runner = nullptr;
        instance.board = nullptr;
      }
    } reachable{*this, instance};
    instance.runner = &runner;
    instance.board = &board;
    if (!instance.wanted) runner.request_stop();
    ended = runner.run();
  }
  end_of_process(instance, ended);
}

// A process that ends is started again, as by a supervisor.
void World::end_of_process(Instance& instance, const Status& ended) {
  journal_.tell(instance.name, "has ended:", ended ? "stopped" : describe(ended.failure()));
  if (ended) return restart_later(instance, draw(100, 2500));
  const std::string& code = ended.failure().code;
  // A twin has fenced it for the second time, or the broker was away for too long.
  const bool known = code == stream::kConsumerFenced || code == "retries_used_up";
  if (!known) judge_.note(kLiveness, instance.name + " has ended: " + describe(ended.failure()));
  journal_.visit("process ended by itself");
  restart_later(instance, draw(50, 1000));
}

void World::restart_later(Instance& instance, std::int64_t after_ms) {
  scheduler_.at(scheduler_.now_ms() + after_ms, [this, &instance] {
    if (instance.wanted) start(instance);
  });
}

World::Instance* World::any_running() {
  std::vector<Instance*> running;
  for (auto& [name, instance] : instances_) {
    if (is_running(*instance)) running.push_back(instance.get());
  }
  if (running.empty()) return nullptr;
  return running[static_cast<std::size_t>(draw(0, static_cast<std::int64_t>(running.size()) - 1))];
}

void World::kill(Instance& instance) {
  if (!is_running(instance)) return;
  journal_.tell(instance.name, "is killed");
  scheduler_.kill(*instance.process);
}

void World::hit(Instance& instance, std::function<void()> fault) {
  if (scheduler_.random().chance(250)) return fault();
  scheduler_.at_wait(*instance.process, static_cast<std::uint64_t>(draw(1, 60)), std::move(fault));
}

void World::kill_one() {
  Instance* instance = any_running();
  if (instance == nullptr) return;
  hit(*instance, [this, instance] { kill(*instance); });
  restart_later(*instance, draw(100, 2500));
}

void World::freeze_one() {
  Instance* instance = any_running();
  if (instance == nullptr) return;
  hit(*instance, [this, instance, for_ms = draw(50, 3 * settings_.session_timeout_ms)] {
    journal_.tell(instance->name, "stands still for", for_ms);
    scheduler_.freeze(*instance->process, for_ms);
    // Not there yet where the process has only just begun.
    if (instance->copying != nullptr) scheduler_.freeze(*instance->copying, for_ms);
  });
}

void World::cut_one() {
  Instance* instance = any_running();
  if (instance == nullptr) return;
  hit(*instance, [this, instance, for_ms = draw(20, 2500)] {
    journal_.tell(instance->name, "is cut off for", for_ms);
    network_.cut(instance->name, scheduler_.now_ms() + for_ms);
  });
}

void World::start_twin() {
  Instance* instance = any_running();
  if (instance == nullptr || instance->is_twin) return;
  Instance& twin = make_instance(instance->name + "-twin");
  twin.is_twin = true;
  start(twin);
}

void World::wipe_one() {
  Instance* instance = any_running();
  if (instance == nullptr) return;
  kill(*instance);
  scheduler_.at(scheduler_.now_ms() + 1, [this, instance] {
    if (is_running(*instance)) return;
    if (!instance->disk->empty()) journal_.visit("disk wiped");
    instance->disk->wipe();
  });
  restart_later(*instance, draw(100, 2000));
}

void World::stop_one() {
  Instance* instance = any_running();
  if (instance == nullptr || instance->runner == nullptr) return;
  instance->runner->request_stop();
}

void World::compact() {
  for (std::int32_t p = 0; p < topology_.partitions; ++p) {
    auto& log = broker_.log({kChangelog, p});
    if (log.compact(draw(0, log.high())) > 0) journal_.visit("changelog compacted");
  }
}

void World::heal() {
  journal_.tell("healed");
  network_.set_weather({});
  healed_ = true;
  for (auto& [name, instance] : instances_) {
    network_.cut(name, 0);
    if (is_running(*instance)) scheduler_.spare(*instance->process);
    if (!instance->is_twin) {
      start(*instance);
      continue;
    }
    instance->wanted = false;
    kill(*instance);
  }
}

}  // namespace encours::test
