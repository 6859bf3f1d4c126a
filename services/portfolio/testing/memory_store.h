// MemoryStore: a partition in memory as a TaskBoard offers it, for tests of handlers.
//
// It shows the rows of a World's partition, which must not change any more, and rows of the runtime
// that may be put while other threads read. What a runner does to a store does nothing here.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/state/store.h"
#include "services/portfolio/testing/world.h"

namespace encours::portfolio::testing {

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const RowReader& rows) : rows_(rows) {}

  void put(std::string key, std::string value) {
    const std::lock_guard lock(mutex_);
    extra_[std::move(key)] = std::move(value);
  }
  void tick(const std::string& clock, Instant handled) {
    stream::rt::ClockRow row;
    stream::set_timestamp(handled, row.mutable_handled());
    put(KeyWriter().byte(stream::kClockTable.id).text(kStageName).text(clock).take(),
        row.SerializeAsString());
  }
  void put_setting(const stream::Setting& setting) {
    put(KeyWriter().byte(stream::kSettingsTable.id).number(setting.sequence()).take(),
        setting.SerializeAsString());
  }

  std::unique_ptr<Snapshot> snapshot() const override {
    const std::lock_guard lock(mutex_);
    return std::make_unique<Copy>(rows_, extra_);
  }
  std::optional<std::string> get(std::string_view key) const override {
    return snapshot()->get(key);
  }
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    snapshot()->scan(from, until, visit);
  }
  Status take_read_failure() override { return {}; }
  Status write(const std::vector<RowChange>&, std::int64_t, std::int64_t) override { return {}; }
  Status clear() override { return {}; }
  std::int64_t changelog_next_offset() const override { return 0; }
  std::int64_t applied_at_us() const override { return 0; }
  bool was_quarantined() const override { return false; }
  std::uint64_t disk_bytes() const override { return 0; }

 private:
  class Copy final : public Snapshot {
   public:
    Copy(const RowReader& rows, std::map<std::string, std::string> extra)
        : rows_(rows), extra_(std::move(extra)) {}

    std::optional<std::string> get(std::string_view key) const override {
      const auto found = extra_.find(std::string(key));
      return found == extra_.end() ? rows_.get(key) : std::optional(found->second);
    }
    // The runtime's tables stand before those of the service, so one after the other is in order.
    void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
      for (auto row = extra_.lower_bound(std::string(from)); row != extra_.end(); ++row) {
        if (!until.empty() && row->first >= until) break;
        if (!visit(row->first, row->second)) return;
      }
      rows_.scan(from, until, visit);
    }
    Status status() const override { return {}; }
    std::int64_t changelog_next_offset() const override { return 0; }

   private:
    const RowReader& rows_;
    std::map<std::string, std::string> extra_;
  };

  const RowReader& rows_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> extra_;
};

}  // namespace encours::portfolio::testing
