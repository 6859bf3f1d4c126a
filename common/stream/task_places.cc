// The part of TaskRunner that goes by the placement: reads its log, leads where it is the leader,
// takes what it owns, and hands over what it is told to.
//
//   owner  p-3 works | commit, close p-3, "released" |                    follows p-3 as its heir
//   leader           |                               | "p-3 is b's"       |
//   heir   p-3 warm ...                              |  restore the tail  | p-3 works
#include <algorithm>

#include "common/base/fault_point.h"
#include "common/stream/task_runner.h"

namespace encours::stream {
namespace {

constexpr std::int64_t kLookAtCopiesMs = 100;
// What a member that lives has open is over by then.
constexpr std::int64_t kHiddenMs = 500;

}  // namespace

// The log is read on from where we had read before, but nothing is done before its end is reached:
// what we have released ourselves, in an earlier life, may stand there.
Status TaskRunner::open_book() {
  ENCOURS_ASSIGN(const auto range, replay_->range(placement_log()));
  book_next_ = std::max(book_next_, range.low);
  book_until_ = range.high;
  book_changed_ = true;
  placement_written_ = 0;
  report_written_.clear();
  copies_looked_ms_.reset();
  fenced_.clear();
  book_opened_ms_ = clock_.monotonic_ms();
  leads_ = assigned_->contains({topology_.input_topics().front(), 0});
  ENCOURS_ASSIGN(members_, log_.members());
  met_.insert(members_.begin(), members_.end());
  ENCOURS_TRY(poller_->start({{placement_log(), book_next_}}));
  started_.insert(placement_log());
  return {};
}

Status TaskRunner::read_book() {
  if (!assigned_ || !started_.contains(placement_log())) return {};
  while (LogRecord* record = poller_->front(placement_log())) {
    book_next_ = record->offset + 1;
    ENCOURS_TRY(book_.take(*record));
    poller_->pop(placement_log());
    book_changed_ = true;
  }
  const std::int64_t now = clock_.monotonic_ms();
  if (!copies_looked_ms_ || now - *copies_looked_ms_ >= kLookAtCopiesMs) {
    copies_looked_ms_ = now;
    book_changed_ = true;
  }
  if (!book_changed_) return {};
  if (leads_) ENCOURS_TRY(fence_the_gone());
  if (poller_->taken_until(placement_log()) < book_until_) return {};
  book_changed_ = false;
  board_.set_owners(book_next_, book_.addresses());
  ENCOURS_TRY(follow_placement());
  return say_what_is_due();
}

// What the dead have left open would hide the end of the log, and the offsets of their partitions,
// until the broker ends it by itself: that may be long after their sessions.
Status TaskRunner::fence_the_gone() {
  // The broken rule; what those do who come back is then refused by their generation alone.
  if (mutation_is_on("forget_to_fence")) return {};
  auto gone = book_.members();
  // Who has died over its first words stands in no placement, and hides the end of the log.
  const bool hidden = poller_->taken_until(placement_log()) < book_until_ &&
                      clock_.monotonic_ms() - book_opened_ms_ > kHiddenMs;
  if (hidden) {
    gone.merge(book_.reporters());
    gone.insert(met_.begin(), met_.end());
  }
  for (const auto& member : members_) gone.erase(member);
  for (const auto& member : gone) {
    if (!fenced_.insert(member).second) continue;
    ENCOURS_TRY(log_.fence(member));
    last_turn_ms_ = clock_.monotonic_ms();
  }
  return {};
}

PlacementBook::Report TaskRunner::report() const {
  PlacementBook::Report report;
  report.set_member(options_.member);
  report.set_address(options_.address);
  report.set_is_leaving(drains_);
  if (options_.copies != nullptr) {
    for (const std::int32_t p : options_.copies->warm()) report.add_warm(p);
  }
  for (const auto& [partition, seat] : released_) *report.add_released() = seat;
  return report;
}

// Each at most once until it has been read: what is unread is not known to be committed.
Status TaskRunner::say_what_is_due() {
  bool any = false;
  if (auto due = book_.to_report(report())) {
    Outgoing out = book_.written(*due);
    if (report_written_ != *out.value) {
      report_written_ = *out.value;
      ENCOURS_TRY(committer_.produce(out));
      any = true;
    }
  }
  if (leads_ && placement_written_ <= book_.version()) {
    if (const auto next = book_.next(generation_, members_)) {
      placement_written_ = next->version();
      ENCOURS_TRY(committer_.produce(book_.written(*next)));
      any = true;
    }
  }
  if (!any) return {};
  pass_fault_point("placement.before_commit");
  return commit_now();
}

Status TaskRunner::follow_placement() {
  if (!book_.holds_for(generation_)) return {};
  std::erase_if(released_, [&](const auto& one) {
    return !book_.stands(options_.member, one.second);
  });
  auto mine = book_.owned_by(options_.member);
  auto leaving = book_.handed_over_by(options_.member);
  for (const auto& [partition, seat] : released_) {
    mine.erase(partition);
    leaving.erase(partition);
  }
  for (const std::int32_t p : leaving) mine.erase(p);
  std::set<std::int32_t> fresh;
  for (const std::int32_t p : mine) {
    if (!running_.contains(p)) fresh.insert(p);
  }
  std::set<std::int32_t> lost;
  for (const auto& [partition, task] : tasks_) {
    if (!mine.contains(partition)) lost.insert(partition);
  }
  const bool moves = !fresh.empty() || !lost.empty() || !leaving.empty();
  if (moves || !settled_) {
    if (committer_.is_open()) ENCOURS_TRY(commit_now());
    ENCOURS_TRY(let_go(lost));
    for (const std::int32_t p : leaving) released_[p] = book_.released(p);
    ENCOURS_TRY(take_partitions(fresh));
    set_settled(true);
    observer_.on_assignment({mine.begin(), mine.end()});
  }
  if (options_.copies != nullptr) {
    options_.copies->keep(cluster_id_, book_.inherited_by(options_.member));
  }
  drained_ = drains_ && mine.empty();
  return {};
}

// They are no longer read, and their stores close; what was staged has been committed.
Status TaskRunner::let_go(const std::set<std::int32_t>& partitions) {
  std::vector<TopicPartition> inputs;
  for (const auto& at : started_) {
    const bool one_of_theirs = partitions.contains(at.partition % topology_.partitions);
    if (at != placement_log() && one_of_theirs) inputs.push_back(at);
  }
  if (!inputs.empty()) ENCOURS_TRY(reader_->stop(inputs));
  for (const auto& at : inputs) {
    poller_->forget(at);
    started_.erase(at);
  }
  for (const std::int32_t p : partitions) {
    running_.erase(p);
    board_.remove(p);
    tasks_.erase(p);
  }
  return {};
}

}  // namespace encours::stream
