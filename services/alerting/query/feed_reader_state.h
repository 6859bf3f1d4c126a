// What the feed core knows of one open stream: who reads what, how far, and what waits to be sent.
//
// FeedSink is the transport's end: it takes one message at a time and says when it is gone (sent()
// of the core), so a slow reader has at most one message in flight and one batch waiting; the rest
// stays in the store. Owned and used by the thread of the feed core alone.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/time/instant.h"
#include "encours/alerting/v1alpha1/alerting.pb.h"
#include "services/alerting/query/feed_cursor.h"
#include "services/alerting/query/feed_reader.h"

namespace encours::alerting {

class FeedSink {
 public:
  virtual ~FeedSink() = default;
  virtual void send(v1alpha1::StreamAlertsResponse message) = 0;
  // The last call; the core forgets the sink before it returns.
  virtual void end(Status status) = 0;
};

struct FeedRequest {
  std::string tenant;
  // Which alerts the reader wants; empty function: all. The text is for other instances.
  std::function<bool(const v1alpha1::Alert&)> filter;
  std::string filter_text;
  FeedCursor cursor;
  // Set for a reader who may see only the alerts of accounts that this person owns.
  std::optional<std::string> only_owner;
  // Another instance asks: answer from the partitions here only, of these where any are named.
  bool forwarded = false;
  std::vector<std::int32_t> asked;
  // The reader's token, to ask other instances with.
  std::string authorization;
  // The stream ends with the reader's right to it.
  Instant expires_at = Instant::max();
};

// One change on its way to a reader; without `change` it was filtered out and only moves the
// cursor.
struct FeedStep {
  std::int32_t partition = 0;
  std::int64_t sequence = 0;
  ChangePtr change;
};

struct FeedReader {
  std::uint64_t id = 0;
  FeedRequest request;
  FeedSink* sink = nullptr;

  FeedCursor cursor;
  // The partitions that it is answered from.
  std::vector<std::int32_t> scope;
  std::size_t turn = 0;
  std::deque<FeedStep> waiting;

  bool in_flight = false;
  // It stands in the core's queue.
  bool queued = false;
  // The cursor has moved since it was last told.
  bool moved = true;
  bool told = false;
  std::int64_t opened_ms = 0;
  std::int64_t last_sent_ms = 0;

  // A page that is fetched from a peer, with its partitions; 0: none. `fetch_waits` for a free
  // slot.
  std::uint64_t fetch_stream = 0;
  std::vector<std::int32_t> fetching;
  FeedCursor fetched_to;
  std::size_t fetched = 0;
  bool fetch_waits = false;
  std::int64_t retry_at_ms = 0;
};

}  // namespace encours::alerting
