// A Store in memory and a Sink that keeps what it is given: for tests of tasks without RocksDB or
// Kafka. Named fakes: they hold the same contract, except that nothing is durable.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/state/store.h"
#include "common/stream/log.h"

namespace encours::stream::testing {

using Rows = std::map<std::string, std::string, std::less<>>;

inline std::optional<std::string> get_from(const Rows& rows, std::string_view key) {
  const auto found = rows.find(key);
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

inline void scan_rows(const Rows& rows, std::string_view from, std::string_view until,
                      const RowReader::Visitor& visit) {
  for (auto it = rows.lower_bound(from); it != rows.end(); ++it) {
    if (!until.empty() && it->first >= until) return;
    if (!visit(it->first, it->second)) return;
  }
}

class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(Rows rows, std::int64_t next) : rows_(std::move(rows)), next_(next) {}
  std::optional<std::string> get(std::string_view key) const override {
    return get_from(rows_, key);
  }
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    scan_rows(rows_, from, until, visit);
  }
  Status status() const override { return {}; }
  std::int64_t changelog_next_offset() const override { return next_; }

 private:
  Rows rows_;
  std::int64_t next_;
};

class MemoryStore : public Store {
 public:
  std::optional<std::string> get(std::string_view key) const override {
    return get_from(rows, key);
  }
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    scan_rows(rows, from, until, visit);
  }
  Status take_read_failure() override { return {}; }
  Status write(const std::vector<RowChange>& changes, std::int64_t next,
               std::int64_t applied_at_us) override {
    for (const auto& change : changes) {
      if (change.value) {
        rows[change.key] = *change.value;
      } else {
        rows.erase(change.key);
      }
    }
    next_ = next;
    applied_at_us_ = applied_at_us;
    return {};
  }
  Status clear() override {
    rows.clear();
    next_ = 0;
    return {};
  }
  std::int64_t changelog_next_offset() const override { return next_; }
  std::int64_t applied_at_us() const override { return applied_at_us_; }
  bool was_quarantined() const override { return false; }
  std::unique_ptr<Snapshot> snapshot() const override {
    return std::make_unique<MemorySnapshot>(rows, next_);
  }
  std::uint64_t disk_bytes() const override { return 0; }

  Rows rows;

 private:
  std::int64_t next_ = 0;
  std::int64_t applied_at_us_ = 0;
};

class MemorySink final : public Sink {
 public:
  Status produce(const Outgoing& record) override {
    records.push_back(record);
    return {};
  }
  std::vector<Outgoing> records;
};

}  // namespace encours::stream::testing
