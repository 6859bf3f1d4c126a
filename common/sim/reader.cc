#include "common/sim/reader.h"

#include <algorithm>
#include <utility>

namespace encours::sim {
namespace {

constexpr std::int64_t kBackoffMs = 20;
constexpr std::int64_t kFetchWaitMs = 20;
constexpr std::size_t kMostAhead = 400;
constexpr std::int64_t kMostFetched = 100;

}  // namespace

using stream::LogRecord;
using stream::NextOffset;
using stream::TopicPartition;

SimReader::SimReader(Broker& broker, ConnectionPtr connection, const ClientSettings& settings)
    : broker_(broker), connection_(std::move(connection)), settings_(settings) {
  membership_.group = settings_.group_id;
  membership_.instance = settings_.group_instance_id;
  polled_ms_ = connection_->scheduler().now_ms();
}

// A static member does not leave: its partitions wait for it until its session ends.
void SimReader::close() {
  closed_ = true;
  listener_ = nullptr;
  connection_->close();
}

void SimReader::fail(std::string code, std::string message) {
  if (!fatal_) fatal_ = fatal(std::move(code), std::move(message));
  connection_->scheduler().wake(connection_->fiber());
}

Status SimReader::subscribe(const std::vector<std::string>& topics,
                            stream::RebalanceListener* listener) {
  topics_ = topics;
  listener_ = listener;
  join();
  return {};
}

void SimReader::join_later() {
  connection_->after(kBackoffMs, [this, turn = membership_turn_] {
    if (turn == membership_turn_) join();
  });
}

void SimReader::join() {
  standing_ = Standing::kJoining;
  ++membership_turn_;
  assigned_.reset();
  told_assigned_ = false;
  const JoinRequest request{membership_.member, membership_.instance, settings_.session_timeout_ms,
                            settings_.max_poll_interval_ms, topics_};
  connection_->request<JoinAnswer>(
      settings_.request_timeout_ms,
      [&broker = broker_, group = settings_.group_id,
       request](Connection::Respond<JoinAnswer> respond) {
        broker.group(group).join(request, std::move(respond));
      },
      [this, turn = membership_turn_](std::optional<JoinAnswer> answer) {
        if (turn == membership_turn_) take_join(std::move(answer));
      });
}

void SimReader::take_join(std::optional<JoinAnswer> answer) {
  if (!answer) return join_later();
  switch (answer->code) {
    case Code::kNone:
      membership_.member = answer->member;
      membership_.generation = answer->generation;
      return sync();
    case Code::kFencedInstanceId:
      return fail(stream::kConsumerFenced, "join: FENCED_INSTANCE_ID");
    default:
      membership_.member.clear();
      return join_later();
  }
}

void SimReader::sync() {
  connection_->request<SyncAnswer>(
      settings_.request_timeout_ms,
      [&broker = broker_, membership = membership_](Connection::Respond<SyncAnswer> respond) {
        broker.group(membership.group).sync(membership, std::move(respond));
      },
      [this, turn = membership_turn_](std::optional<SyncAnswer> answer) {
        if (turn == membership_turn_) take_sync(std::move(answer));
      });
  if (!heart_beats_) heartbeat();
}

void SimReader::take_sync(std::optional<SyncAnswer> answer) {
  if (!answer) return join_later();
  switch (answer->code) {
    case Code::kNone:
      standing_ = Standing::kAssigned;
      assigned_ = std::move(answer->partitions);
      connection_->scheduler().wake(connection_->fiber());
      return;
    case Code::kFencedInstanceId:
      return fail(stream::kConsumerFenced, "sync: FENCED_INSTANCE_ID");
    case Code::kUnknownMemberId:
      membership_.member.clear();
      return join_later();
    case Code::kIllegalGeneration:
      membership_.generation = -1;
      return join_later();
    default:
      return join_later();
  }
}

std::optional<std::int32_t> SimReader::generation() const {
  if (membership_.generation < 0) return std::nullopt;
  return membership_.generation;
}

void SimReader::heartbeat() {
  heart_beats_ = true;
  connection_->after(settings_.heartbeat_interval_ms, [this] { heartbeat(); });
  const bool member = standing_ == Standing::kAssigned || standing_ == Standing::kRevoking;
  if (!member || fatal_ || membership_.generation < 0 || membership_.member.empty()) return;
  auto& scheduler = connection_->scheduler();
  if (standing_ == Standing::kAssigned &&
      scheduler.now_ms() - polled_ms_ > settings_.max_poll_interval_ms) {
    connection_->journal().visit("poll interval exceeded");
    poll_exceeded_ = true;
    const auto leave = [&broker = broker_,
                        membership = membership_](Connection::Respond<Code> respond) {
      broker.group(membership.group).leave(membership);
      respond(Code::kNone);
    };
    connection_->request<Code>(settings_.request_timeout_ms, leave, [](std::optional<Code>) {});
    membership_.member.clear();
    return give_up_membership(Code::kUnknownMemberId);
  }
  const auto serve = [&broker = broker_,
                      membership = membership_](Connection::Respond<Code> respond) {
    respond(broker.group(membership.group).heartbeat(membership));
  };
  const auto done = [this, turn = membership_turn_](std::optional<Code> code) {
    if (turn == membership_turn_) take_heartbeat(code);
  };
  connection_->request<Code>(settings_.request_timeout_ms, serve, done);
}

void SimReader::take_heartbeat(std::optional<Code> code) {
  if (!code || code == Code::kNone) return;
  if (code == Code::kFencedInstanceId) {
    return fail(stream::kConsumerFenced, "heartbeat: FENCED_INSTANCE_ID");
  }
  if (code == Code::kUnknownMemberId) membership_.member.clear();
  if (code == Code::kIllegalGeneration) membership_.generation = -1;
  if (standing_ == Standing::kAssigned) give_up_membership(*code);
}

void SimReader::give_up_membership(Code code) {
  connection_->journal().tell(connection_->process(), "gives up its membership:", code_name(code));
  standing_ = Standing::kRevoking;
  connection_->scheduler().wake(connection_->fiber());
}

// The application lets go first, and only then the member joins again.
Status SimReader::tell_rebalance() {
  if (fatal_) return *fatal_;
  if (standing_ == Standing::kRevoking) {
    if (told_assigned_) {
      connection_->journal().tell(connection_->process(), "is revoked");
      positions_.clear();
      fetch_anew();
      if (listener_ != nullptr) listener_->on_revoked();
    }
    if (fatal_) return *fatal_;
    join();
    if (std::exchange(poll_exceeded_, false)) {
      return error(Reaction::kMigrated, "migrated", "poll: _MAX_POLL_EXCEEDED");
    }
  }
  if (assigned_) {
    const auto partitions = std::move(*assigned_);
    assigned_.reset();
    told_assigned_ = true;
    connection_->journal().tell(connection_->process(), "is assigned", partitions.size(),
                                "in generation", membership_.generation);
    positions_.clear();
    fetch_anew();
    if (listener_ != nullptr) listener_->on_assigned(partitions);
  }
  return {};
}

Status SimReader::poll(int timeout_ms, std::size_t max_records,
                       std::vector<stream::FetchedRun>* out) {
  auto& scheduler = connection_->scheduler();
  const std::int64_t until_ms = scheduler.now_ms() + timeout_ms;
  polled_ms_ = scheduler.now_ms();
  ENCOURS_TRY(tell_rebalance());
  // Others have their turn, and time goes on, even where nothing is waited for.
  if (fetched_.empty()) {
    const std::int64_t step_ms = scheduler.random().between(0, 1);
    scheduler.wait_until(std::max(until_ms, scheduler.now_ms() + step_ms), true);
  }
  ENCOURS_TRY(tell_rebalance());
  hand_over(max_records, out);
  return {};
}

void SimReader::hand_over(std::size_t max_records, std::vector<stream::FetchedRun>* out) {
  for (; max_records > 0 && !fetched_.empty(); --max_records) {
    auto& record = fetched_.front();
    const TopicPartition at{record.topic, record.partition};
    positions_.at(at).next_handed_over = record.offset + 1;
    if (out->empty() || out->back().at != at) out->push_back({at, {}});
    const std::int64_t offset = record.offset;
    out->back().records.push_back(
        {offset, {new LogRecord(std::move(record)), [](void* held) {
                    delete static_cast<LogRecord*>(held);
                  }}});
    fetched_.pop_front();
  }
  if (!fetched_.empty()) return;
  // An end is handed over as what it comes behind: not before the records.
  for (auto& [at, position] : positions_) position.reached = position.end_fetched;
}

void SimReader::read(const TopicPartition&, const stream::Fetched& record, LogRecord* out) const {
  *out = *static_cast<const LogRecord*>(record.held.get());
}

Result<std::vector<NextOffset>> SimReader::stable_committed(
    const std::vector<TopicPartition>& partitions) {
  auto& scheduler = connection_->scheduler();
  const std::int64_t until_ms = scheduler.now_ms() + settings_.operation_timeout_ms;
  while (scheduler.now_ms() < until_ms) {
    const auto answer = connection_->call<Broker::OffsetsAnswer>(
        settings_.request_timeout_ms, [&broker = broker_, group = settings_.group_id, partitions] {
          return broker.stable_offsets(group, partitions);
        });
    if (answer && answer->code == Code::kNone) return answer->offsets;
    scheduler.spend(kBackoffMs);
  }
  return error(Reaction::kRetry, "committed_offsets", "committed offsets: _TIMED_OUT");
}

Status SimReader::start(const std::vector<NextOffset>& positions) {
  for (const auto& next : positions) {
    Position& position = positions_[next.at];
    position = Position();
    position.next_handed_over = next.offset;
  }
  fetch_anew();
  return {};
}

Status SimReader::stop(const std::vector<TopicPartition>& partitions) {
  for (const auto& at : partitions) positions_.erase(at);
  fetch_anew();
  return {};
}

Status SimReader::pause(const TopicPartition& partition) {
  const auto found = positions_.find(partition);
  if (found == positions_.end()) return classify(Code::kState, "pause");
  found->second.paused = true;
  std::erase_if(fetched_, [&](const auto& record) {
    return record.topic == partition.topic && record.partition == partition.partition;
  });
  found->second.next_fetched = found->second.next_handed_over;
  ++fetch_epoch_;
  connection_->journal().visit("partition paused");
  return {};
}

Status SimReader::resume(const TopicPartition& partition) {
  const auto found = positions_.find(partition);
  if (found == positions_.end()) return classify(Code::kState, "resume");
  found->second.paused = false;
  return {};
}

SimReader::End SimReader::end_of(const TopicPartition& partition) const {
  const auto found = positions_.find(partition);
  if (found == positions_.end()) return {};
  return {found->second.high, found->second.reached};
}

void SimReader::fetch_anew() {
  ++fetch_epoch_;
  fetched_.clear();
  for (auto& [at, position] : positions_) position.next_fetched = position.next_handed_over;
  if (!fetching_ && !positions_.empty()) fetch();
}

void SimReader::fetch_later(std::int64_t ms) {
  connection_->after(ms, [this] { fetch(); });
}

void SimReader::fetch() {
  fetching_ = !positions_.empty() && !fatal_;
  if (!fetching_) return;
  if (fetched_.size() > kMostAhead) return fetch_later(kFetchWaitMs);
  std::vector<std::pair<TopicPartition, std::int64_t>> from;
  for (const auto& [at, position] : positions_) {
    if (!position.paused) from.push_back({at, position.next_fetched});
  }
  const auto most =
      static_cast<std::size_t>(connection_->scheduler().random().between(1, kMostFetched));
  const auto serve = [&broker = broker_, from = std::move(from),
                      most](Connection::Respond<FetchAnswers> respond) {
    FetchAnswers answers;
    for (const auto& [at, next] : from) {
      answers.emplace_back(
          at, broker.log(at).fetch(next, most, PartitionLog::Isolation::kCommitted));
    }
    respond(std::move(answers));
  };
  const auto done = [this, epoch = fetch_epoch_](std::optional<FetchAnswers> answers) {
    take_fetched(epoch, std::move(answers));
  };
  connection_->request<FetchAnswers>(settings_.request_timeout_ms, serve, done);
}

void SimReader::take_fetched(std::uint64_t epoch, std::optional<FetchAnswers> answers) {
  if (!answers || epoch != fetch_epoch_) return fetch_later(1);
  bool some = false;
  for (auto& [at, got] : *answers) {
    if (got.out_of_range) fail("offset_out_of_range", at.topic + ": fetched out of range");
    Position& position = positions_.at(at);
    position.next_fetched = got.next;
    position.high = got.high;
    if (got.records.empty() && got.next == got.end) position.end_fetched = got.end;
    some = some || !got.records.empty();
    for (auto& record : got.records) fetched_.push_back(std::move(record));
  }
  if (some) connection_->scheduler().wake(connection_->fiber());
  fetch_later(some ? 0 : connection_->scheduler().random().between(1, kFetchWaitMs));
}

Status SimReader::rejoin() {
  const auto leave = [&broker = broker_, membership = membership_] {
    broker.group(membership.group).leave(membership);
    return Code::kNone;
  };
  static_cast<void>(connection_->call<Code>(settings_.request_timeout_ms, leave));
  if (told_assigned_ && listener_ != nullptr) listener_->on_revoked();
  membership_.member.clear();
  membership_.generation = -1;
  return subscribe(topics_, listener_);
}

}  // namespace encours::sim
