// Router: who owns a partition, and how a call gets there.
//
// Any instance takes any request. on_owner() answers it here where the partition runs here, else
// passes it on to the owner; gather() asks all instances at once, each for its own partitions, and
// says which did not answer. The method is that of the request's type. A call that was passed on
// carries the caller's own token and is never passed on again. Who owns what is asked from
// Placement when it is first needed and again when a peer turns out to be gone or not the owner any
// more; then a call is tried once more. For a partition that is on its way from one instance to
// another a call waits as long as the config says, and its own time allows: a planned move takes
// less, so that nobody notices it. Safe from any thread; Placement and Clock outlive the
// router.
#pragma once

#include <absl/functional/function_ref.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/rpc/guard.h"
#include "common/rpc/peer_table.h"
#include "common/time/clock.h"

namespace encours::rpc {

struct RouterConfig : PeerTableConfig {
  // The longest that a peer is waited for.
  std::int64_t max_peer_ms = 30'000;
  // How long a partition that nobody has is waited for.
  std::int64_t move_patience_ms = 0;
};

// What one instance answers for the partitions that it is asked for.
template <class Response>
struct Part {
  Response response;
  // Those that it does not have, or not yet.
  std::vector<std::int32_t> missing;
};

template <class Response>
struct Gathered {
  // One for each instance that answered, ours first.
  std::vector<Response> answers;
  // In ascending order; empty where the answer is complete.
  std::vector<std::int32_t> missing;
};

class Router {
 public:
  // Whether a partition runs in this process: the truth, where Placement may be late.
  using Owns = std::function<bool(std::int32_t)>;

  Router(RouterConfig config, Placement& placement, Owns owns, Clock& clock);

  // `local() -> Result<Response>`.
  template <class Response, class Request, class Local>
  Result<Response> on_owner(const Call& call,
                            std::int32_t partition,
                            const Request& request,
                            Local local) {
    Response response;
    ENCOURS_TRY(route(call, partition, request, &response, [&]() -> Status {
      ENCOURS_ASSIGN(response, local());
      return {};
    }));
    return response;
  }

  // `local(const std::vector<std::int32_t>& partitions) -> Result<Part<Response>>`. A refusal by
  // any instance is the answer; no answer at all is an error; anything between is a partial answer.
  template <class Response, class Request, class Local>
  Result<Gathered<Response>> gather(const Call& call, const Request& request, Local local) {
    const auto local_part = [&](const std::vector<std::int32_t>& partitions,
                                MessageLite* out) -> Result<std::vector<std::int32_t>> {
      ENCOURS_ASSIGN(Part<Response> part, local(partitions));
      *static_cast<Response*>(out) = std::move(part.response);
      return std::move(part.missing);
    };
    ENCOURS_ASSIGN(Messages all,
                   gather_messages(call, request, Response::default_instance(), local_part));
    Gathered<Response> gathered;
    gathered.missing = std::move(all.missing);
    for (const auto& answer : all.answers) {
      gathered.answers.push_back(std::move(*static_cast<Response*>(answer.get())));
    }
    return gathered;
  }

  PeerTable& peers() { return peers_; }

 private:
  using Message = google::protobuf::Message;
  using MessageLite = google::protobuf::MessageLite;
  using LocalPart = absl::FunctionRef<Result<std::vector<std::int32_t>>(
      const std::vector<std::int32_t>& partitions, MessageLite* response)>;
  struct Messages {
    std::vector<std::unique_ptr<MessageLite>> answers;
    std::vector<std::int32_t> missing;
  };
  struct Flight;
  class Gathering;

  Status route(const Call& call,
               std::int32_t partition,
               const Message& request,
               MessageLite* response,
               absl::FunctionRef<Status()> local);
  Result<Messages> gather_messages(const Call& call,
                                   const Message& request,
                                   const MessageLite& prototype,
                                   LocalPart local);
  Result<Messages> answer_part(const Call& call, const MessageLite& prototype, LocalPart local);

  bool moved_meanwhile(const Error& failure, std::int32_t partition) const;
  bool wait_for_move(const Call& call, std::int64_t began_ms);

  RouterConfig config_;
  Clock& clock_;
  Owns owns_;
  PeerTable peers_;
};

}  // namespace encours::rpc
