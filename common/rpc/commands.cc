#include "common/rpc/commands.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/rpc/status.h"

namespace encours::rpc {
namespace {

Error outcome_unknown() {
  return error(Reaction::kRetry,
               kOutcomeUnknown,
               "It is not known yet what became of this. Ask again with the same request_id.");
}

// One expect(), and its await() in any case.
class Expectation {
 public:
  Expectation(OutcomeBoard& board, const CommandRequest& request)
      : board_(board), request_(request) {
    board_.expect(request_.tenant, request_.request_id);
  }
  Expectation(const Expectation&) = delete;
  Expectation& operator=(const Expectation&) = delete;
  ~Expectation() {
    if (!awaited_) static_cast<void>(await(0));
  }
  std::optional<CommandOutcome> await(std::int64_t deadline_ms) {
    awaited_ = true;
    return board_.await(request_.tenant, request_.request_id, deadline_ms);
  }

 private:
  OutcomeBoard& board_;
  const CommandRequest& request_;
  bool awaited_ = false;
};

Result<std::string> answer(const CommandOutcome& outcome, const CommandRequest& request) {
  if (outcome.digest() != command_digest(request.type, request.body)) {
    return refused("request_id_reused",
                   "request_id",
                   "This request_id was used for another request. Choose a new one.");
  }
  if (outcome.status_code() == 0) return outcome.response();
  return refused(outcome.error_code(), outcome.error_field(), outcome.error_message());
}

void set_now(Instant now, google::protobuf::Timestamp* out) {
  out->set_seconds(now.unix_seconds());
  out->set_nanos(now.nanos_of_second());
}

}  // namespace

std::string command_bytes(const google::protobuf::MessageLite& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    const bool written = request.SerializeToCodedStream(&out);
    ENCOURS_CHECK(written, "a message that can't be serialised");
  }
  return bytes;
}

std::string command_digest(const std::string& type, const std::string& body) {
  return sha256_hex(type + '\0' + body);
}

CommandGate::CommandGate(CommandGateConfig config,
                         CommandLog& log,
                         OutcomeBoard& board,
                         Clock& clock)
    : config_(config), log_(log), board_(board), clock_(clock) {
  ENCOURS_CHECK(config_.partitions > 0, "a command topic without partitions");
}

std::int32_t CommandGate::partition_of(const CommandRequest& request) const {
  return encours::partition_of(request.key, config_.partitions);
}

CommandRecord CommandGate::record_of(const CommandRequest& request) const {
  CommandRecord record;
  record.partition = partition_of(request);
  record.key = request.key;
  record.traceparent = request.traceparent;
  record.deadline_ms = request.deadline_ms;
  Command& command = record.command;
  command.set_request_id(request.request_id);
  command.set_type(request.type);
  command.set_body(request.body);
  command.set_scope(request.scope);
  auto& envelope = *command.mutable_envelope();
  envelope.set_tenant(request.tenant);
  // The same for a repetition: it is the same input, and is decided once.
  envelope.set_id(stable_id({request.tenant, "command", request.request_id}));
  envelope.set_correlation(envelope.id());
  envelope.set_actor(request.actor);
  envelope.set_order_key(request.request_id);
  const Instant now = clock_.now();
  set_now(now, envelope.mutable_occurred_at());
  set_now(now, envelope.mutable_recorded_at());
  return record;
}

Result<std::string> CommandGate::submit(const CommandRequest& request) {
  ENCOURS_CHECK(!request.request_id.empty(), "a command without a request_id");
  ENCOURS_CHECK(!request.key.empty() && !request.type.empty(), "a command without key or type");
  struct Slot {
    std::atomic<int>& count;
    const int before;
    explicit Slot(std::atomic<int>& all) : count(all), before(all.fetch_add(1)) {}
    ~Slot() { count.fetch_sub(1); }
  } slot(waiting_);
  if (slot.before >= config_.max_waiting) {
    return error(Reaction::kRetry,
                 "too_many_commands",
                 "Too many writes wait for their outcome. Ask again in a moment.");
  }
  return submit_in_slot(request);
}

Result<std::string> CommandGate::submit_in_slot(const CommandRequest& request) {
  const CommandRecord record = record_of(request);
  bool appended = false;
  while (true) {
    if (!board_.owns(record.partition)) return appended ? outcome_unknown() : partition_moved();
    if (clock_.monotonic_ms() >= request.deadline_ms) {
      return deadline_exceeded(appended ? "It is not known yet what became of this. Ask again with "
                                          "the same request_id."
                                        : "The time was over before anything was written.");
    }
    Expectation expectation(board_, request);
    const auto found = board_.find(record.partition, request.tenant, request.request_id);
    if (!found && !board_.owns(record.partition)) continue;  // It has just moved.
    ENCOURS_ASSIGN(const auto stored, found);
    if (stored) return answer(*stored, request);
    if (!appended) {
      const Status written = log_.append(record);
      if (!written && written.failure().reaction == Reaction::kRetry) return outcome_unknown();
      ENCOURS_TRY(written);
      appended = true;
    }
    const std::int64_t look_ms = clock_.monotonic_ms() + config_.look_interval_ms;
    const auto outcome = expectation.await(std::min(look_ms, request.deadline_ms));
    if (outcome) return answer(*outcome, request);
  }
}

}  // namespace encours::rpc
