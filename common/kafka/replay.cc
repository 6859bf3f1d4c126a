#include "common/kafka/replay.h"

#include <algorithm>
#include <functional>

#include "common/kafka/log_ends.h"

namespace encours::kafka {
namespace {

constexpr int kPollMs = 50;

Result<Handle> make_consumer(const KafkaSettings& settings, bool committed_only) {
  ENCOURS_ASSIGN(Conf conf, replay_conf(settings, committed_only));
  char why[512];
  Handle handle(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), why, sizeof why));
  if (!handle) return fatal("kafka_replay", why);
  static_cast<void>(conf.release());  // The handle owns it now.
  rd_kafka_poll_set_consumer(handle.get());
  return handle;
}

}  // namespace

Result<std::unique_ptr<KafkaReplay>> KafkaReplay::make(const KafkaSettings& settings) {
  std::unique_ptr<KafkaReplay> replay(new KafkaReplay());
  replay->settings_ = settings;
  ENCOURS_ASSIGN(replay->committed_, make_consumer(settings, true));
  ENCOURS_ASSIGN(replay->uncommitted_, make_consumer(settings, false));
  return replay;
}

// Asking for metadata first saves up to a second for a topic that is not in the cache.
Status KafkaReplay::know_topic(const std::string& topic) {
  if (std::find(known_topics_.begin(), known_topics_.end(), topic) != known_topics_.end())
    return {};
  for (rd_kafka_t* handle : {committed_.get(), uncommitted_.get()}) {
    ENCOURS_TRY(
        learn_leaders(handle, settings_.names.read(topic), settings_.operation_timeout_ms));
  }
  known_topics_.push_back(topic);
  return {};
}

Result<stream::LogReplay::Range> KafkaReplay::range(const stream::TopicPartition& partition) {
  return watermarks(uncommitted_.get(), partition);
}

Result<std::int64_t> KafkaReplay::stable_end(const stream::TopicPartition& partition) {
  ENCOURS_ASSIGN(const Range range, watermarks(committed_.get(), partition));
  return range.high;
}

Result<stream::LogReplay::Range> KafkaReplay::watermarks(rd_kafka_t* probe,
                                                         const stream::TopicPartition& partition) {
  ENCOURS_TRY(know_topic(partition.topic));
  return log_range(probe, settings_.names.read(partition.topic), partition.partition,
                   settings_.operation_timeout_ms);
}

Status KafkaReplay::replay(const stream::TopicPartition& partition,
                           std::int64_t from,
                           std::int64_t until,
                           const std::function<Status(const stream::LogRecord&)>& take,
                           const std::function<Status()>& idle) {
  if (from >= until) return {};
  ENCOURS_TRY(know_topic(partition.topic));
  PartitionList list =
      to_list(std::vector<stream::NextOffset>{{partition, from}}, settings_.names);
  auto code = rd_kafka_assign(committed_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return classify(code, rd_kafka_err2str(code), "replay");
  Status outcome;
  for (bool done = false; !done;) {
    Message message(rd_kafka_consumer_poll(committed_.get(), kPollMs));
    if (!message) {
      outcome = idle();
    } else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (message->offset < until) outcome = take(to_record(*message, settings_.names));
      done = message->offset + 1 >= until;
      // Every so often: the group must be kept alive in a long restore.
      if (outcome && message->offset % 4096 == 0) outcome = idle();
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // The end may lie at the last stable offset, short of what an open transaction hides: the
      // offset of the end decides, not the fact that it came. Control records are never handed
      // over.
      done = message->offset >= until;
      if (!done) outcome = idle();
    } else if (message->err != RD_KAFKA_RESP_ERR__TRANSPORT &&
               message->err != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
      outcome = classify(message->err, rd_kafka_message_errstr(message.get()), "replay");
    }
    if (!outcome) break;
  }
  code = rd_kafka_assign(committed_.get(), nullptr);
  if (outcome && code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return classify(code, rd_kafka_err2str(code), "end of replay");
  }
  return outcome;
}

}  // namespace encours::kafka
