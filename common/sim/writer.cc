#include "common/sim/writer.h"

#include <algorithm>
#include <functional>

#include "common/base/fault_point.h"
#include "common/sim/clock.h"
#include "common/sim/reader.h"

namespace encours::sim {
namespace {

constexpr std::int64_t kLingerMs = 5;
constexpr std::int64_t kBackoffMs = 5;
constexpr std::size_t kMostInBatch = 200;

bool is_changelog(const std::string& topic) { return topic.ends_with(".changelog"); }

}  // namespace

Error SimWriter::failure(Code code, const char* doing) {
  if (code == Code::kInvalidProducerEpoch || code == Code::kFenced) fenced_ = true;
  return classify(code, doing);
}

Code SimWriter::insist(const std::function<Code()>& serve, std::int64_t until_ms,
                       int* unanswered) {
  auto& scheduler = connection_->scheduler();
  while (scheduler.now_ms() < until_ms) {
    const auto answer = connection_->call<Code>(settings_.request_timeout_ms, serve);
    if (answer && *answer != Code::kConcurrentTransactions) return *answer;
    if (!answer && unanswered != nullptr) ++*unanswered;
    scheduler.spend(kBackoffMs);
  }
  return Code::kTimedOut;
}

Status SimWriter::init() {
  auto& scheduler = connection_->scheduler();
  const std::int64_t until_ms = scheduler.now_ms() + settings_.operation_timeout_ms * 3;
  Code code = Code::kTimedOut;
  while (code == Code::kTimedOut && scheduler.now_ms() < until_ms) {
    const auto made = connection_->call<Broker::InitAnswer>(
        settings_.request_timeout_ms, [&broker = broker_, id = settings_.transactional_id,
                                       timeout_ms = settings_.transaction_timeout_ms] {
          return broker.init_producer(id, timeout_ms);
        });
    if (made && made->code != Code::kConcurrentTransactions) {
      code = made->code;
      producer_ = made->producer;
    } else {
      scheduler.spend(kBackoffMs);
    }
  }
  if (code == Code::kNone) return {};
  Error why = failure(code, "init_transactions");
  // Nothing has been promised yet.
  if (why.reaction == Reaction::kAbort) why.reaction = Reaction::kRetry;
  return why;
}

Status SimWriter::begin() {
  end_requests_ = 0;
  delivery_failure_.reset();
  if (fenced_) return failure(Code::kFenced, "begin");
  if (must_abort_) return failure(*must_abort_, "begin");
  if (open_) return failure(Code::kState, "begin");
  open_ = true;
  ++transaction_;
  stray_offset_requests_ = 0;
  asked_anything_ = false;
  registered_.clear();
  return {};
}

Status SimWriter::produce(const stream::Outgoing& record) {
  if (fenced_) return failure(Code::kFatal, "produce");
  if (!open_ || must_abort_) return failure(Code::kState, "produce");
  stream::LogRecord stored;
  stored.topic = record.topic;
  stored.partition = record.partition;
  stored.timestamp_ms = SimClock(connection_->scheduler()).now().unix_micros() / 1000;
  stored.key = record.key;
  stored.tombstone = !record.value.has_value();
  stored.value = record.value.value_or("");
  stored.headers = record.headers;
  queues_[{stored.topic, stored.partition}].records.push_back(std::move(stored));
  ++unacknowledged_;
  if (!pumping_) pump_later(connection_->scheduler().random().between(1, kLingerMs));
  return {};
}

void SimWriter::pump_later(std::int64_t ms) {
  pumping_ = true;
  connection_->after(ms, [this] { pump(); });
}

// One request at a time: partitions that are new to the transaction first, then what waits.
void SimWriter::pump() {
  pumping_ = false;
  if (delivery_failure_ || fenced_ || unacknowledged_ == 0) {
    connection_->scheduler().wake(connection_->fiber());
    return;
  }
  pumping_ = true;
  asked_anything_ = true;
  std::vector<stream::TopicPartition> fresh;
  for (const auto& [at, queue] : queues_) {
    if (!queue.records.empty() && !registered_.contains(at)) fresh.push_back(at);
  }
  if (!in_flight_since_ms_) in_flight_since_ms_ = connection_->scheduler().now_ms();
  if (!fresh.empty()) return register_partitions(std::move(fresh));
  if (in_flight_.empty()) in_flight_ = next_batches();
  send_batches();
}

void SimWriter::register_partitions(std::vector<stream::TopicPartition> fresh) {
  const auto serve = [&broker = broker_, id = settings_.transactional_id, producer = producer_,
                      fresh, transaction = transaction_](Connection::Respond<Code> respond) {
    respond(broker.add_partitions(id, producer, fresh, transaction));
  };
  const auto done = [this, fresh](std::optional<Code> code) {
    if (code == Code::kInvalidProducerEpoch) {
      // What was not sent yet is thrown away, and says no more than that.
      fenced_ = true;
      return fail(Code::kFatal);
    }
    if (code != Code::kNone) return retry_or_fail(code.value_or(Code::kTimedOut));
    registered_.insert(fresh.begin(), fresh.end());
    in_flight_since_ms_.reset();
    pump();
  };
  connection_->request<Code>(settings_.request_timeout_ms, serve, done);
}

// Now and then only some of what waits: then a transaction stands in one partition and not yet in
// another.
std::vector<Broker::Batch> SimWriter::next_batches() {
  Random& random = connection_->scheduler().random();
  const int share = random.chance(300) ? 400 : 1000;
  std::vector<Broker::Batch> batches;
  for (const auto& [at, queue] : queues_) {
    if (queue.records.empty()) continue;
    if (!batches.empty() && !random.chance(share)) continue;
    Broker::Batch batch{at, queue.next_sequence, {}};
    const std::size_t size = std::min(queue.records.size(), kMostInBatch);
    batch.records.assign(queue.records.begin(),
                         queue.records.begin() + static_cast<std::ptrdiff_t>(size));
    batches.push_back(std::move(batch));
  }
  return batches;
}

void SimWriter::send_batches() {
  const auto serve = [&broker = broker_, id = settings_.transactional_id, producer = producer_,
                      batches = in_flight_](Connection::Respond<ProduceAnswers> respond) {
    ProduceAnswers answers;
    for (const auto& batch : batches) answers.push_back(broker.produce(id, producer, batch));
    respond(std::move(answers));
  };
  const auto done = [this](std::optional<ProduceAnswers> answers) {
    if (!answers) return retry_or_fail(Code::kTimedOut);
    take_answers(*answers);
  };
  connection_->request<ProduceAnswers>(settings_.request_timeout_ms, serve, done);
}

void SimWriter::take_answers(const ProduceAnswers& answers) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Broker::Batch& batch = in_flight_[i];
    if (answers[i].code != Code::kNone) return fail(answers[i].code);
    Queue& queue = queues_[batch.at];
    const auto size = static_cast<std::ptrdiff_t>(batch.records.size());
    queue.records.erase(queue.records.begin(), queue.records.begin() + size);
    queue.next_sequence += size;
    unacknowledged_ -= batch.records.size();
    if (!is_changelog(batch.at.topic)) continue;
    auto& next = next_offsets_[batch.at];
    next = std::max(next, answers[i].next_offset);
  }
  in_flight_.clear();
  in_flight_since_ms_.reset();
  pump();
}

void SimWriter::retry_or_fail(Code code) {
  const bool again = code == Code::kTimedOut || code == Code::kConcurrentTransactions;
  if (!again) return fail(code);
  const std::int64_t waited_ms = connection_->scheduler().now_ms() - *in_flight_since_ms_;
  if (waited_ms > settings_.transaction_timeout_ms * 2 / 3) return fail(Code::kTimedOut);
  pump_later(kBackoffMs);
}

void SimWriter::fail(Code code) {
  if (code == Code::kInvalidProducerEpoch) fenced_ = true;
  if (!delivery_failure_) delivery_failure_ = code;
  must_abort_ = code;
  connection_->journal().visit("records not delivered");
  pumping_ = false;
  connection_->scheduler().wake(connection_->fiber());
}

Status SimWriter::flush() {
  auto& scheduler = connection_->scheduler();
  const std::int64_t until_ms = scheduler.now_ms() + settings_.operation_timeout_ms;
  if (!pumping_) pump();
  while (unacknowledged_ > 0 && !delivery_failure_ && scheduler.now_ms() < until_ms) {
    scheduler.wait_until(until_ms);
  }
  if (delivery_failure_) {
    Error why = failure(*delivery_failure_, "produce");
    if (why.reaction == Reaction::kRetry) why.reaction = Reaction::kAbort;
    return why;
  }
  if (unacknowledged_ > 0) return error(Reaction::kAbort, "flush", "flush: _TIMED_OUT");
  return {};
}

Status SimWriter::send_offsets(const std::vector<stream::NextOffset>& offsets,
                               stream::GroupReader& reader) {
  if (fenced_) return failure(Code::kFenced, "send offsets");
  if (!open_) return failure(Code::kState, "send offsets");
  if (must_abort_) return failure(*must_abort_, "send offsets");
  Membership membership = dynamic_cast<SimReader&>(reader).membership();
  if (mutation_is_on("skip_group_metadata")) membership = {settings_.group_id, {}, {}, -1};
  const std::int64_t until_ms =
      connection_->scheduler().now_ms() + settings_.operation_timeout_ms;
  asked_anything_ = true;
  Code code = insist(
      [&broker = broker_, id = settings_.transactional_id, producer = producer_,
       group = settings_.group_id, transaction = transaction_] {
        return broker.add_offsets(id, producer, group, transaction);
      },
      until_ms);
  if (code == Code::kNone) {
    code = insist(
        [&broker = broker_, id = settings_.transactional_id, producer = producer_, membership,
         offsets] { return broker.commit_offsets(id, producer, membership, offsets); },
        until_ms, &stray_offset_requests_);
  }
  if (code == Code::kNone) return {};
  must_abort_ = code;
  Error why = failure(code, "send offsets");
  if (why.reaction == Reaction::kRetry) why.reaction = Reaction::kAbort;
  return why;
}

// The library sends EndTxn again when no answer comes, and when the coordinator is still busy.
Code SimWriter::end(bool commit) {
  auto& scheduler = connection_->scheduler();
  const std::int64_t until_ms = scheduler.now_ms() + settings_.operation_timeout_ms;
  while (scheduler.now_ms() < until_ms) {
    if (++end_requests_ == 2) connection_->journal().visit("EndTxn repeated");
    const auto answer = connection_->call<Code>(
        settings_.request_timeout_ms,
        [&broker = broker_, id = settings_.transactional_id, producer = producer_, commit,
         transaction = transaction_] {
          return broker.end_transaction(id, producer, commit, transaction);
        });
    if (answer && *answer != Code::kConcurrentTransactions) return *answer;
    if (!answer) connection_->journal().visit("EndTxn not answered");
    scheduler.spend(kBackoffMs);
  }
  connection_->journal().visit("outcome of a commit unknown");
  return Code::kTimedOut;
}

Status SimWriter::commit() {
  if (delivery_failure_) return flush();
  if (fenced_) return failure(Code::kFenced, "commit");
  if (!open_) return failure(Code::kState, "commit");
  if (must_abort_) return failure(*must_abort_, "commit");
  ENCOURS_TRY(flush());
  const Code code = asked_anything_ ? end(true) : Code::kNone;
  if (code == Code::kNone) {
    open_ = false;
    return {};
  }
  Error why = failure(code, "commit");
  if (why.reaction == Reaction::kRetry) why.reaction = Reaction::kAbort;
  return why;
}

// What waits is thrown away; what is on its way is waited for.
Status SimWriter::abort() {
  if (fenced_) return failure(Code::kFenced, "abort");
  if (!open_) return failure(Code::kState, "abort");
  const Status flushed = flush();
  if (!flushed) connection_->journal().tell("abort:", flushed.failure().message);
  if (fenced_) return failure(Code::kFenced, "abort");
  const Code code = asked_anything_ ? end(false) : Code::kNone;
  if (code != Code::kNone) return failure(code, "abort");
  must_abort_.reset();
  open_ = false;
  return {};
}

std::optional<std::int64_t> SimWriter::next_offset_after(
    const stream::TopicPartition& partition) const {
  const auto found = next_offsets_.find(partition);
  if (found == next_offsets_.end()) return std::nullopt;
  return found->second;
}

}  // namespace encours::sim
