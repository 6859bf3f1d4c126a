#include "common/sim/broker.h"

#include <algorithm>

#include "common/base/check.h"

namespace encours::sim {
namespace {

constexpr std::int64_t kBeginMs = 1'750'000'000'000;  // As SimClock's.
constexpr std::int64_t kMarkMs = 3;
constexpr std::int64_t kSlowMarkMs = 400;

std::string name_of(const stream::TopicPartition& at) {
  return at.topic + " p-" + std::to_string(at.partition);
}

}  // namespace

Broker::Broker(Scheduler& scheduler, Journal& journal)
    : scheduler_(scheduler), journal_(journal) {}

void Broker::create_topic(const std::string& topic, std::int32_t partitions) {
  topics_[topic] = partitions;
  for (std::int32_t p = 0; p < partitions; ++p) {
    logs_[{topic, p}] = std::make_unique<PartitionLog>();
  }
}

void Broker::append(const stream::Outgoing& record) {
  stream::LogRecord stored;
  stored.topic = record.topic;
  stored.partition = record.partition;
  stored.timestamp_ms = kBeginMs + scheduler_.now_ms();
  stored.key = record.key;
  stored.value = record.value.value_or("");
  stored.tombstone = !record.value.has_value();
  stored.headers = record.headers;
  log({record.topic, record.partition}).append(std::move(stored));
}

Broker::InitAnswer Broker::init_producer(const std::string& id, std::int64_t timeout_ms) {
  const auto [found, fresh] = transactions_.try_emplace(id);
  Transaction& one = found->second;
  if (fresh) one.producer.id = next_producer_++;
  if (one.phase == Phase::kEndingCommit || one.phase == Phase::kEndingAbort) {
    return {Code::kConcurrentTransactions, {}};
  }
  if (one.phase == Phase::kOngoing) {
    journal_.visit("transaction aborted by its next owner");
    fence(id);
    return {Code::kConcurrentTransactions, {}};
  }
  ++one.producer.epoch;
  one.phase = Phase::kEmpty;
  one.timeout_ms = timeout_ms;
  journal_.tell("broker:", id, "has producer", one.producer.id, "epoch", one.producer.epoch);
  return {Code::kNone, one.producer};
}

// The epoch is raised before the abort, so nothing of the old owner gets in behind it.
void Broker::fence(const std::string& id) {
  ++transactions_.at(id).producer.epoch;
  begin_ending(id, false);
}

Code Broker::check(const std::string& id, Producer producer) const {
  const auto found = transactions_.find(id);
  if (found == transactions_.end() || found->second.producer.id != producer.id) {
    return Code::kInvalidProducerIdMapping;
  }
  if (found->second.producer.epoch != producer.epoch) {
    journal_.visit("fenced by epoch");
    return Code::kInvalidProducerEpoch;
  }
  return Code::kNone;
}

Code Broker::open(const std::string& id, Producer producer, std::uint64_t transaction) {
  const Code code = check(id, producer);
  if (code != Code::kNone) return code;
  Transaction& one = transactions_.at(id);
  if (one.phase == Phase::kEndingCommit || one.phase == Phase::kEndingAbort) {
    return Code::kConcurrentTransactions;
  }
  one.sender_number = transaction;
  if (one.phase == Phase::kOngoing) return Code::kNone;
  one.phase = Phase::kOngoing;
  ++one.number;
  scheduler_.at(scheduler_.now_ms() + one.timeout_ms,
                [this, id, number = one.number] { time_out(id, number); });
  return Code::kNone;
}

void Broker::time_out(const std::string& id, std::uint64_t number) {
  const Transaction& one = transactions_.at(id);
  if (one.phase != Phase::kOngoing || one.number != number) return;
  journal_.tell("broker: the transaction of", id, "has timed out");
  journal_.visit("transaction timed out");
  fence(id);
}

Code Broker::add_partitions(const std::string& id, Producer producer,
                            const std::vector<stream::TopicPartition>& partitions,
                            std::uint64_t transaction) {
  const Code code = open(id, producer, transaction);
  if (code != Code::kNone) return code;
  transactions_.at(id).partitions.insert(partitions.begin(), partitions.end());
  return Code::kNone;
}

Code Broker::add_offsets(const std::string& id, Producer producer, const std::string& group,
                         std::uint64_t transaction) {
  const Code code = open(id, producer, transaction);
  if (code != Code::kNone) return code;
  transactions_.at(id).groups.insert(group);
  return Code::kNone;
}

// The broker verifies that the transaction has the partition (KIP-890, the part that needs no new
// clients): what comes late finds the transaction over, unless the next one has it too.
Broker::ProduceAnswer Broker::produce(const std::string& id, Producer producer,
                                      const Batch& batch) {
  PartitionLog& to = log(batch.at);
  if (!to.is_open(producer.id)) {
    const Code code = check(id, producer);
    if (code != Code::kNone) return {code, 0};
    const Transaction& one = transactions_.at(id);
    if (one.phase != Phase::kOngoing || !one.partitions.contains(batch.at)) {
      return {Code::kInvalidTxnState, 0};
    }
  }
  const auto appended = to.append(producer, batch.sequence, batch.records);
  journal_.tell("broker:", id, batch.records.size(), "records to", name_of(batch.at), "up to",
                appended.next_offset, code_name(appended.code));
  return {appended.code, appended.next_offset};
}

Code Broker::commit_offsets(const std::string& id, Producer producer,
                            const Membership& membership,
                            const std::vector<stream::NextOffset>& offsets) {
  const Code code = check(id, producer);
  if (code != Code::kNone) return code;
  const Transaction& one = transactions_.at(id);
  if (one.phase != Phase::kOngoing || !one.groups.contains(membership.group)) {
    return Code::kInvalidTxnState;
  }
  const Code added = group(membership.group).add_pending(membership, producer, offsets);
  for (const auto& next : offsets) {
    journal_.tell("broker:", id, "offset", next.offset, "of", name_of(next.at), "changelog",
                  next.changelog_next.value_or(-1), "generation", membership.generation,
                  code_name(added));
  }
  return added;
}

Code Broker::end_transaction(const std::string& id, Producer producer, bool commit,
                             std::uint64_t transaction) {
  const Code code = check(id, producer);
  if (code != Code::kNone) {
    journal_.tell("broker: EndTxn of", id, "refused:", code_name(code));
    journal_.visit("EndTxn refused by a later epoch");
    return code;
  }
  Transaction& one = transactions_.at(id);
  switch (one.phase) {
    case Phase::kOngoing:
      if (one.sender_number > transaction) {
        journal_.tell("broker: a late EndTxn of", id, "ends a later transaction");
        journal_.visit("late EndTxn ended a later transaction");
      }
      begin_ending(id, commit);
      return Code::kNone;
    case Phase::kEndingCommit:
    case Phase::kEndingAbort:
      return commit == (one.phase == Phase::kEndingCommit) ? Code::kConcurrentTransactions
                                                           : Code::kInvalidTxnState;
    case Phase::kCommitted:
    case Phase::kAborted:
      return commit == (one.phase == Phase::kCommitted) ? Code::kNone : Code::kInvalidTxnState;
    case Phase::kEmpty:
      return Code::kInvalidTxnState;
  }
  return Code::kNone;
}

void Broker::begin_ending(const std::string& id, bool commit) {
  Transaction& one = transactions_.at(id);
  one.phase = commit ? Phase::kEndingCommit : Phase::kEndingAbort;
  one.marks_left = one.partitions.size() + one.groups.size();
  journal_.tell("broker:", id, commit ? "commits" : "aborts", "epoch", one.producer.epoch);
  journal_.visit(commit ? "transaction committed" : "transaction aborted");
  auto& random = scheduler_.random();
  const auto after = [&] {
    return scheduler_.now_ms() + random.between(0, random.chance(30) ? kSlowMarkMs : kMarkMs);
  };
  const Producer producer = one.producer;
  for (const auto& at : one.partitions) {
    scheduler_.at(after(), [this, id, at, producer, commit] {
      log(at).end_transaction(producer, commit);
      journal_.tell("broker:", id, commit ? "committed on" : "aborted on", name_of(at));
      mark_written(id, commit);
    });
  }
  for (const auto& name : one.groups) {
    scheduler_.at(after(), [this, id, name, producer, commit] {
      group(name).end_transaction(producer, commit);
      journal_.tell("broker:", id, commit ? "offsets committed" : "offsets dropped");
      mark_written(id, commit);
    });
  }
  one.partitions.clear();
  one.groups.clear();
  if (one.marks_left == 0) one.phase = commit ? Phase::kCommitted : Phase::kAborted;
}

void Broker::mark_written(const std::string& id, bool commit) {
  Transaction& one = transactions_.at(id);
  ENCOURS_CHECK(one.marks_left > 0, "each mark is written once");
  if (--one.marks_left == 0) one.phase = commit ? Phase::kCommitted : Phase::kAborted;
}

Group& Broker::group(const std::string& name) {
  auto& found = groups_[name];
  if (!found) {
    found = std::make_unique<Group>(scheduler_, journal_, name, [this](const std::string& topic) {
      const auto known = topics_.find(topic);
      return known == topics_.end() ? 0 : known->second;
    });
  }
  return *found;
}

Broker::OffsetsAnswer Broker::stable_offsets(
    const std::string& name, const std::vector<stream::TopicPartition>& partitions) {
  const Group& one = group(name);
  if (one.has_pending(partitions)) {
    journal_.visit("offsets waited for a transaction");
    return {Code::kUnstableOffsetCommit, {}};
  }
  OffsetsAnswer answer;
  for (const auto& at : partitions) {
    const auto found = one.committed().find(at);
    if (found != one.committed().end()) answer.offsets.push_back(found->second);
  }
  return answer;
}

bool Broker::has_open_transactions() const {
  for (const auto& [id, one] : transactions_) {
    if (one.phase == Phase::kOngoing || one.phase == Phase::kEndingCommit ||
        one.phase == Phase::kEndingAbort) {
      return true;
    }
  }
  return false;
}

}  // namespace encours::sim
