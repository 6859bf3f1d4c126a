#include "services/alerting/query/feed_core.h"

#include <algorithm>

namespace encours::alerting {
namespace {

// A reader whose filter drops everything gives way to the others after so many batches.
constexpr int kBatchesPerTurn = 8;
// A stream that can't resolve all its places yet brings a cursor after this time all the same.
constexpr std::int64_t kFirstWordMs = 1'000;

Error moved() {
  return error(Reaction::kMigrated,
               "partition_moved",
               "The partitions of this instance have changed. Open the stream again.");
}

Error no_longer_kept() {
  return refused("out_of_range",
                 "cursor",
                 "Changes behind this cursor are no longer kept. List the alerts, then follow "
                 "from now.");
}

}  // namespace

FeedCore::FeedCore(const FeedOptions& options,
                   const stream::TaskBoard& board,
                   PeerFeeds& peers,
                   std::shared_ptr<FeedInbox> inbox,
                   Clock& clock)
    : options_(options), board_(board), peers_(peers), inbox_(std::move(inbox)), clock_(clock) {
  ENCOURS_CHECK(options.partitions > 0, "a feed has partitions");
}

void FeedCore::open(std::uint64_t id, FeedRequest request, FeedSink* sink) {
  ENCOURS_CHECK(request.cursor.partitions() == options_.partitions, "a cursor fits the topic");
  look_at_board();
  FeedReader reader;
  reader.id = id;
  reader.sink = sink;
  reader.cursor = std::move(request.cursor);
  reader.opened_ms = clock_.monotonic_ms();
  reader.last_sent_ms = reader.opened_ms;
  reader.scope = scope_of(request);
  reader.request = std::move(request);

  const std::string name = reader.request.tenant;
  auto& tenant =
      tenants_.try_emplace(name, options_.partitions, options_.tail_changes).first->second;
  tenant.readers.insert(id);
  if (!reader.request.forwarded) ++tenant.users;
  const auto [added, fresh] = readers_.emplace(id, std::move(reader));
  ENCOURS_CHECK(fresh, "a reader is opened once");
  follow(name, tenant);
  for (std::int32_t p = 0; p < options_.partitions; ++p) {
    std::int64_t& place = added->second.cursor.at(p);
    if (place == kFromNow && tenant.tail.known(p)) place = tenant.tail.head(p);
  }
  reconcile(name, tenant);
  queue(added->second);
}

std::vector<std::int32_t> FeedCore::scope_of(const FeedRequest& request) const {
  if (request.forwarded && request.asked.empty()) return running_;
  std::vector<std::int32_t> scope;
  for (std::int32_t p = 0; p < options_.partitions; ++p) {
    const auto& asked = request.asked;
    if (!request.forwarded || std::count(asked.begin(), asked.end(), p) > 0) scope.push_back(p);
  }
  return scope;
}

void FeedCore::sent(std::uint64_t id) {
  FeedReader* reader = find(id);
  if (reader == nullptr) return;
  reader->in_flight = false;
  queue(*reader);
}

void FeedCore::close(std::uint64_t id) {
  FeedReader* reader = find(id);
  if (reader == nullptr) return;
  end(*reader, error(Reaction::kRetry, "cancelled", "The reader has gone."));
}

void FeedCore::tick() {
  if (options_.draining && options_.draining()) {
    return end_all(
        error(Reaction::kRetry, "shutting_down", "This instance is going down. Call again."));
  }
  look_at_board();
  const std::int64_t now_ms = clock_.monotonic_ms();
  const Instant now = clock_.now();
  std::vector<std::uint64_t> expired;
  for (auto& [id, reader] : readers_) {
    if (now >= reader.request.expires_at) {
      expired.push_back(id);
    } else if (!reader.in_flight &&
               (should_tell(reader) || (reader.retry_at_ms > 0 && reader.retry_at_ms <= now_ms))) {
      reader.retry_at_ms = 0;
      queue(reader);
    }
  }
  for (const std::uint64_t id : expired) {
    end(*find(id), refused("token_expired", "", "The token has expired. Sign in again."));
  }
  for (auto& [name, tenant] : tenants_) reconcile(name, tenant);
}

bool FeedCore::run(std::size_t budget) {
  for (; budget > 0 && !ready_.empty(); --budget) {
    FeedReader* reader = find(ready_.front());
    ready_.pop_front();
    if (reader == nullptr) continue;
    reader->queued = false;
    advance(*reader);
  }
  snapshots_.clear();
  return !ready_.empty();
}

void FeedCore::end_all(const Error& why) {
  while (!readers_.empty()) end(readers_.begin()->second, why);
}

FeedCounts FeedCore::counts() const {
  FeedCounts counts = counts_;
  counts.readers = readers_.size();
  for (const auto& [name, tenant] : tenants_) counts.mirrors += tenant.mirrors.size();
  return counts;
}

FeedReader* FeedCore::find(std::uint64_t id) {
  const auto found = readers_.find(id);
  return found == readers_.end() ? nullptr : &found->second;
}

void FeedCore::queue(FeedReader& reader) {
  if (reader.queued) return;
  reader.queued = true;
  ready_.push_back(reader.id);
}

void FeedCore::wake(Tenant& tenant) {
  for (const std::uint64_t id : tenant.readers) {
    FeedReader& reader = readers_.at(id);
    if (!reader.in_flight) queue(reader);
  }
}

// Sends the next thing to one reader, if there is one; what was filtered out is stepped over.
void FeedCore::advance(FeedReader& reader) {
  if (reader.in_flight) return;
  if (!scope_holds(reader)) return end(reader, moved());
  for (int batch = 0; batch < kBatchesPerTurn; ++batch) {
    while (!reader.waiting.empty()) {
      const FeedStep step = std::move(reader.waiting.front());
      reader.waiting.pop_front();
      reader.cursor.at(step.partition) = step.sequence;
      reader.moved = true;
      if (step.change) return send(reader, &step.change->after);
    }
    const Filled filled = fill(reader);
    if (filled == Filled::kGone) return;
    if (filled == Filled::kNothing) {
      if (should_tell(reader)) send(reader, nullptr);
      return;
    }
  }
  queue(reader);
}

FeedCore::Filled FeedCore::fill(FeedReader& reader) {
  Tenant& tenant = tenant_of(reader);
  std::vector<std::int32_t> lagging;
  // Each turn begins one partition further on, so that a busy one doesn't hold back the others.
  for (std::size_t i = 0; i < reader.scope.size(); ++i) {
    const std::int32_t p = reader.scope[(reader.turn + i) % reader.scope.size()];
    if (!tenant.tail.known(p)) continue;
    const std::int64_t after = std::max<std::int64_t>(reader.cursor.at(p), 0);
    if (after >= tenant.tail.head(p)) continue;
    const bool in_tail = after >= tenant.tail.floor(p) && !reader.request.only_owner;
    if (!in_tail && !is_local(p)) {
      lagging.push_back(p);
    } else if (fill_partition(reader, tenant.tail, p) == Filled::kGone) {
      return Filled::kGone;
    }
    if (reader.waiting.size() >= options_.batch_changes) break;
  }
  ++reader.turn;
  if (!lagging.empty()) fetch(reader, lagging);
  return reader.waiting.empty() ? Filled::kNothing : Filled::kSome;
}

FeedCore::Filled FeedCore::fill_partition(FeedReader& reader,
                                          const FeedTail& tail,
                                          std::int32_t partition) {
  const auto& fetching = reader.fetching;
  if (std::count(fetching.begin(), fetching.end(), partition) > 0) return Filled::kNothing;
  const std::int64_t place = reader.cursor.at(partition);
  const std::size_t room = options_.batch_changes - reader.waiting.size();
  std::vector<ChangePtr> changes;
  if (std::max<std::int64_t>(place, 0) >= tail.floor(partition)) {
    tail.copy(partition, std::max<std::int64_t>(place, 0), room, &changes);
  } else {
    const Snapshot* rows = snapshot(partition);
    if (rows == nullptr) return Filled::kNothing;
    ++counts_.store_reads;
    if (!read_feed(*rows, reader.request.tenant, partition, place, room, &changes)) {
      end(reader, no_longer_kept());
      return Filled::kGone;
    }
    // A store that can't be read is the runner's to deal with; the stream goes on at its owner.
    if (!rows->status().ok()) return Filled::kNothing;
  }
  for (auto& change : changes) add_step(reader, std::move(change));
  return Filled::kSome;
}

void FeedCore::add_step(FeedReader& reader, ChangePtr change) {
  FeedStep step{change->partition, change->sequence, nullptr};
  const auto& filter = reader.request.filter;
  if (may_see(reader, *change) && (!filter || filter(change->after))) {
    step.change = std::move(change);
  }
  reader.waiting.push_back(std::move(step));
}

bool FeedCore::may_see(const FeedReader& reader, const Change& change) {
  if (!reader.request.only_owner) return true;
  const Snapshot* rows = snapshot(change.partition);
  return rows != nullptr && owner_of(*rows, reader.request.tenant, change.after.account()) ==
                                reader.request.only_owner;
}

// Whether a reader that has nothing else to get is told where it stands.
bool FeedCore::should_tell(const FeedReader& reader) const {
  const std::int64_t now_ms = clock_.monotonic_ms();
  if (now_ms - reader.last_sent_ms >= options_.heartbeat_ms) return true;
  // Who passes the changes on waits for this word: it has all that there is.
  if (reader.request.forwarded) return reader.moved;
  if (reader.told) return false;
  return now_ms - reader.opened_ms >= kFirstWordMs ||
         std::count(reader.cursor.places.begin(), reader.cursor.places.end(), kFromNow) == 0;
}

void FeedCore::send(FeedReader& reader, const v1alpha1::Alert* alert) {
  v1alpha1::StreamAlertsResponse message;
  if (alert != nullptr) {
    *message.mutable_alert() = *alert;
    ++counts_.alerts;
  }
  message.set_cursor(reader.cursor.encode(reader.request.tenant));
  for (const std::int32_t p : missing(reader)) message.add_missing_partitions(p);
  ++counts_.messages;
  reader.in_flight = true;
  reader.moved = false;
  reader.told = true;
  reader.last_sent_ms = clock_.monotonic_ms();
  reader.sink->send(std::move(message));
}

void FeedCore::end(FeedReader& reader, Status status) {
  end_fetch(reader);
  FeedSink* sink = reader.sink;
  const std::string name = reader.request.tenant;
  Tenant& tenant = tenants_.at(name);
  tenant.readers.erase(reader.id);
  if (!reader.request.forwarded) --tenant.users;
  readers_.erase(reader.id);
  if (tenant.readers.empty()) {
    for (const auto& [peer, mirror] : tenant.mirrors) streams_.erase(mirror.stream_id);
    tenants_.erase(name);
  }
  sink->end(std::move(status));
}

std::vector<std::int32_t> FeedCore::missing(const FeedReader& reader) const {
  const Tenant& tenant = tenants_.at(reader.request.tenant);
  std::vector<std::int32_t> partitions;
  for (std::int32_t p = 0; p < options_.partitions; ++p) {
    const bool served = reader.request.forwarded
                            ? std::count(reader.scope.begin(), reader.scope.end(), p) > 0
                            : is_local(p) || !claimant(tenant, p).empty();
    if (!served) partitions.push_back(p);
  }
  return partitions;
}

// A forwarded stream answers for the partitions that were asked for, or were here when it was
// opened, as long as they are: one that comes later would start where its reader has long been.
bool FeedCore::scope_holds(const FeedReader& reader) const {
  if (!reader.request.forwarded) return true;
  if (reader.request.asked.empty()) return reader.scope == running_;
  return std::all_of(
      reader.scope.begin(), reader.scope.end(), [this](std::int32_t p) { return is_local(p); });
}

}  // namespace encours::alerting
