#include "common/kafka/group_reader.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "common/kafka/log_ends.h"

namespace encours::kafka {
namespace {

constexpr int kFirstCommittedMs = 20;
constexpr int kCommittedMs = 2000;
constexpr int kWakeMs = 500;
constexpr int kEndMs = 5000;

}  // namespace

using stream::NextOffset;
using stream::TopicPartition;

// The library shows the generation in these bytes only:
//   "CGMDv2:", generation: int32 of this machine, group id, ...
// Bytes of another form speak for nobody: then no transaction commits, and a test says so.
std::optional<std::int32_t> generation_of(const rd_kafka_consumer_group_metadata_t& metadata) {
  constexpr std::string_view kForm = "CGMDv2:";
  void* raw = nullptr;
  std::size_t size = 0;
  RdError failed(rd_kafka_consumer_group_metadata_write(&metadata, &raw, &size));
  if (failed) return std::nullopt;
  const std::string bytes(static_cast<const char*>(raw), size);
  rd_kafka_mem_free(nullptr, raw);
  std::int32_t generation = -1;
  if (!bytes.starts_with(kForm) || size < kForm.size() + sizeof generation) return std::nullopt;
  std::memcpy(&generation, bytes.data() + kForm.size(), sizeof generation);
  return generation >= 0 ? std::optional(generation) : std::nullopt;
}

Result<std::unique_ptr<KafkaGroupReader>> KafkaGroupReader::make(const KafkaSettings& settings) {
  std::unique_ptr<KafkaGroupReader> reader(new KafkaGroupReader());
  reader->settings_ = settings;
  ENCOURS_ASSIGN(Conf conf, group_reader_conf(settings));
  reader->told_ = std::make_shared<KafkaGroupReader*>(reader.get());
  rd_kafka_conf_set_opaque(conf.get(), reader->told_.get());
  rd_kafka_conf_set_rebalance_cb(conf.get(), &KafkaGroupReader::on_rebalance);
  char why[512];
  reader->handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), why, sizeof why));
  if (!reader->handle_) return fatal("kafka_consumer", why);
  static_cast<void>(conf.release());  // The handle owns it now.
  rd_kafka_poll_set_consumer(reader->handle_.get());
  reader->queue_.reset(rd_kafka_queue_get_consumer(reader->handle_.get()));
  return reader;
}

KafkaGroupReader::~KafkaGroupReader() {
  close();
  if (handle_) end_within(kEndMs, [handle = handle_.release()] { rd_kafka_destroy(handle); });
}

// Records that were handed out may live on until the reader is destroyed.
void KafkaGroupReader::close() {
  if (!handle_ || *told_ == nullptr) return;
  *told_ = nullptr;
  queue_.reset();
  const bool closed = end_within(kEndMs, [handle = handle_.get(), told = told_] {
    rd_kafka_consumer_close(handle);
  });
  if (!closed) static_cast<void>(handle_.release());
}

Status KafkaGroupReader::subscribe(const std::vector<std::string>& topics,
                                   stream::RebalanceListener* listener) {
  listener_ = listener;
  topics_ = topics;
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const auto& topic : topics) {
    rd_kafka_topic_partition_list_add(list.get(), settings_.names.read(topic).c_str(),
                                      RD_KAFKA_PARTITION_UA);
  }
  const auto code = rd_kafka_subscribe(handle_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return classify(code, rd_kafka_err2str(code), "subscribe");
  return {};
}

// One by one until something is there, then what else there is in one call: a batch waits out its
// whole time-out for records that do not come.
Status KafkaGroupReader::poll(int timeout_ms, std::size_t max_records,
                              std::vector<stream::FetchedRun>* out) {
  rebalanced_ = false;
  run_topic_ = nullptr;
  Message first(rd_kafka_consumer_poll(handle_.get(), timeout_ms));
  if (!first) return alive();
  Status taken = take(std::move(first), out);
  batch_.resize(max_records - 1);
  const ssize_t count =
      batch_.empty() ? 0 : rd_kafka_consume_batch_queue(queue_.get(), 0, batch_.data(),
                                                        batch_.size());
  // The partitions of what came before a rebalance may be another's now.
  if (rebalanced_) out->clear();
  for (ssize_t i = 0; i < count; ++i) {
    Message message(batch_[i]);
    const bool is_error = message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
    if (taken && (is_error || !rebalanced_)) taken = take(std::move(message), out);
  }
  return taken ? alive() : taken;
}

// Asked of the client after each poll: it says it once, behind whatever else has failed.
Status KafkaGroupReader::alive() const {
  char why[512];
  switch (rd_kafka_fatal_error(handle_.get(), why, sizeof why)) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return {};
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      return fatal(stream::kConsumerFenced, why);
    default:
      return fatal("consumer_failed", why);
  }
}

Status KafkaGroupReader::take(Message message, std::vector<stream::FetchedRun>* out) {
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: {
      if (message->rkt != run_topic_ || message->partition != run_partition_) {
        TopicPartition at{settings_.names.in_code(rd_kafka_topic_name(message->rkt)),
                          message->partition};
        run_started_ = started_.find(at);
        run_topic_ = message->rkt;
        run_partition_ = message->partition;
        out->push_back({std::move(at), {}});
      }
      if (run_started_ != started_.end()) run_started_->second = message->offset + 1;
      const std::int64_t offset = message->offset;
      out->back().records.push_back({offset, {message.release(), [](void* held) {
                                                rd_kafka_message_destroy(
                                                    static_cast<rd_kafka_message_t*>(held));
                                              }}});
      return {};
    }
    case RD_KAFKA_RESP_ERR__PARTITION_EOF: {
      const char* topic = rd_kafka_topic_name(message->rkt);
      const TopicPartition at{settings_.names.in_code(topic), message->partition};
      if (started_.contains(at)) reached_[at] = message->offset;
      return {};
    }
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return no_offset(*message);
    // The library reports these and goes on by itself.
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return {};
    default:
      ENCOURS_TRY(alive());
      return classify(message->err, rd_kafka_message_errstr(message.get()), "poll");
  }
}

// Not always true: a rebalance pauses what is read, with an offset that is wrong at a partition's
// end (see resume()), and where the leader has changed as well, 2.8.0 takes the difference for a
// log that was cut. So at an end that was told, and that the log still has, it is fetched anew.
Status KafkaGroupReader::no_offset(const rd_kafka_message_t& message) {
  const char* topic = rd_kafka_topic_name(message.rkt);
  const auto started = started_.find({settings_.names.in_code(topic), message.partition});
  if (started == started_.end()) return {};
  const std::string why = rd_kafka_message_errstr(&message);
  const auto reached = reached_.find(started->first);
  if (reached == reached_.end() || reached->second < started->second) {
    return classify(message.err, why, "poll");
  }
  ENCOURS_ASSIGN(const auto range, log_range(handle_.get(), topic, message.partition,
                                             settings_.operation_timeout_ms));
  if (started->second < range.low || started->second > range.high) {
    return classify(message.err, why, "poll");
  }
  return error(Reaction::kRetry, "offset_doubted", why);
}

void KafkaGroupReader::read(const TopicPartition& at, const stream::Fetched& record,
                            stream::LogRecord* out) const {
  to_record(*static_cast<const rd_kafka_message_t*>(record.held.get()), at, out);
}

Result<std::vector<NextOffset>> KafkaGroupReader::stable_committed(
    const std::vector<TopicPartition>& partitions) {
  // read_committed makes the broker hold the answer back while a transaction is pending on them.
  PartitionList list = to_list(partitions, settings_.names);
  auto code = RD_KAFKA_RESP_ERR__TIMED_OUT;
  // In calls that grow: one that began before the coordinator was known may sleep through its
  // coming (it waits for a connection to change, and there the connection stands already).
  int waited_ms = 0;
  for (int wait_ms = kFirstCommittedMs; waited_ms < settings_.operation_timeout_ms &&
                                        code == RD_KAFKA_RESP_ERR__TIMED_OUT;
       wait_ms = std::min(2 * wait_ms, kCommittedMs)) {
    code = rd_kafka_committed(handle_.get(), list.get(), wait_ms);
    waited_ms += wait_ms;
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kRetry, "committed_offsets",
                 std::string("committed offsets: ") + rd_kafka_err2str(code));
  }
  std::vector<NextOffset> out;
  for (int i = 0; i < list->cnt; ++i) {
    const auto& one = list->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return error(Reaction::kRetry, "committed_offsets", rd_kafka_err2str(one.err));
    }
    if (one.offset < 0) continue;
    out.push_back({{settings_.names.in_code(one.topic), one.partition},
                   one.offset,
                   changelog_next_in(one)});
  }
  return out;
}

Status KafkaGroupReader::start(const std::vector<NextOffset>& positions) {
  for (const auto& next : positions) {
    started_[next.at] = next.offset;
    reached_.erase(next.at);
    // The library keeps a pause over assignments: what was paused when it was given up would never
    // be fetched again.
    if (paused_.contains(next.at)) ENCOURS_TRY(unpause(next.at));
  }
  ENCOURS_TRY(assign_started("start fetching"));
  wake_leaders(positions);
  return {};
}

Status KafkaGroupReader::stop(const std::vector<TopicPartition>& partitions) {
  for (const auto& at : partitions) {
    started_.erase(at);
    reached_.erase(at);
  }
  return assign_started("stop fetching");
}

// A thread of the library that fetches nothing looks once a second for what it could fetch, and the
// leaders of topics that are not subscribed are looked for as rarely. An answer from the leaders
// wakes them all; without one it takes that second, so nobody needs to know.
void KafkaGroupReader::wake_leaders(const std::vector<NextOffset>& started) {
  PartitionList list = to_list(started, settings_.names);
  for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = RD_KAFKA_OFFSET_END;
  static_cast<void>(rd_kafka_offsets_for_times(handle_.get(), list.get(), kWakeMs));
}

Status KafkaGroupReader::assign_started(const char* doing) {
  std::vector<NextOffset> all;
  for (const auto& [at, offset] : started_) all.push_back({at, offset});
  PartitionList list = to_list(all, settings_.names);
  const auto code = rd_kafka_assign(handle_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return classify(code, rd_kafka_err2str(code), doing);
  return await_stopped(doing);
}

// An assignment stops all that is fetched, behind its own back; a second one that comes before they
// have stopped stops them again, and the library ends the process over the second answer (2.0.2 to
// 2.8.0). Its main thread takes one thing after the other: the stops stand behind the assignment,
// their answers behind the first question here, and so before the second one's answer.
Status KafkaGroupReader::await_stopped(const char* doing) {
  for (int question = 0; question < 2; ++question) {
    rd_kafka_topic_partition_list_t* assigned = nullptr;
    const auto code = rd_kafka_assignment(handle_.get(), &assigned);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return classify(code, rd_kafka_err2str(code), doing);
    rd_kafka_topic_partition_list_destroy(assigned);
  }
  return {};
}

Status KafkaGroupReader::pause(const TopicPartition& partition) {
  PartitionList list = to_list(std::vector<TopicPartition>{partition}, settings_.names);
  const auto code = rd_kafka_pause_partitions(handle_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return classify(code, rd_kafka_err2str(code), "pause");
  paused_.insert(partition);
  return {};
}

// From where this reader stands: a pause makes the library go on behind what it has handed over,
// and for that 2.8.0 counts the end of a partition as a record when it comes in a batch. The next
// record would be left out.
Status KafkaGroupReader::resume(const TopicPartition& partition) {
  const auto started = started_.find(partition);
  if (started == started_.end()) return {};
  PartitionList list = to_list({NextOffset{partition, started->second}}, settings_.names);
  RdError failed(
      rd_kafka_seek_partitions(handle_.get(), list.get(), settings_.operation_timeout_ms));
  if (failed) return classify(*failed, "seek");
  const auto sought = list->elems[0].err;
  if (sought != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return classify(sought, rd_kafka_err2str(sought), "seek");
  }
  return unpause(partition);
}

Status KafkaGroupReader::unpause(const TopicPartition& partition) {
  PartitionList list = to_list(std::vector<TopicPartition>{partition}, settings_.names);
  const auto code = rd_kafka_resume_partitions(handle_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return classify(code, rd_kafka_err2str(code), "resume");
  paused_.erase(partition);
  return {};
}

KafkaGroupReader::End KafkaGroupReader::end_of(const TopicPartition& partition) const {
  End end;
  std::int64_t low = 0;
  std::int64_t high = 0;
  // Answered from what the last fetch has brought.
  const auto code = rd_kafka_get_watermark_offsets(
      handle_.get(), settings_.names.read(partition.topic).c_str(), partition.partition, &low,
      &high);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0) end.high = high;
  if (const auto at = reached_.find(partition); at != reached_.end()) end.reached = at->second;
  return end;
}

Status KafkaGroupReader::rejoin() {
  const auto code = rd_kafka_unsubscribe(handle_.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return classify(code, rd_kafka_err2str(code), "leave");
  return subscribe(topics_, listener_);
}

GroupMetadata KafkaGroupReader::metadata() const {
  GroupMetadata metadata(rd_kafka_consumer_group_metadata(handle_.get()));
  if (metadata && !generation_of(*metadata)) metadata.reset();
  return metadata;
}

std::optional<std::int32_t> KafkaGroupReader::generation() const {
  const GroupMetadata metadata(rd_kafka_consumer_group_metadata(handle_.get()));
  return metadata ? generation_of(*metadata) : std::nullopt;
}

void KafkaGroupReader::on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t code,
                                    rd_kafka_topic_partition_list_t* partitions, void* self) {
  KafkaGroupReader* reader = *static_cast<KafkaGroupReader**>(self);
  if (reader != nullptr) return reader->rebalance(code, partitions);
  rd_kafka_assign(handle, nullptr);  // It closes.
}

void KafkaGroupReader::rebalance(rd_kafka_resp_err_t code,
                                 const rd_kafka_topic_partition_list_t* partitions) {
  rebalanced_ = true;
  started_.clear();
  reached_.clear();
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    PartitionList none(rd_kafka_topic_partition_list_new(0));
    rd_kafka_assign(handle_.get(), none.get());
    std::vector<TopicPartition> assigned;
    for (int i = 0; i < partitions->cnt; ++i) {
      const auto& one = partitions->elems[i];
      assigned.push_back({settings_.names.in_code(one.topic), one.partition});
    }
    if (listener_ != nullptr) listener_->on_assigned(assigned);
    return;
  }
  // Revoked, or an error of the group: either way nothing is ours until the next assignment. While
  // the listener commits, the membership is still the old one.
  if (listener_ != nullptr) listener_->on_revoked();
  rd_kafka_assign(handle_.get(), nullptr);
}

}  // namespace encours::kafka
