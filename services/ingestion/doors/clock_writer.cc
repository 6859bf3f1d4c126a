#include "services/ingestion/doors/clock_writer.h"

#include <algorithm>

#include "common/observe/log.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/view.h"

namespace encours::ingestion {

using stream::View;

Instant last_tick_of(const stream::TaskBoard& board, const std::string& clock) {
  Instant last = Instant::min();
  for (const std::int32_t partition : board.running()) {
    const auto snapshot = board.snapshot(partition);
    if (!snapshot) continue;
    const auto bytes = snapshot->get(
        KeyWriter().byte(stream::kClockTable.id).text("inbox").text(clock).take());
    if (!bytes) continue;
    const auto row = View::parse<stream::rt::ClockRow>(*bytes);
    if (row.has_aligned()) last = std::max(last, stream::to_instant(row.aligned()));
  }
  return last;
}

Status write_wall_tick(InboxLog& inbox, Instant instant, std::int64_t settings_version) {
  for (std::int32_t p = 0; p < inbox.partitions(); ++p) {
    ENCOURS_TRY(inbox.append_tick(stream::kWallClock, instant, settings_version, p));
  }
  return inbox.settle();
}

WallClock::WallClock(kafka::Appender& appender, const stream::TaskBoard& board,
                     stream::SettingsView& settings, std::int32_t partitions, Clock& clock,
                     std::int64_t period_ms)
    : appender_(appender),
      board_(board),
      settings_(settings),
      partitions_(partitions),
      clock_(clock),
      period_ms_(period_ms),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

WallClock::~WallClock() = default;

void WallClock::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    // On full periods of the day, so that all owners write the same instants.
    const std::int64_t now_ms = clock_.now().unix_millis();
    const std::int64_t next_ms = (now_ms / period_ms_ + 1) * period_ms_;
    if (!clock_.sleep_for(next_ms - now_ms, stop)) return;
    const std::int64_t version = settings_.current()->last_sequence();
    InboxLog inbox(appender_, partitions_);
    Status written;
    for (const std::int32_t partition : board_.running()) {
      written = inbox.append_tick(stream::kWallClock, Instant::from_unix_millis(next_ms),
                                  version, partition);
      if (!written) break;
    }
    if (written) written = inbox.settle();
    // The next tick makes up for a lost one; the tick's age is a metric with an alert.
    if (!written) log::warning("wall_tick_not_written", {{"why", written.failure().message}});
  }
}

}  // namespace encours::ingestion
