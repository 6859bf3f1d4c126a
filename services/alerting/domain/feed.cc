#include "services/alerting/domain/feed.h"

#include "common/stream/decode.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

std::int64_t day_of(Instant at) {
  const std::int64_t seconds = at.unix_seconds();
  return seconds >= 0 ? seconds / kDaySeconds : (seconds - kDaySeconds + 1) / kDaySeconds;
}

Instant end_of_day(std::int64_t day) { return Instant::from_unix_seconds((day + 1) * kDaySeconds); }

}  // namespace

Feed::Feed(const stream::View& view, stream::Effects& effects, const FeedLimits& limits)
    : view_(view), effects_(effects), limits_(limits) {
  const auto head = view.get(kFeedHeadTable);
  last_ = head ? head->last_sequence() : 0;
}

std::int64_t Feed::append(const v1alpha1::Alert& after, Instant recorded_at) {
  // The first change of a day asks for the sweep at its end: one timer a day, none on quiet days.
  const auto before = view_.get(kFeedTable, KeyWriter().number(last_));
  const std::int64_t day = day_of(recorded_at);
  if (!before || day_of(stream::to_instant(before->recorded_at())) != day) {
    effects_.set_timer(kSweepTimer, KeyWriter().number(day).number(0), end_of_day(day));
  }
  ++last_;
  state::AlertFeedRow row;
  row.set_tenant(after.tenant());
  row.set_account(after.account());
  row.set_alert(after.id());
  *row.mutable_after() = after;
  stream::set_timestamp(recorded_at, row.mutable_recorded_at());
  effects_.put(kFeedTable, row, KeyWriter().number(last_));
  state::AlertFeedHeadRow head;
  head.set_last_sequence(last_);
  effects_.put(kFeedHeadTable, head);
  return last_;
}

std::int64_t Feed::first_kept() const {
  std::int64_t first = last_ + 1;
  view_.scan(kFeedTable, KeyWriter(), [&](std::string_view key, const state::AlertFeedRow&) {
    first = KeyReader(key).number().value_or(first);
    return false;
  });
  return first;
}

void Feed::sweep(const stream::TimerFired& timer) {
  KeyReader entity(timer.entity);
  const std::int64_t day = entity.number().value_or(0);
  const std::int64_t from = entity.number().value_or(0);
  const Instant cutoff = timer.due - limits_.kept;
  // A later part of a sweep is told where to go on, so that it doesn't step over what was erased;
  // the sweep of another day may have been there in between.
  const bool goes_on = from > 0 && view_.get(kFeedTable, KeyWriter().number(from)).has_value();
  std::int64_t sequence = goes_on ? from : first_kept();
  const std::int64_t until = last_ - limits_.floor;
  for (std::int64_t removed = 0; sequence <= until; ++sequence, ++removed) {
    const auto row = view_.get(kFeedTable, KeyWriter().number(sequence));
    ENCOURS_CHECK(row.has_value(), "the feed has no hole");
    if (stream::to_instant(row->recorded_at()) >= cutoff) {
      // Kept by its age alone: it goes one day, even if nothing ever follows it.
      effects_.set_timer(kSweepTimer, KeyWriter().number(day + 1).number(0), end_of_day(day + 1));
      return;
    }
    if (removed == limits_.sweep_rows) {
      effects_.set_timer(kSweepTimer, KeyWriter().number(day).number(sequence), timer.due);
      return;
    }
    effects_.erase(kFeedTable, KeyWriter().number(sequence));
  }
}

}  // namespace encours::alerting
