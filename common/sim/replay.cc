#include "common/sim/replay.h"

#include <functional>

namespace encours::sim {
namespace {

constexpr std::int64_t kWaitMs = 20;
constexpr std::size_t kMostRecords = 120;

}  // namespace

Result<stream::LogReplay::Range> SimReplay::range(const stream::TopicPartition& partition) {
  const auto answer =
      connection_->call<Range>(settings_.request_timeout_ms, [&broker = broker_, partition] {
        const PartitionLog& log = broker.log(partition);
        if (log.has_open_transaction()) {
          broker.journal().visit("watermark behind an open transaction");
        }
        return Range{log.low(), log.high()};
      });
  if (!answer) return error(Reaction::kRetry, "watermarks", partition.topic + ": no answer");
  return *answer;
}

Result<std::int64_t> SimReplay::stable_end(const stream::TopicPartition& partition) {
  const auto answer = connection_->call<std::int64_t>(
      settings_.request_timeout_ms,
      [&broker = broker_, partition] { return broker.log(partition).stable_end(); });
  if (!answer) return error(Reaction::kRetry, "watermarks", partition.topic + ": no answer");
  return *answer;
}

Status SimReplay::replay(const stream::TopicPartition& partition, std::int64_t from,
                         std::int64_t until,
                         const std::function<Status(const stream::LogRecord&)>& take,
                         const std::function<Status()>& idle) {
  auto& random = connection_->scheduler().random();
  bool waited = false;
  for (std::int64_t position = from; position < until;) {
    const auto most = static_cast<std::size_t>(random.between(1, kMostRecords));
    const auto fetched = connection_->call<PartitionLog::Fetched>(
        settings_.request_timeout_ms, [&broker = broker_, partition, position, most] {
          return broker.log(partition).fetch(position, most, PartitionLog::Isolation::kCommitted);
        });
    // The library reports that the broker is away, and goes on by itself.
    if (!fetched) {
      ENCOURS_TRY(idle());
      continue;
    }
    if (fetched->out_of_range) {
      return fatal("offset_out_of_range",
                   partition.topic + ": the log no longer has what must be read next.");
    }
    for (const auto& record : fetched->records) {
      if (record.offset >= until) break;
      ENCOURS_TRY(take(record));
    }
    position = fetched->next;
    if (position >= until) break;
    if (fetched->records.empty()) {
      if (!waited) connection_->journal().visit("restore waited for a mark");
      waited = true;
      connection_->scheduler().spend(random.between(1, kWaitMs));
    }
    ENCOURS_TRY(idle());
  }
  return {};
}

}  // namespace encours::sim
