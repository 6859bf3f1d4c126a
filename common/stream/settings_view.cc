#include "common/stream/settings_view.h"

#include "common/stream/runtime_tables.h"
#include "common/stream/view.h"

namespace encours::stream {

std::shared_ptr<const SettingsTable> SettingsView::current() {
  std::lock_guard lock(mutex_);
  const std::string prefix = KeyWriter().byte(kSettingsTable.id).take();
  for (const std::int32_t partition : board_.running()) {
    const auto snapshot = board_.snapshot(partition);
    if (!snapshot) continue;
    std::shared_ptr<SettingsTable> next;
    const std::string from =
        KeyWriter(prefix).number(table_->last_sequence() + 1).take();
    snapshot->scan(from, after_prefix(prefix), [&](std::string_view, std::string_view value) {
      if (!next) next = std::make_shared<SettingsTable>(*table_);
      next->add(View::parse<Setting>(value));
      return true;
    });
    if (next && snapshot->status().ok()) table_ = std::move(next);
  }
  return table_;
}

std::shared_ptr<const SettingsTable> SettingsView::at_least(std::int64_t sequence,
                                                            std::int64_t deadline_ms) {
  std::shared_ptr<const SettingsTable> table;
  const bool there = board_.wait_until(deadline_ms, [&] {
    table = current();
    return table->last_sequence() >= sequence;
  });
  return there ? table : nullptr;
}

}  // namespace encours::stream
