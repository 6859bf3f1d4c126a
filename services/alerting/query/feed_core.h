// FeedCore: all that happens to streams of alerts, as one machine without threads of its own.
//
// A reader is served from the newest changes of its tenant (FeedTail), which come from the local
// stores after each commit and from one stream per tenant and peer ("mirror"); a reader that has
// fallen behind reads the local store, or fetches pages from the peer that owns the partition. So
// any number of readers costs other instances one stream, and each reader's place is a cursor that
// any instance can go on from: nothing is lost or repeated when partitions move.
// Driven by FeedHub on one thread: each call returns at once, run() serves who can be served.
// Errors end the one stream that they concern: out_of_range (changes no longer kept),
// partition_moved (a forwarded stream: open it again), token_expired, shutting_down.
//
//   open -> [queued] -> run: waiting steps? fill from tail | store | peer page -> send -> in flight
//              ^                                                                     |
//              +------------- committed, mirror message, sent, tick -----------------+
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/stream/task_board.h"
#include "common/time/clock.h"
#include "services/alerting/query/feed_reader_state.h"
#include "services/alerting/query/feed_tail.h"
#include "services/alerting/query/peer_feeds.h"

namespace encours::alerting {

struct FeedOptions {
  std::int32_t partitions = 0;
  // Changes of one tenant kept in memory.
  std::size_t tail_changes = 512;
  // Changes that may wait for one reader.
  std::size_t batch_changes = 64;
  // A quiet stream brings its cursor this often.
  std::int64_t heartbeat_ms = 5'000;
  // Pages fetched from peers at a time.
  std::size_t max_fetches = 32;
  // Before a peer is asked again.
  std::int64_t retry_ms = 200;
  // True once the process takes no more calls: streams are ended. May be empty.
  std::function<bool()> draining;
};

struct FeedCounts {
  std::uint64_t readers = 0;
  std::uint64_t messages = 0;
  std::uint64_t alerts = 0;
  std::uint64_t store_reads = 0;
  std::uint64_t pages_fetched = 0;
  std::uint64_t mirrors = 0;
  std::uint64_t mirror_failures = 0;
};

class FeedCore {
 public:
  FeedCore(const FeedOptions& options,
           const stream::TaskBoard& board,
           PeerFeeds& peers,
           std::shared_ptr<FeedInbox> inbox,
           Clock& clock);

  // `sink` lives until its end() is called.
  void open(std::uint64_t id, FeedRequest request, FeedSink* sink);
  // The sink has got rid of its message.
  void sent(std::uint64_t id);
  // The reader has gone; its sink is ended.
  void close(std::uint64_t id);

  // The stores have moved on: takes what is new into the tails.
  void committed();
  void peer_message(std::uint64_t stream, const v1alpha1::StreamAlertsResponse& message);
  void peer_ended(std::uint64_t stream, const Status& status);
  // Now and then: heartbeats, ends of tokens, peers that came or are asked again.
  void tick();

  // Serves at most `budget` readers; false when nobody is left who could go on.
  bool run(std::size_t budget);

  void end_all(const Error& why);

  // True while somebody follows, so that commits matter.
  bool followed() const { return !tenants_.empty(); }
  FeedCounts counts() const;

 private:
  struct Mirror {
    std::uint64_t stream_id = 0;
    std::unique_ptr<PeerStream> stream;
    // Partitions that the peer answers from; empty until it has spoken.
    std::set<std::int32_t> claims;
    std::int64_t retry_at_ms = 0;
    int failures = 0;
    // Opened with the token of a reader who may not see all.
    bool restricted = false;
  };
  struct Tenant {
    Tenant(std::int32_t partitions, std::size_t capacity) : tail(partitions, capacity) {}
    FeedTail tail;
    std::set<std::uint64_t> readers;
    // Readers that are not forwarded: only they need the peers.
    std::size_t users = 0;
    std::map<std::string, Mirror> mirrors;
  };
  // Whom a peer's stream is for: a tenant's mirror, or a reader's page.
  struct StreamOwner {
    std::string tenant;
    std::string peer;
    std::uint64_t reader = 0;
  };
  enum class Filled { kSome, kNothing, kGone };

  // feed_core.cc: readers.
  std::vector<std::int32_t> scope_of(const FeedRequest& request) const;
  FeedReader* find(std::uint64_t id);
  void queue(FeedReader& reader);
  void wake(Tenant& tenant);
  void advance(FeedReader& reader);
  Filled fill(FeedReader& reader);
  Filled fill_partition(FeedReader& reader, const FeedTail& tail, std::int32_t partition);
  void add_step(FeedReader& reader, ChangePtr change);
  bool may_see(const FeedReader& reader, const Change& change);
  bool should_tell(const FeedReader& reader) const;
  void send(FeedReader& reader, const v1alpha1::Alert* alert);
  void end(FeedReader& reader, Status status);
  std::vector<std::int32_t> missing(const FeedReader& reader) const;
  bool scope_holds(const FeedReader& reader) const;

  // feed_sources.cc: local stores, mirrors, pages.
  Tenant& tenant_of(const FeedReader& reader) { return tenants_.at(reader.request.tenant); }
  bool is_local(std::int32_t partition) const;
  const Snapshot* snapshot(std::int32_t partition);
  void look_at_board();
  void follow(const std::string& name, Tenant& tenant);
  void begin_readers(Tenant& tenant, std::int32_t partition);
  void reconcile(const std::string& name, Tenant& tenant);
  void open_mirror(const std::string& name,
                   const std::string& peer,
                   Tenant& tenant,
                   Mirror& mirror);
  const FeedReader& spokesman(const Tenant& tenant) const;
  void take_mirrored(Tenant& tenant,
                     Mirror& mirror,
                     const FeedCursor& cursor,
                     const v1alpha1::StreamAlertsResponse& message);
  std::string claimant(const Tenant& tenant, std::int32_t partition) const;
  bool fetch(FeedReader& reader, const std::vector<std::int32_t>& lagging);
  void take_page(FeedReader& reader,
                 const FeedCursor& cursor,
                 const v1alpha1::StreamAlertsResponse& message);
  void end_fetch(FeedReader& reader);

  FeedOptions options_;
  const stream::TaskBoard& board_;
  PeerFeeds& peers_;
  std::shared_ptr<FeedInbox> inbox_;
  Clock& clock_;

  std::map<std::uint64_t, FeedReader> readers_;
  std::map<std::string, Tenant> tenants_;
  std::deque<std::uint64_t> ready_;
  std::vector<std::int32_t> running_;
  // Of this turn only: a snapshot that is kept holds back the store's clean-up.
  std::map<std::int32_t, std::unique_ptr<Snapshot>> snapshots_;

  std::uint64_t next_stream_ = 1;
  std::map<std::uint64_t, StreamOwner> streams_;
  std::map<std::uint64_t, std::unique_ptr<PeerStream>> pages_;
  std::deque<std::uint64_t> fetch_queue_;
  FeedCounts counts_;
};

}  // namespace encours::alerting
