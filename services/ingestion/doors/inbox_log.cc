#include "services/ingestion/doors/inbox_log.h"

#include "common/base/hash.h"
#include "common/stream/effects.h"

namespace encours::ingestion {

Status InboxLog::append(const InboxRecord& record) {
  stream::Outgoing out;
  out.topic = kInboxTopic;
  out.key = stream::make_key(record.envelope().tenant(), record.envelope().id());
  out.partition = partition_of(out.key, partitions_);
  out.value = stream::Effects::serialise(record);
  return send(std::move(out));
}

Status InboxLog::append_tick(const std::string& clock, Instant instant,
                             std::int64_t settings_version, std::int32_t partition) {
  stream::Tick tick;
  tick.set_clock(clock);
  stream::set_timestamp(instant, tick.mutable_instant());
  tick.set_settings_version(settings_version);
  tick.set_stage(kClockStage);
  tick.set_partition(partition);
  stream::Outgoing out;
  out.topic = kInboxTopic;
  out.key = clock;
  out.partition = partition;
  out.value = stream::encode_tick(tick);
  return send(std::move(out));
}

Status InboxLog::send(stream::Outgoing record) {
  {
    std::lock_guard lock(flight_->mutex);
    if (!flight_->first_failure) return flight_->first_failure;
    ++flight_->in_flight;
  }
  const Status queued =
      appender_.append(std::move(record), [flight = flight_](Result<std::int64_t> landed) {
        std::lock_guard lock(flight->mutex);
        --flight->in_flight;
        if (!landed && flight->first_failure) flight->first_failure = landed.failure();
        flight->landed.notify_all();
      });
  if (!queued) {
    std::lock_guard lock(flight_->mutex);
    --flight_->in_flight;
  }
  return queued;
}

Status InboxLog::settle() {
  std::unique_lock lock(flight_->mutex);
  // Each record lands or fails within the producer's own time-out, so this ends.
  flight_->landed.wait(lock, [this] { return flight_->in_flight == 0; });
  return flight_->first_failure;
}

}  // namespace encours::ingestion
