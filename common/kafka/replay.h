// Reading a partition from an offset up to a watermark, for restores and for looking at topics.
//
// Two consumers without membership: the committed one reads, the uncommitted one only asks for the
// high watermark. Under read_committed the library's "high" is the last stable offset, and a
// restore that ends there loses what a still open transaction hides (reliability, rule 4.2).
#pragma once

#include "common/kafka/settings.h"
#include "common/stream/log_client.h"

namespace encours::kafka {

class KafkaReplay final : public stream::LogReplay {
 public:
  static Result<std::unique_ptr<KafkaReplay>> make(const KafkaSettings& settings);

  Result<Range> range(const stream::TopicPartition& partition) override;
  Result<std::int64_t> stable_end(const stream::TopicPartition& partition) override;
  Status replay(const stream::TopicPartition& partition, std::int64_t from, std::int64_t until,
                const std::function<Status(const stream::LogRecord&)>& take,
                const std::function<Status()>& idle) override;

 private:
  KafkaReplay() = default;
  Status know_topic(const std::string& topic);
  Result<Range> watermarks(rd_kafka_t* probe, const stream::TopicPartition& partition);

  KafkaSettings settings_;
  Handle committed_;
  Handle uncommitted_;
  std::vector<std::string> known_topics_;
};

}  // namespace encours::kafka
