// CommandGate: a write asked for by gRPC becomes a record of the command topic, and its outcome the
// answer.
//
// submit() runs on the thread of the call. It looks for the outcome of an earlier call with the
// same request_id, appends the command where there is none, and waits until the runner has
// committed the decision. Appending twice does no harm: the runtime decides once per (tenant,
// request_id). A deadline that passes, or a partition that moves while it waits, means "unknown":
// the caller asks again with the same request_id and gets the outcome from whoever owns the
// partition then. Thread safe; log and board belong to main and outlive the gate.
#pragma once

#include <google/protobuf/message_lite.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "encours/stream/v1alpha1/command.pb.h"

namespace encours::rpc {

using Command = encours::stream::v1alpha1::Command;
using CommandOutcome = encours::stream::v1alpha1::CommandOutcome;

// What a handler asks for; command_of() in command_call.h makes it from a call.
struct CommandRequest {
  std::string tenant;
  // The entity within the tenant, e.g. an account; empty for the whole tenant.
  std::string scope;
  // Kafka key "tenant/scope": it decides the partition.
  std::string key;
  std::string request_id;
  // Full name and bytes of the request message.
  std::string type;
  std::string body;
  std::string actor;
  std::string traceparent;
  // On the gate's Clock.
  std::int64_t deadline_ms = 0;
};

struct CommandRecord {
  std::int32_t partition = 0;
  std::string key;
  Command command;
  // For the header of that name.
  std::string traceparent;
  std::int64_t deadline_ms = 0;
};

// The command topic of the service.
class CommandLog {
 public:
  virtual ~CommandLog() = default;
  // Returns once the record is acknowledged by all replicas. After a failure of reaction kRetry it
  // may stand in the topic all the same.
  virtual Status append(const CommandRecord& record) = 0;
};

// Where outcomes are found and announced: the runner's side of the gate. An outcome is announced
// only after its row can be found, so expect() before find() misses none.
class OutcomeBoard {
 public:
  virtual ~OutcomeBoard() = default;
  // Whether this process decides the partition's commands now.
  virtual bool owns(std::int32_t partition) = 0;
  // The committed outcome of an earlier command.
  virtual Result<std::optional<CommandOutcome>> find(std::int32_t partition,
                                                     const std::string& tenant,
                                                     const std::string& request_id) = 0;
  // From now on an announcement is kept for await(), of which each expect() has exactly one.
  virtual void expect(const std::string& tenant, const std::string& request_id) = 0;
  // The outcome announced since expect(), or nullopt at the deadline.
  virtual std::optional<CommandOutcome> await(const std::string& tenant,
                                              const std::string& request_id,
                                              std::int64_t deadline_ms) = 0;
};

struct CommandGateConfig {
  // Partitions of the command topic.
  std::int32_t partitions = 0;
  // Commands that may wait at a time; each holds a thread of the server.
  int max_waiting = 256;
  // How often a waiting command looks whether its partition is still here.
  std::int64_t look_interval_ms = 1'000;
};

class CommandGate {
 public:
  CommandGate(CommandGateConfig config, CommandLog& log, OutcomeBoard& board, Clock& clock);

  std::int32_t partition_of(const CommandRequest& request) const;

  // The response message's bytes, or why the command was refused or has no outcome yet.
  Result<std::string> submit(const CommandRequest& request);

  // The same with the response read.
  template <class Response>
  Result<Response> submit_as(const CommandRequest& request) {
    ENCOURS_ASSIGN(const std::string bytes, submit(request));
    Response response;
    if (!response.ParseFromString(bytes)) {
      return fatal("unreadable_response", "The stored outcome is no " + response.GetTypeName());
    }
    return response;
  }

 private:
  Result<std::string> submit_in_slot(const CommandRequest& request);
  CommandRecord record_of(const CommandRequest& request) const;

  CommandGateConfig config_;
  CommandLog& log_;
  OutcomeBoard& board_;
  Clock& clock_;
  std::atomic<int> waiting_{0};
};

// Fields in order, so that equal requests have equal bytes.
std::string command_bytes(const google::protobuf::MessageLite& request);

// digest := hex(SHA-256(type 0x00 body)), the same as the runtime keeps with the outcome.
std::string command_digest(const std::string& type, const std::string& body);

}  // namespace encours::rpc
