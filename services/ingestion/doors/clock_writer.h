// ClockWriter: writes ticks into the inbox, each in its place among the facts.
//
// A tick is a record of the inbox, so its place in the log is its place in time: what was appended
// to a partition before it was recorded before it. Wall ticks are written once a minute by the
// owner of each partition, and by doors that want to know when all is seen; the ticks of a tenant
// in events mode are decided by the control stage. The one thread here is the wall loop's; the
// calls belong to their caller's.
#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "common/stream/settings_view.h"
#include "common/stream/task_board.h"
#include "common/time/civil.h"
#include "services/ingestion/doors/inbox_log.h"

namespace encours::ingestion {

// The furthest tick of a clock that the first stage has read, over the partitions that run here.
Instant last_tick_of(const stream::TaskBoard& board, const std::string& clock);

// Writes a tick of the wall clock to every partition and waits until it is durable.
Status write_wall_tick(InboxLog& inbox, Instant instant, std::int64_t settings_version);

// The loop of the wall clock.
class WallClock {
 public:
  WallClock(kafka::Appender& appender, const stream::TaskBoard& board,
            stream::SettingsView& settings, std::int32_t partitions, Clock& clock,
            std::int64_t period_ms);
  ~WallClock();

 private:
  void run(std::stop_token stop);

  kafka::Appender& appender_;
  const stream::TaskBoard& board_;
  stream::SettingsView& settings_;
  std::int32_t partitions_;
  Clock& clock_;
  std::int64_t period_ms_;
  std::jthread thread_;
};

}  // namespace encours::ingestion
