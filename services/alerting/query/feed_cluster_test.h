// FeedCluster: some instances of the feed in one thread, for tests: stores in memory, partitions
// that move, streams between instances that can break, readers that can be slow.
//
// Each partition has one store, which is what its owner has committed; all owners of it in turn see
// the same rows, as after a restore from the changelog. settle() lets everything run until nobody
// has anything left to do. Time stands still until advance().
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/hash.h"
#include "common/query/testing/memory_store.h"
#include "services/alerting/domain/feed.h"
#include "services/alerting/domain/tables.h"
#include "services/alerting/query/feed_core.h"

namespace encours::alerting {

using query::testing::MemoryStore;

inline constexpr std::int32_t kPartitions = 4;

// An account of acme that lives on the partition.
inline std::string account_on(std::int32_t partition, int from = 0) {
  for (int i = from;; ++i) {
    const std::string account = "C-" + std::to_string(i);
    if (partition_of("acme/" + account, kPartitions) == partition) return account;
  }
}

// Writes the next change of the partition's feed, as the domain does; returns its sequence.
inline std::int64_t append_change(MemoryStore& store,
                                  std::int32_t partition,
                                  Instant at,
                                  v1alpha1::AlertState state = v1alpha1::ALERT_STATE_RAISED,
                                  const std::string& tenant = "acme",
                                  const std::string& account = "") {
  const stream::View view(store, tenant_scope(tenant));
  stream::Effects effects(view);
  const FeedLimits limits;
  Feed feed(view, effects, limits);
  v1alpha1::Alert alert;
  alert.set_tenant(tenant);
  alert.set_account(account.empty() ? account_on(partition) : account);
  alert.set_state(state);
  const auto head = view.get(kFeedHeadTable);
  const std::int64_t sequence = head ? head->last_sequence() + 1 : 1;
  alert.set_id(std::to_string(partition) + "-" + std::to_string(sequence));
  EXPECT_EQ(feed.append(alert, at), sequence);
  EXPECT_TRUE(store.write(effects.row_changes(), 0, 0).ok());
  return sequence;
}

// Accounts on one partition have one owner or the other.
inline void set_owner(MemoryStore& store, const std::string& account, const std::string& owner) {
  receivables::v1alpha1::AccountChanged row;
  row.set_owner(owner);
  const std::string key =
      KeyWriter().byte(kAccountTable.id).raw(tenant_scope("acme")).text(account).take();
  EXPECT_TRUE(store.write({{key, row.SerializeAsString()}}, 0, 0).ok());
}

// Removes the rows up to a sequence, as a sweep does.
inline void forget_changes(MemoryStore& store, std::int64_t up_to) {
  std::vector<RowChange> gone;
  for (std::int64_t sequence = 1; sequence <= up_to; ++sequence) {
    gone.push_back(
        {KeyWriter().byte(kFeedTable.id).raw(tenant_scope("acme")).number(sequence).take(),
         std::nullopt});
  }
  EXPECT_TRUE(store.write(gone, 0, 0).ok());
}

class FeedCluster {
 public:
  struct Instance;

  // A reader's end: what it got, and whether it takes more.
  struct Reader final : FeedSink {
    std::vector<v1alpha1::Alert> alerts;
    std::string cursor;
    std::vector<std::int32_t> missing;
    int messages = 0;
    std::optional<Status> ended;
    bool slow = false;
    bool holds = false;  // A message that it has not got rid of.
    Instance* at = nullptr;
    std::uint64_t id = 0;

    void send(v1alpha1::StreamAlertsResponse message) override {
      EXPECT_FALSE(holds) << "one message at a time";
      EXPECT_FALSE(ended.has_value());
      ++messages;
      if (message.has_alert()) alerts.push_back(message.alert());
      cursor = message.cursor();
      missing.assign(message.missing_partitions().begin(), message.missing_partitions().end());
      holds = true;
    }
    void end(Status status) override {
      EXPECT_FALSE(ended.has_value()) << "ended twice";
      ended = std::move(status);
    }
    std::vector<std::string> ids() const {
      std::vector<std::string> out;
      for (const auto& alert : alerts) out.push_back(alert.id());
      return out;
    }
  };

  // What instances say to each other waits here until settle(): as on a network, it comes later.
  struct Inbox final : FeedInbox {
    std::vector<std::function<void(FeedCore&)>> events;
    void peer_message(std::uint64_t stream, v1alpha1::StreamAlertsResponse message) override {
      events.push_back([=](FeedCore& core) { core.peer_message(stream, message); });
    }
    void peer_ended(std::uint64_t stream, Status status) override {
      events.push_back([=](FeedCore& core) { core.peer_ended(stream, status); });
    }
  };

  // A stream between two instances: the reader at the far end, and its way back.
  struct Link final : FeedSink {
    FeedCluster* cluster = nullptr;
    std::string from, to;
    std::uint64_t stream = 0;
    std::uint64_t id = 0;
    std::shared_ptr<FeedInbox> inbox;
    bool cancelled = false;
    bool over = false;
    int asked_for = 0;  // Calls of next() that are not answered yet.
    std::optional<v1alpha1::StreamAlertsResponse> held;

    void send(v1alpha1::StreamAlertsResponse message) override { held = std::move(message); }
    void end(Status status) override {
      over = true;
      if (!cancelled) inbox->peer_ended(stream, std::move(status));
    }
  };

  struct PeerEnd final : PeerStream {
    std::shared_ptr<Link> link;
    explicit PeerEnd(std::shared_ptr<Link> to) : link(std::move(to)) {}
    ~PeerEnd() override { link->cancelled = true; }
    void next() override { ++link->asked_for; }
  };

  struct Instance final : PeerFeeds {
    Instance(FeedCluster& of, std::string called)
        : cluster(of),
          name(std::move(called)),
          board(of.clock),
          core(of.options, board, *this, inbox, of.clock) {}

    std::vector<std::string> peers() override {
      std::vector<std::string> others;
      for (const auto& [other, instance] : cluster.instances) {
        if (other != name) others.push_back(other);
      }
      return others;
    }
    std::unique_ptr<PeerStream> open(const PeerRequest& asking,
                                     std::shared_ptr<FeedInbox> to) override {
      auto link = std::make_shared<Link>();
      link->cluster = &cluster;
      link->from = name;
      link->to = asking.peer;
      link->stream = asking.stream;
      link->inbox = std::move(to);
      link->id = cluster.next_id++;
      cluster.links.push_back(link);
      cluster.arrivals.push_back([this, link, asking] {
        FeedRequest forwarded;
        forwarded.tenant = asking.request.tenant();
        forwarded.filter = cluster.filter_of(asking.request.filter());
        forwarded.cursor = FeedCursor::decode(asking.request.cursor(), "acme", kPartitions).value();
        forwarded.forwarded = true;
        forwarded.asked = asking.asked;
        // The token of the tests is the name of the owner whose accounts it may see.
        if (!asking.authorization.empty()) forwarded.only_owner = asking.authorization;
        cluster.instances.at(link->to)->core.open(link->id, std::move(forwarded), link.get());
      });
      ++cluster.streams_opened;
      return std::make_unique<PeerEnd>(std::move(link));
    }

    FeedCluster& cluster;
    std::string name;
    stream::TaskBoard board;
    std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>();
    FeedCore core;
  };

  explicit FeedCluster(std::vector<std::string> names = {"a"}) {
    options.partitions = kPartitions;
    options.tail_changes = 8;
    options.batch_changes = 4;
    options.max_fetches = 2;
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      stores.push_back(std::make_shared<MemoryStore>());
    }
    for (const auto& name : names) instances[name] = std::make_unique<Instance>(*this, name);
  }

  // The filter text of the tests: "" is all, "raised" the state.
  std::function<bool(const v1alpha1::Alert&)> filter_of(const std::string& text) const {
    if (text.empty()) return {};
    return
        [](const v1alpha1::Alert& alert) { return alert.state() == v1alpha1::ALERT_STATE_RAISED; };
  }

  void own(const std::string& name, std::int32_t partition) {
    owner[partition] = name;
    instances.at(name)->board.set_running(partition, stores[static_cast<std::size_t>(partition)]);
    instances.at(name)->core.committed();
  }
  void disown(std::int32_t partition) {
    const auto found = owner.find(partition);
    if (found == owner.end()) return;
    instances.at(found->second)->board.remove(partition);
    instances.at(found->second)->core.tick();
    owner.erase(found);
  }
  std::int64_t append(std::int32_t partition,
                      v1alpha1::AlertState state = v1alpha1::ALERT_STATE_RAISED,
                      const std::string& account = "") {
    const auto sequence = append_change(
        *stores[static_cast<std::size_t>(partition)], partition, now, state, "acme", account);
    if (owner.count(partition) > 0) {
      auto& instance = *instances.at(owner.at(partition));
      instance.board.announce_commit({});
      instance.core.committed();
    }
    return sequence;
  }

  // `owner`: the reader sees this person's accounts only.
  void open(Reader& reader,
            const std::string& name,
            FeedCursor cursor,
            const std::string& filter = "",
            const std::string& only_owner = "") {
    reader.at = instances.at(name).get();
    reader.id = next_id++;
    reader.holds = false;
    reader.ended.reset();
    readers.insert(&reader);
    FeedRequest request;
    request.tenant = "acme";
    request.filter = filter_of(filter);
    request.filter_text = filter;
    request.cursor = std::move(cursor);
    if (!only_owner.empty()) request.only_owner = only_owner;
    request.authorization = only_owner;
    reader.at->core.open(reader.id, std::move(request), &reader);
  }
  void close(Reader& reader) {
    reader.at->core.close(reader.id);
    readers.erase(&reader);
  }
  static FeedCursor cursor_of(const Reader& reader) {
    return FeedCursor::decode(reader.cursor, "acme", kPartitions).value();
  }

  // All streams between instances break.
  void break_links() {
    for (auto& link : links) {
      if (link->over || link->cancelled) continue;
      link->inbox->peer_ended(link->stream,
                              error(Reaction::kRetry, "unavailable", "The network is down."));
      link->cancelled = true;
    }
  }

  // One round: everybody does a little. False when nothing has happened.
  bool step() {
    bool busy = false;
    auto arrived = std::move(arrivals);
    arrivals.clear();
    for (auto& arrival : arrived) arrival();
    busy |= !arrived.empty();
    for (auto& [name, instance] : instances) {
      auto events = std::move(instance->inbox->events);
      instance->inbox->events.clear();
      for (auto& event : events) event(instance->core);
      busy |= !events.empty();
      busy |= instance->core.run(3);
    }
    for (Reader* reader : readers) {
      if (!reader->holds || reader->slow || reader->ended) continue;
      reader->holds = false;
      reader->at->core.sent(reader->id);
      busy = true;
    }
    for (auto& link : links) busy |= carry(*link);
    std::erase_if(links, [](const auto& link) { return link->over; });
    return busy;
  }
  void settle() {
    for (int quiet = 0, rounds = 0; quiet < 2; ++rounds) {
      ASSERT_LT(rounds, 10'000) << "the cluster finds no rest";
      quiet = step() ? 0 : quiet + 1;
    }
  }
  // Some time passes; heartbeats and retries happen.
  void advance(std::int64_t milliseconds) {
    for (; milliseconds > 0; milliseconds -= 200) {
      clock.advance(std::chrono::milliseconds(200));
      for (auto& [name, instance] : instances) instance->core.tick();
      settle();
    }
  }

  ManualClock clock;
  Instant now = Instant::parse("2024-02-01T00:00:00Z").value();
  FeedOptions options;
  std::vector<std::shared_ptr<MemoryStore>> stores;
  std::map<std::string, std::unique_ptr<Instance>> instances;
  std::map<std::int32_t, std::string> owner;
  std::set<Reader*> readers;
  std::vector<std::shared_ptr<Link>> links;
  std::vector<std::function<void()>> arrivals;
  std::uint64_t next_id = 1;
  int streams_opened = 0;

 private:
  bool carry(Link& link) {
    if (link.over) return false;
    auto& far = *instances.at(link.to);
    if (link.cancelled) {
      far.core.close(link.id);
      return true;
    }
    if (!link.held || link.asked_for == 0) return false;
    link.inbox->peer_message(link.stream, std::move(*link.held));
    link.held.reset();
    --link.asked_for;
    far.core.sent(link.id);
    return true;
  }
};

}  // namespace encours::alerting
