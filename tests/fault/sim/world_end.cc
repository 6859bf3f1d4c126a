// The part of World that waits for the end of a run and looks at what it has left behind.
#include <algorithm>

#include "tally.pb.h"
#include "tests/fault/sim/world.h"

namespace encours::test {
namespace {

constexpr std::int64_t kLivenessMs = 60000;
constexpr std::int64_t kLeaveMs = 20000;
constexpr std::int64_t kLookMs = 40;
constexpr const char* kFresh = "rebuilt";

}  // namespace

Outcome World::run() {
  draw_options();
  create_topics();
  feed();
  draw_faults();
  const std::int64_t instances = draw(1, 3);
  for (std::int64_t i = 0; i < instances; ++i) {
    Instance& instance = make_instance(std::string(1, static_cast<char>('a' + i)));
    instance.wanted = true;
    restart_later(instance, draw(0, 500));
  }
  scheduler_.at(heal_ms_, [this] { heal(); });

  std::int64_t looked_ms = 0;
  const bool done = scheduler_.run(heal_ms_ + kLivenessMs, [&] {
    if (scheduler_.now_ms() < looked_ms + kLookMs) return false;
    looked_ms = scheduler_.now_ms();
    return is_done();
  });
  if (!done) note_what_is_missing();
  stop_all();
  judge();
  Outcome outcome;
  outcome.verdict = judge_.verdict();
  outcome.visits = journal_.visits();
  outcome.journal = journal_.lines();
  outcome.virtual_ms = scheduler_.now_ms();
  outcome.steps = scheduler_.steps();
  return outcome;
}

void World::note_what_is_missing() {
  std::string text = "not done in " + std::to_string(kLivenessMs) + " virtual ms after the heal";
  if (!ticks_are_out()) text += "; ticks are missing";
  if (!partitions_are_run()) text += "; partitions are not run by one each";
  if (!inputs_are_read()) text += "; inputs are not read";
  judge_.note(kLiveness, text);
}

bool World::is_done() {
  return fed_ && healed_ && ticks_are_out() && inputs_are_read() && partitions_are_run() &&
         !broker_.has_open_transactions();
}

// Each by one instance, and none is left to a zombie that thinks it still has it; and whoever has
// it knows of all that is committed.
bool World::partitions_are_run() {
  std::map<std::int32_t, const Instance*> owners;
  for (const auto& [name, instance] : instances_) {
    if (instance->board == nullptr) continue;
    for (const std::int32_t p : instance->board->running()) {
      if (!owners.try_emplace(p, instance.get()).second) return false;
    }
  }
  if (owners.size() != static_cast<std::size_t>(topology_.partitions)) return false;
  for (const auto& [at, next] : broker_.group(settings_.group_id).committed()) {
    if (at.topic == topology_.placement_topic()) continue;
    const auto store = owners.at(at.partition)->disk->find(at.partition);
    if (store->changelog_next_offset() < next.changelog_next) return false;
  }
  return true;
}

bool World::ticks_are_out() {
  const auto& workload = story_->workload;
  bool all = true;
  for (std::int32_t p = 0; p < topology_.partitions; ++p) {
    auto& position = out_positions_[p];
    const auto& log = broker_.log({"tally.out", p});
    if (log.stable_end() > position) {
      const auto fetched =
          log.fetch(position, SIZE_MAX, sim::PartitionLog::Isolation::kCommitted);
      position = fetched.next;
      for (const auto& record : fetched.records) {
        if (!record.key.starts_with("tenant/")) continue;
        tally::TallyRecord out;
        if (!out.ParseFromString(record.value) || !out.has_tick()) continue;
        auto& last = out_ticks_[{p, out.tick().clock()}];
        last = std::max(last, out.tick().instant().seconds());
      }
    }
    for (std::size_t c = 0; c < workload.clocks.size(); ++c) {
      const auto wanted = workload.cuts.back().ticks[c].unix_seconds();
      all = all && out_ticks_[{p, workload.clocks[c]}] >= wanted;
    }
  }
  return all;
}

// Nothing committed lies behind the committed offsets.
bool World::inputs_are_read() {
  const auto& group = broker_.group(settings_.group_id);
  for (const auto& at : judge_.group_partitions()) {
    const auto& log = broker_.log(at);
    const auto found = group.committed().find(at);
    const std::int64_t from = found == group.committed().end() ? 0 : found->second.offset;
    if (from == log.high()) continue;
    if (log.has_open_transaction()) return false;
    if (!log.fetch(from, 1, sim::PartitionLog::Isolation::kCommitted).records.empty()) return false;
  }
  return !group.has_pending();
}

void World::stop_all() {
  for (auto& [name, instance] : instances_) {
    instance->wanted = false;
    if (instance->runner != nullptr) instance->runner->request_stop();
  }
  const auto over = [this] {
    return std::none_of(instances_.begin(), instances_.end(),
                        [this](const auto& one) { return is_running(*one.second); });
  };
  if (!scheduler_.run(scheduler_.now_ms() + kLeaveMs, over)) {
    judge_.note(kLiveness, "an instance did not leave cleanly");
  }
  // The marks of the last ones are still on their way.
  const auto ended = [this] { return !broker_.has_open_transactions(); };
  if (!scheduler_.run(scheduler_.now_ms() + kLeaveMs, ended)) {
    judge_.note(kOpenTransaction, "after all have left");
  }
}

// As a process of its own: it speaks to the broker as any other.
void World::judge() {
  bool is_done = false;
  const auto process = scheduler_.spawn("judge", [&] {
    sim::SimLog log({scheduler_, journal_, broker_, network_}, settings_);
    const auto replay = log.make_replay();
    const auto reader = log.make_reader();
    read_outputs();
    look_at_moves();
    judge_.check_outputs();
    const auto committed = (*reader)->stable_committed(judge_.group_partitions());
    if (committed) judge_.check_offsets(*committed);
    if (!committed) judge_.note(kOffsets, committed.failure().message);
    judge_.check_accounted();
    std::map<std::int32_t, std::vector<std::string>> places;
    for (std::int32_t p = 0; p < topology_.partitions; ++p) {
      places[p] = {};
      for (const auto& [name, instance] : instances_) {
        if (instance->disk->find(p)) places[p].push_back(name);
      }
    }
    const auto open = [&](std::int32_t p,
                          const std::string& place) -> Result<std::shared_ptr<Store>> {
      if (place == kFresh) return std::shared_ptr<Store>(new sim::SimStore(scheduler_));
      return std::shared_ptr<Store>(instances_.at(place)->disk->find(p));
    };
    judge_.check_stores(places, kFresh, open, **replay, clock_);
    is_done = true;
  });
  scheduler_.run(scheduler_.now_ms() + kLeaveMs, [&] { return process->is_over(); });
  if (!is_done) judge_.note(kOpenTransaction, "what is left can't be read up to its end");
  if (!process->is_over()) scheduler_.kill(*process);
  scheduler_.run(scheduler_.now_ms() + 1, [&] { return process->is_over(); });
}

// How partitions have changed hands, as their log tells it.
void World::look_at_moves() {
  const auto fetched = broker_.log({topology_.placement_topic(), 0})
                           .fetch(0, SIZE_MAX, sim::PartitionLog::Isolation::kCommitted);
  stream::PlacementBook::Record before;
  for (const auto& record : fetched.records) {
    if (record.key != "placement") continue;
    stream::PlacementBook::Record now;
    if (!now.ParseFromString(record.value)) return judge_.note(kLiveness, "a cut placement");
    for (int p = 0; p < before.seats_size(); ++p) {
      const auto& from = before.seats(p);
      const auto& to = now.seats(p);
      if (from.owned_since() == to.owned_since()) continue;
      if (from.owner() == to.owner()) {
        journal_.visit("partition back from an heir that has gone");
      } else {
        journal_.visit(from.handing_over() ? "partition handed over" : "partition inherited");
      }
    }
    before = std::move(now);
  }
}

void World::read_outputs() {
  for (const char* topic : kJudgedTopics) {
    for (std::int32_t p = 0; p < topology_.partitions; ++p) {
      const auto fetched = broker_.log({topic, p})
                               .fetch(0, SIZE_MAX, sim::PartitionLog::Isolation::kCommitted);
      for (const auto& record : fetched.records) judge_.take(record);
    }
  }
}

}  // namespace encours::test
