// World: partitions of portfolio in memory, with tenants, clocks and customers, for query tests.
//
// Facts go to the partition that their key has in a real installation. context() shows any choice
// of partitions, as one instance has them; a failing read can be simulated.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/hash.h"
#include "common/query/partitions.h"
#include "common/query/testing/memory_store.h"
#include "common/state/store.h"
#include "common/stream/decode.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/topology.h"
#include "services/portfolio/testing/facts.h"

namespace encours::portfolio::testing {

inline Instant at(const std::string& text) { return Instant::parse(text).value(); }

using query::testing::tenant_setting;

// The rows of a partition, and the runtime's clock rows beside them.
class MemorySnapshot : public Snapshot {
 public:
  explicit MemorySnapshot(const RowReader& rows) : rows_(rows) {}

  std::optional<std::string> get(std::string_view key) const override {
    const auto found = clocks.find(std::string(key));
    return found == clocks.end() ? rows_.get(key) : found->second;
  }
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    rows_.scan(from, until, visit);
  }
  Status status() const override { return broken; }
  std::int64_t changelog_next_offset() const override { return 0; }

  std::map<std::string, std::string> clocks;
  Status broken;

 private:
  const RowReader& rows_;
};

class World {
 public:
  explicit World(int partitions) {
    for (int p = 0; p < partitions; ++p) {
      rows_.push_back(std::make_unique<FoldedRows>());
      snapshots_.push_back(std::make_unique<MemorySnapshot>(rows_.back()->rows()));
    }
  }

  void open_tenant(const std::string& tenant,
                   stream::TenantSetting::ClockMode mode,
                   const std::string& zone = "Europe/Paris") {
    settings_.add(tenant_setting(settings_.last_sequence() + 1, tenant, mode, zone));
  }
  void open_events_tenant(const std::string& tenant) {
    open_tenant(tenant, stream::TenantSetting::CLOCK_MODE_EVENTS);
  }

  int partition_of_account(const std::string& account, const std::string& tenant = "t") const {
    return partition_of(stream::make_key(tenant, account), static_cast<int>(rows_.size()));
  }
  template <class Message>
  void fold(const std::string& account, Message fact, const std::string& tenant = "t") {
    rows_[partition_of_account(account, tenant)]->fold(account, std::move(fact), tenant);
  }
  FoldedRows& rows(int partition) { return *rows_[partition]; }
  MemorySnapshot& snapshot(int partition) { return *snapshots_[partition]; }

  void set_clock(int partition, const std::string& clock, const stream::rt::ClockRow& row) {
    snapshots_[partition]
        ->clocks[KeyWriter().byte(stream::kClockTable.id).text(kStageName).text(clock).take()] =
        row.SerializeAsString();
  }
  void tick(int partition, const std::string& clock, Instant handled) {
    stream::rt::ClockRow row;
    stream::set_timestamp(handled, row.mutable_handled());
    set_clock(partition, clock, row);
  }
  void tick(const std::string& clock, Instant handled) {
    for (std::size_t p = 0; p < rows_.size(); ++p) tick(static_cast<int>(p), clock, handled);
  }

  query::QueryContext context(const std::vector<int>& partitions) const {
    query::QueryContext context;
    for (const int p : partitions) context.partitions.push_back({p, snapshots_[p].get()});
    context.partition_count = static_cast<std::int32_t>(rows_.size());
    context.stage = kStageName;
    context.settings = &settings_;
    return context;
  }
  query::QueryContext all() const {
    std::vector<int> partitions;
    for (std::size_t p = 0; p < rows_.size(); ++p) partitions.push_back(static_cast<int>(p));
    return context(partitions);
  }

 private:
  std::vector<std::unique_ptr<FoldedRows>> rows_;
  std::vector<std::unique_ptr<MemorySnapshot>> snapshots_;
  stream::SettingsTable settings_;
};

// What several instances answer to one request, each with its own partitions, as one answer: the
// way of the gRPC layer without gRPC. The first instance is the one that was asked.
template <class Query, class Request>
Result<typename Query::Response> ask(const std::vector<query::QueryContext>& instances,
                                     const Request& request) {
  ENCOURS_ASSIGN(const Query query, Query::prepare(request, instances.front().only_owner));
  ENCOURS_ASSIGN(const Request settled, query.settle(instances.front(), request));
  std::vector<typename Query::Response> parts;
  for (const query::QueryContext& instance : instances) {
    ENCOURS_ASSIGN(const Query part, Query::prepare(settled, instance.only_owner));
    ENCOURS_ASSIGN(auto answer, part.answer(instance));
    parts.push_back(std::move(answer));
  }
  return query.merge(std::move(parts));
}

}  // namespace encours::portfolio::testing
