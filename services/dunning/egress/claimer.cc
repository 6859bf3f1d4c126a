#include "services/dunning/egress/claimer.h"

#include "common/query/standing.h"
#include "encours/dunning/v1alpha1/effects.pb.h"
#include "services/dunning/domain/decide.h"
#include "services/dunning/egress/sending.h"

namespace encours::dunning {
namespace {

constexpr const char* kReceivables = "encours.receivables";
// Ticks come once a minute; older ones say that time has stopped (design: five minutes).
constexpr Duration kLateClock = std::chrono::minutes(5);
constexpr std::int64_t kPatienceMs = 20'000;
constexpr std::int64_t kLookMs = 100;

egress::Performed no(const char* code, const char* message) {
  egress::Performed answer;
  answer.result = stream::v1alpha1::EFFECT_RESULT_FAILED;
  answer.code = code;
  answer.message = message;
  return answer;
}

}  // namespace

Result<std::unique_ptr<Claimer>> Claimer::make(stream::LogClient& log, stream::TaskBoard& board,
                                               stream::SettingsView& settings, Clock& clock) {
  ENCOURS_ASSIGN(auto ends, log.make_replay());
  return std::unique_ptr<Claimer>(new Claimer(std::move(ends), board, settings, clock));
}

Claimer::Claimer(std::unique_ptr<stream::LogReplay> ends, stream::TaskBoard& board,
                 stream::SettingsView& settings, Clock& clock)
    : ends_(std::move(ends)), board_(board), settings_(settings), clock_(clock) {}

egress::Performed Claimer::claim(const egress::PlannedEffect& effect,
                                 const std::atomic<bool>& stopping) {
  v1alpha1::ClaimAction asked;
  ENCOURS_CHECK(asked.ParseFromString(effect.row.body()), "our own stage wrote the effect");
  if (is_suspended(settings_, effect, asked.channel())) {
    return no("suspended", "Sending is suspended.");
  }
  ENCOURS_CHECK(!effect.simulated(), "in events mode no claim is asked for");
  if (clock_is_late(effect.partition)) {
    return no("tick_behind", "The clock is more than five minutes late.");
  }
  const auto end = end_of_receivables(effect.partition);
  if (!end) return no("ledger_unknown", "The broker did not say where the ledger ends.");
  const std::int64_t deadline_ms = clock_.monotonic_ms() + kPatienceMs;
  while (!has_read(effect.partition, *end)) {
    if (stopping || clock_.monotonic_ms() >= deadline_ms) {
      return no("ledger_behind", "The ledger's newest facts have not been read yet.");
    }
    clock_.sleep_for(kLookMs);
  }
  return {};
}

Result<std::int64_t> Claimer::end_of_receivables(std::int32_t partition) {
  const std::lock_guard lock(mutex_);
  ENCOURS_ASSIGN(const auto range, ends_->range({kReceivables, partition}));
  return range.high;
}

bool Claimer::has_read(std::int32_t partition, std::int64_t end) const {
  const auto standings = board_.standings();
  const auto found = standings.find(partition);
  if (found == standings.end()) return false;
  for (const auto& input : found->second.inputs) {
    if (input.at.topic == kReceivables && input.at.partition == partition) return input.next >= end;
  }
  return false;
}

bool Claimer::clock_is_late(std::int32_t partition) const {
  const auto snapshot = board_.snapshot(partition);
  if (!snapshot) return true;
  const auto handled = query::standing_of(*snapshot, kDunningStage, stream::kWallClock).handled;
  return !handled || *handled + kLateClock < clock_.now();
}

}  // namespace encours::dunning
