// Claimer: carries out the effect "claim": may this action leave now?
//
// Yes, once this process has read encours.receivables of its partition to the end that the broker
// reported after the claim was asked for: whatever payment was committed before is then decided on
// before the claim is. No ("ledger_behind", "tick_behind", "suspended") where that takes too long,
// where the clock stands still, or where sending is switched off. In events mode no claim is asked
// for. Safe from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "common/egress/effect_worker.h"
#include "common/stream/log_client.h"
#include "common/stream/settings_view.h"
#include "common/stream/task_board.h"

namespace encours::dunning {

class Claimer {
 public:
  static Result<std::unique_ptr<Claimer>> make(stream::LogClient& log, stream::TaskBoard& board,
                                               stream::SettingsView& settings, Clock& clock);

  egress::Performed claim(const egress::PlannedEffect& effect, const std::atomic<bool>& stopping);

 private:
  Claimer(std::unique_ptr<stream::LogReplay> ends, stream::TaskBoard& board,
          stream::SettingsView& settings, Clock& clock);
  Result<std::int64_t> end_of_receivables(std::int32_t partition);
  bool has_read(std::int32_t partition, std::int64_t end) const;
  bool clock_is_late(std::int32_t partition) const;

  std::mutex mutex_;  // One question to the broker at a time.
  std::unique_ptr<stream::LogReplay> ends_;
  stream::TaskBoard& board_;
  stream::SettingsView& settings_;
  Clock& clock_;
};

}  // namespace encours::dunning
