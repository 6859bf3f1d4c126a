#include "services/alerting/rpc/alert_stream.h"

#include "common/filter/filter.h"
#include "common/query/local_view.h"

namespace encours::alerting {

AlertStream::AlertStream(StreamDoor& door,
                         FeedHub& hub,
                         std::int32_t partitions,
                         grpc::CallbackServerContext* context,
                         const v1alpha1::StreamAlertsRequest& request)
    : door_(door), hub_(hub), context_(context), id_(hub.new_id()) {
  Status begun = door_.open(*context, request, &call_);
  if (begun.ok()) begun = begin(request, partitions);
  if (begun.ok()) return;
  ended_ = std::move(begun);
  finish();
}

Status AlertStream::begin(const v1alpha1::StreamAlertsRequest& request, std::int32_t partitions) {
  FeedRequest feed;
  feed.tenant = call_.tenant;
  if (!request.filter().empty()) {
    ENCOURS_ASSIGN(const auto filter,
                   filter::Filter::compile(request.filter(), *v1alpha1::Alert::descriptor()));
    feed.filter = [filter](const v1alpha1::Alert& alert) { return filter.matches(alert); };
    feed.filter_text = request.filter();
  }
  const bool from_first = request.start() == v1alpha1::StreamAlertsRequest::START_EARLIEST;
  feed.cursor = FeedCursor::all(partitions, from_first ? kFromFirst : kFromNow);
  if (!request.cursor().empty()) {
    ENCOURS_ASSIGN(feed.cursor, FeedCursor::decode(request.cursor(), call_.tenant, partitions));
  }
  for (const std::int32_t partition : call_.asked_partitions) {
    if (partition >= partitions) {
      return refused("invalid_partitions", rpc::kPartitionsKey, "There is no such partition.");
    }
  }
  feed.only_owner = query::only_owner_of(call_.caller);
  feed.forwarded = call_.forwarded;
  feed.asked = call_.asked_partitions;
  feed.authorization = call_.authorization;
  feed.expires_at = call_.expires_at;
  hub_.open(id_, std::move(feed), this);
  return {};
}

void AlertStream::send(v1alpha1::StreamAlertsResponse message) {
  const std::lock_guard lock(mutex_);
  message_ = std::move(message);
  writing_ = true;
  StartWrite(&message_);
}

void AlertStream::end(Status status) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = std::move(status);
    if (writing_) return;
  }
  finish();
}

void AlertStream::OnWriteDone(bool ok) {
  bool over = false;
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    over = ended_.has_value();
  }
  if (over) {
    finish();
  } else if (ok) {
    hub_.sent(id_);
  } else {
    hub_.close(id_);
  }
}

void AlertStream::OnCancel() { hub_.close(id_); }

void AlertStream::OnDone() {
  door_.closed(call_, *ended_);
  delete this;
}

// Nothing of this may be touched behind Finish: OnDone may be on its way on another thread.
void AlertStream::finish() { Finish(status_for(*ended_, call_, context_)); }

}  // namespace encours::alerting
