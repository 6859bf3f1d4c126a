// The sources of FeedCore: local stores, one mirror per tenant and peer, and pages from peers.
#include <algorithm>

#include "common/base/hash.h"
#include "common/stream/record.h"
#include "services/alerting/query/feed_core.h"

namespace encours::alerting {
namespace {

// A peer waits longer each time that it has failed, up to so many times the first wait.
constexpr int kMaxRetryShift = 5;

// A message says where its alert stands by its cursor; the partition follows from the account.
ChangePtr change_of(const v1alpha1::Alert& alert, const FeedCursor& cursor) {
  auto change = std::make_shared<Change>();
  change->partition =
      partition_of(stream::make_key(alert.tenant(), alert.account()), cursor.partitions());
  change->sequence = cursor.at(change->partition);
  change->after = alert;
  return change;
}

}  // namespace

bool FeedCore::is_local(std::int32_t partition) const {
  return std::binary_search(running_.begin(), running_.end(), partition);
}

const Snapshot* FeedCore::snapshot(std::int32_t partition) {
  auto& kept = snapshots_[partition];
  if (!kept) kept = board_.snapshot(partition);
  return kept.get();
}

// Forwarded readers whose partitions have changed are queued: they end in their turn.
void FeedCore::look_at_board() {
  std::vector<std::int32_t> running = board_.running();
  if (running == running_) return;
  running_ = std::move(running);
  for (auto& [id, reader] : readers_) {
    if (!reader.in_flight) queue(reader);
  }
}

void FeedCore::committed() {
  look_at_board();
  snapshots_.clear();
  for (auto& [name, tenant] : tenants_) follow(name, tenant);
}

void FeedCore::follow(const std::string& name, Tenant& tenant) {
  bool news = false;
  for (const std::int32_t p : running_) {
    const Snapshot* rows = snapshot(p);
    if (rows == nullptr) continue;
    const std::int64_t head = feed_head(*rows, name);
    if (!rows->status().ok()) continue;
    if (tenant.tail.known(p) && head <= tenant.tail.head(p)) continue;
    news = true;
    std::vector<ChangePtr> changes;
    const bool known = tenant.tail.known(p);
    const bool near =
        known && head - tenant.tail.head(p) <= static_cast<std::int64_t>(options_.tail_changes);
    if (near && read_feed(*rows, name, p, tenant.tail.head(p), options_.tail_changes, &changes) &&
        rows->status().ok()) {
      for (auto& change : changes) tenant.tail.append(std::move(change));
    } else {
      tenant.tail.begin(p, head);
    }
    if (!known) begin_readers(tenant, p);
  }
  if (news) wake(tenant);
}

// The partition is heard of for the first time: "now" has become a place.
void FeedCore::begin_readers(Tenant& tenant, std::int32_t partition) {
  for (const std::uint64_t id : tenant.readers) {
    FeedReader& reader = readers_.at(id);
    std::int64_t& place = reader.cursor.at(partition);
    if (place != kFromNow) continue;
    place = tenant.tail.floor(partition);
    reader.moved = true;
  }
}

void FeedCore::reconcile(const std::string& name, Tenant& tenant) {
  std::vector<std::string> peers;
  if (tenant.users > 0) peers = peers_.peers();
  const bool may_see_all = tenant.users > 0 && !spokesman(tenant).request.only_owner;
  std::erase_if(tenant.mirrors, [&](const auto& entry) {
    const bool gone = std::count(peers.begin(), peers.end(), entry.first) == 0 ||
                      (entry.second.restricted && may_see_all);
    if (gone) streams_.erase(entry.second.stream_id);
    return gone;
  });
  const std::int64_t now_ms = clock_.monotonic_ms();
  for (const auto& peer : peers) {
    Mirror& mirror = tenant.mirrors[peer];
    if (!mirror.stream && mirror.retry_at_ms <= now_ms) open_mirror(name, peer, tenant, mirror);
  }
}

void FeedCore::open_mirror(const std::string& name,
                           const std::string& peer,
                           Tenant& tenant,
                           Mirror& mirror) {
  FeedCursor cursor = FeedCursor::all(options_.partitions, kFromNow);
  for (std::int32_t p = 0; p < options_.partitions; ++p) {
    if (tenant.tail.known(p)) cursor.at(p) = tenant.tail.head(p);
  }
  const FeedReader& reader = spokesman(tenant);
  mirror.stream_id = next_stream_++;
  mirror.claims.clear();
  mirror.restricted = reader.request.only_owner.has_value();
  PeerRequest asking;
  asking.peer = peer;
  asking.stream = mirror.stream_id;
  asking.request.set_tenant(name);
  asking.request.set_cursor(cursor.encode(name));
  asking.authorization = reader.request.authorization;
  streams_[mirror.stream_id] = {name, peer, 0};
  mirror.stream = peers_.open(asking, inbox_);
  mirror.stream->next();
}

// The reader with whose token the peers are asked: one who may see all if there is one, and of
// these the one whose token lasts longest.
const FeedReader& FeedCore::spokesman(const Tenant& tenant) const {
  const FeedReader* best = nullptr;
  const auto rank = [](const FeedReader& reader) {
    return std::pair(!reader.request.only_owner.has_value(), reader.request.expires_at);
  };
  for (const std::uint64_t id : tenant.readers) {
    const FeedReader& reader = readers_.at(id);
    if (reader.request.forwarded) continue;
    if (best == nullptr || rank(reader) > rank(*best)) best = &reader;
  }
  ENCOURS_CHECK(best != nullptr, "a mirror is opened for somebody");
  return *best;
}

void FeedCore::peer_message(std::uint64_t stream, const v1alpha1::StreamAlertsResponse& message) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  const StreamOwner owner = found->second;
  const auto cursor = FeedCursor::decode(message.cursor(), owner.tenant, options_.partitions);
  if (!cursor) return peer_ended(stream, cursor.failure());
  if (owner.reader != 0) return take_page(*find(owner.reader), *cursor, message);
  Tenant& tenant = tenants_.at(owner.tenant);
  Mirror& mirror = tenant.mirrors.at(owner.peer);
  take_mirrored(tenant, mirror, *cursor, message);
  wake(tenant);
  mirror.stream->next();
}

void FeedCore::take_mirrored(Tenant& tenant,
                             Mirror& mirror,
                             const FeedCursor& cursor,
                             const v1alpha1::StreamAlertsResponse& message) {
  mirror.failures = 0;
  mirror.claims.clear();
  for (std::int32_t p = 0; p < options_.partitions; ++p) mirror.claims.insert(p);
  for (const std::int32_t p : message.missing_partitions()) mirror.claims.erase(p);
  ChangePtr change;
  if (message.has_alert()) change = change_of(message.alert(), cursor);
  for (const std::int32_t p : mirror.claims) {
    const bool known = tenant.tail.known(p);
    if (change && change->partition == p) tenant.tail.append(change);
    // A feed that is quiet, or was never heard of, stands where the peer says.
    if (cursor.at(p) >= 0) tenant.tail.begin(p, cursor.at(p));
    if (!known && tenant.tail.known(p)) begin_readers(tenant, p);
  }
}

void FeedCore::peer_ended(std::uint64_t stream, const Status& status) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  const StreamOwner owner = found->second;
  const std::int64_t now_ms = clock_.monotonic_ms();
  if (owner.reader != 0) {
    FeedReader& reader = *find(owner.reader);
    end_fetch(reader);
    if (!status.ok() && status.failure().code == "out_of_range") return end(reader, status);
    reader.retry_at_ms = now_ms + options_.retry_ms;
    return;
  }
  streams_.erase(found);
  Mirror& mirror = tenants_.at(owner.tenant).mirrors.at(owner.peer);
  mirror.stream.reset();
  mirror.claims.clear();
  mirror.retry_at_ms = now_ms + (options_.retry_ms << std::min(mirror.failures++, kMaxRetryShift));
  ++counts_.mirror_failures;
}

std::string FeedCore::claimant(const Tenant& tenant, std::int32_t partition) const {
  for (const auto& [peer, mirror] : tenant.mirrors) {
    if (mirror.claims.count(partition) > 0) return peer;
  }
  return {};
}

// Asks one peer for the next page of what it owns of `lagging`; false where nobody can be asked
// now.
bool FeedCore::fetch(FeedReader& reader, const std::vector<std::int32_t>& lagging) {
  if (reader.fetch_stream != 0 || reader.fetch_waits) return false;
  if (reader.retry_at_ms > clock_.monotonic_ms()) return false;
  const Tenant& tenant = tenant_of(reader);
  std::string peer;
  std::vector<std::int32_t> asked;
  for (const std::int32_t p : lagging) {
    const std::string owner = claimant(tenant, p);
    if (owner.empty()) continue;
    if (peer.empty()) peer = owner;
    if (owner == peer) asked.push_back(p);
  }
  if (peer.empty()) {
    reader.retry_at_ms = clock_.monotonic_ms() + options_.retry_ms;
    return false;
  }
  if (pages_.size() >= options_.max_fetches) {
    reader.fetch_waits = true;
    fetch_queue_.push_back(reader.id);
    return false;
  }
  reader.fetch_stream = next_stream_++;
  reader.fetching = asked;
  reader.fetched_to = reader.cursor;
  reader.fetched = 0;
  PeerRequest asking;
  asking.peer = peer;
  asking.stream = reader.fetch_stream;
  asking.request.set_tenant(reader.request.tenant);
  asking.request.set_filter(reader.request.filter_text);
  asking.request.set_cursor(reader.cursor.encode(reader.request.tenant));
  asking.asked = asked;
  asking.authorization = reader.request.authorization;
  streams_[reader.fetch_stream] = {reader.request.tenant, peer, reader.id};
  auto& page = pages_[reader.fetch_stream];
  page = peers_.open(asking, inbox_);
  page->next();
  ++counts_.pages_fetched;
  return true;
}

void FeedCore::take_page(FeedReader& reader,
                         const FeedCursor& cursor,
                         const v1alpha1::StreamAlertsResponse& message) {
  const FeedTail& tail = tenant_of(reader).tail;
  ChangePtr change;
  if (message.has_alert()) change = change_of(message.alert(), cursor);
  bool reached = true;
  for (const std::int32_t p : reader.fetching) {
    // Who may not see all is never served from a mirror, which doesn't know whose accounts are
    // whose.
    const std::int64_t enough = reader.request.only_owner ? tail.head(p) : tail.floor(p);
    if (cursor.at(p) < enough) reached = false;
    if (cursor.at(p) <= reader.fetched_to.at(p)) continue;
    reader.fetched_to.at(p) = cursor.at(p);
    FeedStep step{p, cursor.at(p), nullptr};
    if (change && change->partition == p) step.change = change;
    reader.waiting.push_back(std::move(step));
  }
  if (change) ++reader.fetched;
  if (reached || reader.fetched >= options_.batch_changes) {
    end_fetch(reader);
  } else {
    pages_.at(reader.fetch_stream)->next();
  }
  if (!reader.in_flight) queue(reader);
}

void FeedCore::end_fetch(FeedReader& reader) {
  if (reader.fetch_stream == 0) return;
  streams_.erase(reader.fetch_stream);
  pages_.erase(reader.fetch_stream);
  reader.fetch_stream = 0;
  reader.fetching.clear();
  while (!fetch_queue_.empty()) {
    FeedReader* next = find(fetch_queue_.front());
    fetch_queue_.pop_front();
    if (next == nullptr || !next->fetch_waits) continue;
    next->fetch_waits = false;
    if (!next->in_flight) queue(*next);
    break;
  }
}

}  // namespace encours::alerting
