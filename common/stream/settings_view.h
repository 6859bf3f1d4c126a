// SettingsView: the settings as this process has committed them, for doors and queries.
//
// All partitions hold the same settings, so any task that runs here will do. current() is a table
// that never changes any more: safe from any thread, as long as the caller likes. The view reads
// only what is new since the last call.
#pragma once

#include <memory>
#include <mutex>

#include "common/stream/settings.h"
#include "common/stream/task_board.h"

namespace encours::stream {

class SettingsView {
 public:
  explicit SettingsView(const TaskBoard& board) : board_(board) {}

  // Never null; empty while no task runs here.
  std::shared_ptr<const SettingsTable> current();
  // The same, once it holds the setting with this sequence; null at the deadline.
  std::shared_ptr<const SettingsTable> at_least(std::int64_t sequence, std::int64_t deadline_ms);

 private:
  const TaskBoard& board_;
  std::mutex mutex_;
  std::shared_ptr<const SettingsTable> table_ = std::make_shared<SettingsTable>();
};

}  // namespace encours::stream
