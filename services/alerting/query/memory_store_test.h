// MemoryStore: the committed rows of one partition, for tests. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/state/store.h"

namespace encours::alerting {

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

}  // namespace encours::alerting
