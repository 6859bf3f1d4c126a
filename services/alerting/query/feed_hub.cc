#include "services/alerting/query/feed_hub.h"

#include <algorithm>
#include <utility>

namespace encours::alerting {
namespace {

constexpr std::int64_t kTickMs = 200;
// How long the follower may sleep through a stop.
constexpr std::int64_t kFollowerPatienceMs = 100;
// Readers served before the mailbox is looked at again.
constexpr std::size_t kReadersPerTurn = 256;

Error going_down() {
  return error(Reaction::kRetry, "shutting_down", "This instance is going down. Call again.");
}

}  // namespace

bool FeedHub::Mailbox::put(Work work) {
  const std::lock_guard lock(mutex_);
  if (shut_) return false;
  work_.push_back(std::move(work));
  changed_.notify_one();
  return true;
}

void FeedHub::Mailbox::announce_commit() {
  const std::lock_guard lock(mutex_);
  committed_ = true;
  changed_.notify_one();
}

void FeedHub::Mailbox::peer_message(std::uint64_t stream, v1alpha1::StreamAlertsResponse message) {
  put([stream, message = std::move(message)](FeedCore& core) {
    core.peer_message(stream, message);
  });
}

void FeedHub::Mailbox::peer_ended(std::uint64_t stream, Status status) {
  put([stream, status = std::move(status)](FeedCore& core) { core.peer_ended(stream, status); });
}

FeedHub::Mailbox::Taken FeedHub::Mailbox::take(std::int64_t deadline_ms, bool heed_commits) {
  std::unique_lock lock(mutex_);
  clock_.wait_until(lock, changed_, deadline_ms, [&] {
    return shut_ || !work_.empty() || (committed_ && heed_commits);
  });
  Taken taken;
  taken.work.swap(work_);
  taken.shut = shut_;
  if (heed_commits) taken.committed = std::exchange(committed_, false);
  return taken;
}

void FeedHub::Mailbox::shut() {
  const std::lock_guard lock(mutex_);
  shut_ = true;
  changed_.notify_all();
}

FeedHub::FeedHub(const FeedOptions& options,
                 const stream::TaskBoard& board,
                 PeerFeeds& peers,
                 Clock& clock)
    : board_(board), clock_(clock), mailbox_(std::make_shared<Mailbox>(clock)) {
  worker_ = std::thread([this, options, &peers] {
    FeedCore core(options, board_, peers, mailbox_, clock_);
    run(core);
  });
  follower_ = std::thread([this] { follow_board(); });
}

FeedHub::~FeedHub() { stop(); }

void FeedHub::stop() {
  if (stopping_.exchange(true)) return;
  mailbox_->shut();
  worker_.join();
  follower_.join();
}

void FeedHub::open(std::uint64_t id, FeedRequest request, FeedSink* sink) {
  const bool taken = mailbox_->put(
      [id, sink, request = std::move(request)](FeedCore& core) { core.open(id, request, sink); });
  if (!taken) sink->end(going_down());
}

void FeedHub::sent(std::uint64_t id) {
  mailbox_->put([id](FeedCore& core) { core.sent(id); });
}

void FeedHub::close(std::uint64_t id) {
  mailbox_->put([id](FeedCore& core) { core.close(id); });
}

FeedCounts FeedHub::counts() const {
  const std::lock_guard lock(counts_mutex_);
  return counts_;
}

void FeedHub::run(FeedCore& core) {
  std::int64_t next_tick_ms = 0;
  std::int64_t next_follow_ms = 0;
  bool more = false;
  while (true) {
    std::int64_t now_ms = clock_.monotonic_ms();
    const bool may_follow = core.followed() && now_ms >= next_follow_ms;
    std::int64_t deadline_ms = next_tick_ms;
    if (core.followed() && !may_follow) deadline_ms = std::min(deadline_ms, next_follow_ms);
    auto taken = mailbox_->take(more ? now_ms : deadline_ms, may_follow);
    for (auto& work : taken.work) work(core);
    if (taken.shut) return core.end_all(going_down());
    now_ms = clock_.monotonic_ms();
    if (taken.committed) {
      core.committed();
      const std::int64_t took_ms = clock_.monotonic_ms() - now_ms;
      next_follow_ms = now_ms + 2 * took_ms;
    }
    if (now_ms >= next_tick_ms) {
      core.tick();
      next_tick_ms = now_ms + kTickMs;
      const std::lock_guard lock(counts_mutex_);
      counts_ = core.counts();
    }
    more = core.run(kReadersPerTurn);
  }
}

void FeedHub::follow_board() {
  while (!stopping_) {
    // Counted first, announced then: a commit from before this thread's first look is told too.
    const std::uint64_t seen = board_.commits();
    mailbox_->announce_commit();
    while (!stopping_ && !board_.wait_commit(seen, clock_.monotonic_ms() + kFollowerPatienceMs)) {
    }
  }
}

}  // namespace encours::alerting
