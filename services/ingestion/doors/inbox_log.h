// InboxLog: how doors write to encours.inbox, and how they know that all of it is durable.
//
// Records go out without waiting, many in flight; settle() waits until each one is acknowledged by
// the cluster and says whether one failed. A record's partition is chosen by its id, a tick's by
// the caller. Made for one call (an import, a batch); used by one thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "common/kafka/appender.h"
#include "common/stream/decode.h"
#include "encours/ingestion/v1alpha1/inbox.pb.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {

using InboxRecord = encours::ingestion::v1alpha1::InboxRecord;

class InboxLog {
 public:
  InboxLog(kafka::Appender& appender, std::int32_t partitions)
      : appender_(appender), partitions_(partitions), flight_(std::make_shared<Flight>()) {}

  Status append(const InboxRecord& record);
  Status append_tick(const std::string& clock, Instant instant, std::int64_t settings_version,
                     std::int32_t partition);
  // Waits for all that was appended so far.
  Status settle();

  std::int32_t partitions() const { return partitions_; }

 private:
  // Shared with the callbacks of records in flight, which may outlive a call that failed.
  struct Flight {
    std::mutex mutex;
    std::condition_variable landed;
    std::int64_t in_flight = 0;
    Status first_failure;
  };

  Status send(stream::Outgoing record);

  kafka::Appender& appender_;
  std::int32_t partitions_;
  std::shared_ptr<Flight> flight_;
};

}  // namespace encours::ingestion
