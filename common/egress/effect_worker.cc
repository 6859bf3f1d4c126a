#include "common/egress/effect_worker.h"

#include <set>
#include <utility>

#include "common/base/fault_point.h"
#include "common/base/hash.h"
#include "common/observe/log.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/view.h"

namespace encours::egress {
namespace {

// How long the table is not looked at while nothing is committed: effects that wait for their time.
constexpr std::int64_t kLookAgainMs = 200;
// An outcome that the broker does not take is told again.
constexpr std::int64_t kAppendPauseMs = 500;

const char* word(EffectResult result) {
  switch (result) {
    case stream::v1alpha1::EFFECT_RESULT_DONE:
      return "done";
    case stream::v1alpha1::EFFECT_RESULT_FAILED:
      return "failed";
    default:
      return "unknown";
  }
}

std::optional<PlannedEffect> planned(std::int32_t partition, std::string_view key,
                                     std::string_view value) {
  PlannedEffect effect;
  effect.row = stream::View::parse<stream::rt::EffectRow>(value);
  // Early outcomes of a rebuild have no kind; others wait for the turn of their outcome.
  if (!effect.row.outcome().empty() || effect.row.kind().empty()) return std::nullopt;
  KeyReader reader(key.substr(1));
  effect.partition = partition;
  effect.stage = reader.text().value_or("");
  effect.clock = reader.text().value_or("");
  effect.place.planned_at = Instant::from_unix_micros(reader.number().value_or(0));
  effect.place.round = static_cast<std::int32_t>(reader.number().value_or(0));
  effect.place.id = reader.text().value_or("");
  effect.tenant = std::string(stream::tenant_of_key(effect.row.key()));
  return effect;
}

}  // namespace

EffectWorker::EffectWorker(WorkerOptions options, stream::TaskBoard& board,
                           kafka::Appender& appender, Clock& clock, Metrics& metrics,
                           Performer& performer)
    : options_(std::move(options)),
      board_(board),
      appender_(appender),
      clock_(clock),
      performer_(performer),
      outcomes_(metrics.counters("encours_effects_total", "Effects that have ended, by how.",
                                 {"kind", "result"})),
      open_(metrics.gauges("encours_effects_open", "Effects that are queued or under way.")
                .with({})) {}

EffectWorker::~EffectWorker() { stop(); }

void EffectWorker::start() {
  threads_.emplace_back([this] { look(); });
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

void EffectWorker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  threads_.clear();
}

void EffectWorker::look() {
  while (!stopping_) {
    const std::uint64_t seen = board_.commits();
    for (const std::int32_t partition : board_.running()) look_at(partition);
    append_again();
    board_.wait_commit(seen, clock_.monotonic_ms() + kLookAgainMs);
  }
}

void EffectWorker::look_at(std::int32_t partition) {
  const auto snapshot = board_.snapshot(partition);
  if (!snapshot) return;
  const std::string prefix = KeyWriter().byte(stream::kEffectTable.id).take();
  std::set<std::string> there;
  bool whole = true;
  snapshot->scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    const auto effect = planned(partition, key, value);
    if (!effect) return true;
    there.insert(std::string(key));
    const std::lock_guard lock(mutex_);
    const auto [busy, fresh] = busy_.try_emplace(Key(partition, key), 0);
    if (!fresh && busy->second == 0) return true;
    if (busy->second > clock_.monotonic_ms()) return true;
    if (queue_.size() >= options_.queue) {
      if (fresh) busy_.erase(busy);
      whole = false;
      return false;
    }
    busy->second = 0;
    queue_.emplace_back(busy->first, *effect);
    changed_.notify_one();
    return true;
  });
  const Status read = snapshot->status();
  if (!read) {
    log::error("effects_unreadable", read.failure(), {{"partition", partition}});
    return;
  }
  if (!whole) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(busy_, [&](const auto& one) {
    return one.first.first == partition && there.count(one.first.second) == 0;
  });
  open_.set(static_cast<double>(busy_.size()));
}

void EffectWorker::work() {
  while (true) {
    std::pair<Key, PlannedEffect> next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    const auto& [key, effect] = next;
    pass_fault_point("effect.taken");
    const Performed performed = performer_.perform(effect, stopping_);
    if (performed.again_in_ms) {
      const std::lock_guard lock(mutex_);
      busy_[key] = std::max<std::int64_t>(1, clock_.monotonic_ms() + *performed.again_in_ms);
      continue;
    }
    pass_fault_point("effect.performed");
    tell(effect, performed);
  }
}

void EffectWorker::tell(const PlannedEffect& effect, const Performed& performed) {
  EffectOutcome outcome;
  auto& envelope = *outcome.mutable_envelope();
  envelope.set_tenant(effect.tenant);
  envelope.set_id(stable_id({effect.tenant, "effect-outcome", effect.place.id}));
  envelope.set_actor("service:" + options_.service);
  envelope.set_cause(effect.row.cause());
  envelope.set_correlation(effect.row.correlation());
  const Instant at = effect.simulated() ? effect.place.planned_at : clock_.now();
  stream::set_timestamp(at, envelope.mutable_occurred_at());
  stream::set_timestamp(at, envelope.mutable_recorded_at());
  envelope.set_order_key("outcome/" + envelope.id());
  envelope.set_settings_version(effect.row.settings_version());
  outcome.set_effect(effect.place.id);
  outcome.set_stage(effect.stage);
  stream::set_timestamp(effect.place.planned_at, outcome.mutable_planned_at());
  outcome.set_round(effect.place.round);
  outcome.set_result(performed.result);
  outcome.set_code(performed.code);
  outcome.set_message(performed.message);
  outcome.set_type(performed.type);
  outcome.set_body(performed.body);
  stream::Outgoing record;
  record.topic = "encours." + options_.service + ".outcomes";
  record.partition = effect.partition;
  record.key = effect.row.key();
  record.value = stream::Effects::serialise(outcome);
  outcomes_.with({effect.row.kind(), word(performed.result)}).add();
  append(std::move(record));
}

// What was done must be told: until the broker takes it, the outcome stays here.
void EffectWorker::append(stream::Outgoing record) {
  const auto keep = [this, record](const Error& why) {
    log::warning("outcome_not_appended", why, {{"partition", record.partition}});
    const std::lock_guard lock(mutex_);
    untold_.push_back(record);
  };
  const Status queued = appender_.append(record, [keep](const Result<std::int64_t>& done) {
    if (!done) keep(done.failure());
  });
  if (!queued) keep(queued.failure());
}

void EffectWorker::append_again() {
  std::vector<stream::Outgoing> again;
  {
    const std::lock_guard lock(mutex_);
    again.swap(untold_);
  }
  if (again.empty()) return;
  clock_.sleep_for(kAppendPauseMs);
  for (auto& record : again) append(std::move(record));
}

}  // namespace encours::egress
