// MemoryStore: the committed rows of one partition, for tests of queries and handlers. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/state/key.h"
#include "common/state/store.h"
#include "common/stream/decode.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/settings.h"

namespace encours::query::testing {

inline stream::Setting tenant_setting(std::int64_t sequence,
                                      const std::string& tenant,
                                      stream::TenantSetting::ClockMode mode,
                                      const std::string& zone = "Europe/Paris") {
  stream::TenantSetting body;
  body.set_clock_mode(mode);
  body.set_time_zone(zone);
  stream::Setting setting;
  setting.mutable_envelope()->set_tenant(tenant);
  setting.set_sequence(sequence);
  setting.set_kind("tenant");
  setting.set_name("tenant");
  setting.set_type(body.GetTypeName());
  setting.set_body(body.SerializeAsString());
  return setting;
}

class MemoryStore final : public Store {
 public:
  using Rows = std::map<std::string, std::string, std::less<>>;

  class Frozen final : public Snapshot {
   public:
    explicit Frozen(Rows rows) : rows_(std::move(rows)) {}
    std::optional<std::string> get(std::string_view key) const override {
      const auto found = rows_.find(key);
      if (found == rows_.end()) return std::nullopt;
      return found->second;
    }
    void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
      for (auto row = rows_.lower_bound(from); row != rows_.end(); ++row) {
        if (!until.empty() && row->first >= until) return;
        if (!visit(row->first, row->second)) return;
      }
    }
    Status status() const override { return {}; }
    std::int64_t changelog_next_offset() const override { return 0; }

   private:
    Rows rows_;
  };

  void put(const KeyWriter& key, const google::protobuf::MessageLite& row) {
    static_cast<void>(write({{key.bytes(), row.SerializeAsString()}}, 0, 0));
  }
  // The stage has handled the clock's tick at this instant.
  void tick(const std::string& stage, const std::string& clock, Instant handled) {
    stream::rt::ClockRow row;
    stream::set_timestamp(handled, row.mutable_handled());
    put_clock(stage, clock, row);
  }
  void put_clock(const std::string& stage,
                 const std::string& clock,
                 const stream::rt::ClockRow& row) {
    put(KeyWriter().byte(stream::kClockTable.id).text(stage).text(clock), row);
  }
  void put_setting(const stream::Setting& setting) {
    put(KeyWriter().byte(stream::kSettingsTable.id).number(setting.sequence()), setting);
  }

  std::optional<std::string> get(std::string_view key) const override {
    return Frozen(copy()).get(key);
  }
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    Frozen(copy()).scan(from, until, visit);
  }
  Status take_read_failure() override { return {}; }
  Status write(const std::vector<RowChange>& changes, std::int64_t, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    for (const auto& change : changes) {
      if (change.value) {
        rows_[change.key] = *change.value;
      } else {
        rows_.erase(change.key);
      }
    }
    return {};
  }
  Status clear() override {
    const std::lock_guard lock(mutex_);
    rows_.clear();
    return {};
  }
  std::int64_t changelog_next_offset() const override { return 0; }
  std::int64_t applied_at_us() const override { return 0; }
  bool was_quarantined() const override { return false; }
  std::unique_ptr<Snapshot> snapshot() const override { return std::make_unique<Frozen>(copy()); }
  std::uint64_t disk_bytes() const override { return 0; }

 private:
  Rows copy() const {
    const std::lock_guard lock(mutex_);
    return rows_;
  }

  mutable std::mutex mutex_;
  Rows rows_;
};

}  // namespace encours::query::testing
