// Installation: instances of alerting with real gRPC servers on the loopback and stores in memory,
// for tests of handlers. No Kafka: what the runner would do is done at once by the test.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/hash.h"
#include "common/query/testing/memory_store.h"
#include "common/rpc/status.h"
#include "common/rpc/testing/fake_placement.h"
#include "common/rpc/testing/test_server.h"
#include "common/stream/runtime_tables.h"
#include "services/alerting/domain/world_test.h"
#include "services/alerting/rpc/alerting_service.h"

namespace encours::alerting {

using query::testing::MemoryStore;
using rpc::testing::FakePlacement;
using rpc::testing::TestIssuer;
using rpc::testing::TestServer;

inline constexpr std::int32_t kInstalledPartitions = 4;
inline constexpr const char* kClockName = "tenant/acme";

// The same without the instance that asks: its address is not known when its router is made.
class OthersPlacement final : public rpc::Placement {
 public:
  explicit OthersPlacement(FakePlacement& all) : all_(all) {}

  Result<std::map<std::int32_t, std::string>> owners() override {
    auto owners = all_.owners().value();
    const std::lock_guard lock(mutex_);
    std::erase_if(owners, [this](const auto& owner) { return owner.second == self_; });
    return owners;
  }
  void set_self(const std::string& address) {
    const std::lock_guard lock(mutex_);
    self_ = address;
  }

 private:
  FakePlacement& all_;
  std::mutex mutex_;
  std::string self_;
};

// The committed rows of all partitions, and the stage that changes them.
struct Ledger {
  Ledger() {
    for (std::int32_t p = 0; p < kInstalledPartitions; ++p) {
      stores.push_back(std::make_shared<MemoryStore>());
      stores[p]->put_setting(
          query::testing::tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_EVENTS));
      tick(p, utc("2024-02-01T07:00:00Z"));
    }
  }
  void tick(std::int32_t p, Instant handled) { stores[p]->tick(kStageName, kClockName, handled); }
  static std::int32_t partition_of_account(const std::string& account) {
    return partition_of("acme/" + account, kInstalledPartitions);
  }
  // Decides the record and commits what comes of it; the reply is that of a command.
  stream::Effects take(const stream::Record& record) {
    const std::int32_t p = partition_of(record.key, kInstalledPartitions);
    const stream::View view(*stores[p], stage.scope(record));
    auto effects = stage.decide(view, record, stream::Settings(settings, 0));
    EXPECT_TRUE(effects.ok());
    EXPECT_TRUE(stores[p]->write(effects->row_changes(), 0, 0).ok());
    return *effects;
  }

  AlertingStage stage;
  stream::SettingsTable settings;
  std::vector<std::shared_ptr<MemoryStore>> stores;
};

// The runner's side of commands: decided at once.
class FakeCommands final : public rpc::CommandLog, public rpc::OutcomeBoard {
 public:
  FakeCommands(Ledger& ledger, stream::TaskBoard& board) : ledger_(ledger), board_(board) {}

  Status append(const rpc::CommandRecord& record) override {
    const std::lock_guard lock(mutex_);
    ++appended;
    stream::Record taken;
    taken.kind = stream::RecordKind::kCommand;
    taken.input = 1;
    taken.at = utc("2024-02-02T09:00:00Z");
    taken.key = record.key;
    taken.envelope = record.command.envelope();
    taken.command = record.command;
    const auto effects = ledger_.take(taken);
    rpc::CommandOutcome outcome;
    outcome.set_digest(rpc::command_digest(record.command.type(), record.command.body()));
    if (effects.reply->status.ok()) {
      outcome.set_response(effects.reply->response);
    } else {
      outcome.set_status_code(3);
      outcome.set_error_code(effects.reply->status.failure().code);
      outcome.set_error_field(effects.reply->status.failure().field);
      outcome.set_error_message(effects.reply->status.failure().message);
    }
    outcomes_[record.command.request_id()] = outcome;
    board_.announce_commit({});
    return {};
  }
  bool owns(std::int32_t partition) override { return board_.snapshot(partition) != nullptr; }
  Result<std::optional<rpc::CommandOutcome>> find(std::int32_t,
                                                  const std::string&,
                                                  const std::string& request_id) override {
    const std::lock_guard lock(mutex_);
    const auto found = outcomes_.find(request_id);
    if (found == outcomes_.end()) return std::optional<rpc::CommandOutcome>();
    return std::optional(found->second);
  }
  void expect(const std::string&, const std::string&) override {}
  std::optional<rpc::CommandOutcome> await(const std::string& tenant,
                                           const std::string& request_id,
                                           std::int64_t) override {
    return find(0, tenant, request_id).value();
  }

  int appended = 0;

 private:
  Ledger& ledger_;
  stream::TaskBoard& board_;
  std::mutex mutex_;
  std::map<std::string, rpc::CommandOutcome> outcomes_;
};

// A process of alerting without Kafka.
class Instance {
 public:
  Instance(Ledger& ledger,
           FakePlacement& placement,
           std::shared_ptr<const TestIssuer> issuer,
           StreamLimits limits)
      : server({v1alpha1::AlertingService::service_full_name()}, {}, issuer),
        commands(ledger, board),
        others(placement),
        router(
            router_config(), others, [this](std::int32_t p) { return commands.owns(p); }, clock),
        gate({kInstalledPartitions}, commands, commands, server.clock()),
        api(AlertingSources{server.guard(),
                            router,
                            gate,
                            board,
                            settings,
                            clock,
                            server.metrics(),
                            kInstalledPartitions},
            feed_options(),
            limits) {
    server.server().add<v1alpha1::AlertingService>(api.handlers());
    server.start();
    others.set_self(server.address());
    stub = v1alpha1::AlertingService::NewStub(server.channel());
  }
  ~Instance() { server.server().stop(0); }

  static rpc::RouterConfig router_config() {
    rpc::RouterConfig config;
    config.partitions = kInstalledPartitions;
    // Placement names the others only: what is here is known here.
    config.self_address = "127.0.0.1:1";
    return config;
  }
  static FeedOptions feed_options() {
    FeedOptions options;
    options.partitions = kInstalledPartitions;
    return options;
  }

  // The feed's threads wait on this one; the server's own is a manual clock.
  SystemClock clock;
  stream::TaskBoard board{clock};
  stream::SettingsView settings{board};
  TestServer server;
  FakeCommands commands;
  OthersPlacement others;
  rpc::Router router;
  rpc::CommandGate gate;
  AlertingApi api;
  std::unique_ptr<v1alpha1::AlertingService::Stub> stub;
};

}  // namespace encours::alerting
