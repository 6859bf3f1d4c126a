#include "common/rpc/peers.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "common/base/check.h"
#include "common/observe/log.h"
#include "common/rpc/status.h"

namespace encours::rpc {
namespace {

using Partitions = std::vector<std::int32_t>;

// Kept back from a caller's deadline, so that a partial answer still reaches it.
constexpr std::int64_t kMaxReserveMs = 500;
// How often a partition that moves is looked for.
constexpr std::int64_t kMoveLookMs = 25;

bool owner_may_have_changed(const Error& failure) {
  const grpc::StatusCode code = status_code_of(failure);
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::NOT_FOUND;
}

// The sender's own mistake, which every instance would find; not that of an older peer which
// doesn't know the method.
bool is_refusal(const Error& failure) {
  return (failure.reaction == Reaction::kRefused || failure.reaction == Reaction::kPoison) &&
         status_code_of(failure) != grpc::StatusCode::UNIMPLEMENTED;
}

void append(const Partitions& more, Partitions* all) {
  all->insert(all->end(), more.begin(), more.end());
}

}  // namespace

// One call to a peer. Its callback comes on a thread of gRPC, at the latest at the deadline.
struct Router::Flight {
  // A child of the call that came in: it ends when that one is cancelled.
  std::unique_ptr<grpc::ClientContext> context;
  Partitions partitions;
  std::unique_ptr<MessageLite> response;
  std::mutex mutex;
  std::condition_variable landed;
  std::optional<grpc::Status> status;

  Flight(const Call& call, std::int64_t length_ms, Partitions asked)
      : context(grpc::ClientContext::FromServerContext(call.context())),
        partitions(std::move(asked)) {
    context->set_deadline(deadline_in(length_ms));
    context->AddMetadata(kAuthorizationKey, call.authorization());
    context->AddMetadata(kTraceparentKey, call.trace().child().to_string());
    context->AddMetadata(kForwardedKey, "1");
    if (!partitions.empty()) context->AddMetadata(kPartitionsKey, format_partitions(partitions));
  }

  void take_off(const Peer& peer, const Call& call, const Message& request, MessageLite* into) {
    const MethodRule* rule = call.rule_for(request.GetDescriptor());
    ENCOURS_CHECK(rule != nullptr, "what is asked of a peer is what this server takes itself");
    {
      // Orders the callback behind this thread also where ThreadSanitizer, blind to gRPC, looks.
      const std::lock_guard lock(mutex);
      status.reset();
    }
    grpc::TemplatedGenericStub<MessageLite, MessageLite> stub(peer.channel);
    stub.UnaryCall(context.get(), rule->path, {}, &request, into, [this](grpc::Status ended) {
      // Told under the mutex: the one that waits may destroy this at once.
      const std::lock_guard lock(mutex);
      status = std::move(ended);
      landed.notify_all();
    });
  }

  Status land() {
    std::unique_lock lock(mutex);
    landed.wait(lock, [this] { return status.has_value(); });
    if (status->ok()) return {};
    return from_grpc(*status, *context);
  }

  // Those that the peer was asked for and could not answer.
  Partitions missing() const {
    const auto& metadata = context->GetServerTrailingMetadata();
    const auto found = metadata.find(kMissingPartitionsKey);
    if (found == metadata.end()) return {};
    const auto said =
        parse_partitions(std::string_view(found->second.data(), found->second.size()));
    return said ? *said : partitions;
  }
};

// The fan-out of one call: rounds of questions until nothing is missing or nobody else is left.
class Router::Gathering {
 public:
  Gathering(Router& router,
            const Call& call,
            const Message& request,
            const MessageLite& prototype,
            LocalPart local)
      : router_(router), call_(call), request_(request), prototype_(prototype), local_(local) {
    for (std::int32_t p = 0; p < router.peers_.partitions(); ++p) all_.missing.push_back(p);
  }

  // Asks once for what is missing. Fails with a refusal only.
  Status round() {
    Partitions here;
    std::map<std::string, Question> there;
    plan(&here, &there);
    std::vector<std::unique_ptr<Flight>> flights;
    for (auto& [address, question] : there) flights.push_back(ask(std::move(question)));
    Status refusal = here.empty() ? Status() : answer_here(here);
    // Every flight must land, also after a refusal: its callback writes into it.
    for (const auto& flight : flights) {
      const Status taken = take(flight.get());
      if (!taken) refusal = taken;
    }
    std::sort(all_.missing.begin(), all_.missing.end());
    return refusal;
  }

  // Whoever has said no may have it by now.
  void forget_asked() { asked_.clear(); }
  bool complete() const { return all_.missing.empty(); }
  Messages take_all() { return std::move(all_); }
  bool nobody_answered() const {
    return all_.missing.size() == static_cast<std::size_t>(router_.peers_.partitions());
  }

 private:
  struct Question {
    Peer peer;
    Partitions partitions;
  };

  // Splits what is missing by who should have it; what nobody new has stays missing.
  void plan(Partitions* here, std::map<std::string, Question>* there) {
    Partitions nowhere;
    for (const std::int32_t partition : all_.missing) {
      if (router_.owns_(partition)) {
        here->push_back(partition);
        continue;
      }
      const auto peer = router_.peers_.owner(partition);
      if (!peer || !*peer || asked_[partition] == (*peer)->address) {
        nowhere.push_back(partition);
        continue;
      }
      asked_[partition] = (*peer)->address;
      Question& question = (*there)[(*peer)->address];
      question.peer = **peer;
      question.partitions.push_back(partition);
    }
    all_.missing = std::move(nowhere);
  }

  std::unique_ptr<Flight> ask(Question question) {
    const std::int64_t left_ms = std::min(call_.left_ms(), router_.config_.max_peer_ms);
    const std::int64_t length_ms = left_ms - std::min(left_ms / 5, kMaxReserveMs);
    auto flight = std::make_unique<Flight>(call_, length_ms, std::move(question.partitions));
    flight->response.reset(prototype_.New());
    flight->take_off(question.peer, call_, request_, flight->response.get());
    return flight;
  }

  Status answer_here(const Partitions& here) {
    std::unique_ptr<MessageLite> response(prototype_.New());
    const auto lost = local_(here, response.get());
    if (lost) {
      all_.answers.insert(all_.answers.begin(), std::move(response));
      append(*lost, &all_.missing);
      return {};
    }
    if (is_refusal(lost.failure())) return lost.failure();
    log::warning("gather_here_failed", lost.failure(), {{"method", call_.rule().path}});
    append(here, &all_.missing);
    return {};
  }

  Status take(Flight* flight) {
    const Status landed = flight->land();
    if (landed) {
      all_.answers.push_back(std::move(flight->response));
      append(flight->missing(), &all_.missing);
      return {};
    }
    if (is_refusal(landed.failure())) return landed;
    append(flight->partitions, &all_.missing);
    return {};
  }

  Router& router_;
  const Call& call_;
  const Message& request_;
  const MessageLite& prototype_;
  LocalPart local_;
  // Nobody is asked twice for one partition before it may have moved.
  std::map<std::int32_t, std::string> asked_;
  Messages all_;
};

Router::Router(RouterConfig config, Placement& placement, Owns owns, Clock& clock)
    : config_(std::move(config)),
      clock_(clock),
      owns_(std::move(owns)),
      peers_(config_, placement, clock) {}

// False once there is no patience left, or no time to do anything with an answer.
bool Router::wait_for_move(const Call& call, std::int64_t began_ms) {
  const bool patient = clock_.monotonic_ms() - began_ms < config_.move_patience_ms;
  if (!patient || call.left_ms() <= 2 * kMoveLookMs) return false;
  clock_.sleep_for(kMoveLookMs);
  return true;
}

Status Router::route(const Call& call,
                     std::int32_t partition,
                     const Message& request,
                     MessageLite* response,
                     absl::FunctionRef<Status()> local) {
  const std::int64_t began_ms = clock_.monotonic_ms();
  std::string asked;
  Status last = partition_moved();
  for (int attempt = 0;; ++attempt) {
    const std::uint64_t seen = peers_.generation();
    if (owns_(partition)) {
      last = local();
      // It moved on between our look and its, or while it worked: a write is then asked for again,
      // by the same request_id.
      if (last || !moved_meanwhile(last.failure(), partition)) return last;
    }
    if (call.forwarded()) return last;
    ENCOURS_ASSIGN(const auto peer, peers_.owner(partition));
    const bool asked_just_now = peer && peer->address == asked && attempt == 1;
    if (peer && !asked_just_now) {
      asked = peer->address;
      Flight flight(call, std::min(call.left_ms(), config_.max_peer_ms), {});
      flight.take_off(*peer, call, request, response);
      last = flight.land();
      if (last || !owner_may_have_changed(last.failure())) return last;
    }
    if (attempt > 0 && !wait_for_move(call, began_ms)) return last;
    ENCOURS_TRY(peers_.refresh(seen));
  }
}

bool Router::moved_meanwhile(const Error& failure, std::int32_t partition) const {
  if (failure.code == partition_moved().code) return true;
  return failure.code == kOutcomeUnknown && !owns_(partition);
}

// The answer to an instance that gathers: for the partitions it asks for, or all that are here.
Result<Router::Messages> Router::answer_part(const Call& call,
                                             const MessageLite& prototype,
                                             LocalPart local) {
  const Partitions& asked = call.asked_partitions();
  Partitions here;
  Messages all;
  for (std::int32_t p = 0; p < peers_.partitions(); ++p) {
    const bool wanted = std::find(asked.begin(), asked.end(), p) != asked.end();
    if (owns_(p) && (wanted || asked.empty())) {
      here.push_back(p);
    } else if (wanted) {
      all.missing.push_back(p);
    }
  }
  all.answers.emplace_back(prototype.New());
  if (!here.empty()) {
    ENCOURS_ASSIGN(const auto lost, local(here, all.answers.back().get()));
    append(lost, &all.missing);
  }
  std::sort(all.missing.begin(), all.missing.end());
  if (!all.missing.empty()) {
    call.context().AddTrailingMetadata(kMissingPartitionsKey, format_partitions(all.missing));
  }
  return all;
}

Result<Router::Messages> Router::gather_messages(const Call& call,
                                                 const Message& request,
                                                 const MessageLite& prototype,
                                                 LocalPart local) {
  if (call.forwarded()) return answer_part(call, prototype, local);
  const std::int64_t began_ms = clock_.monotonic_ms();
  Gathering gathering(*this, call, request, prototype, local);
  std::uint64_t seen = peers_.generation();
  ENCOURS_TRY(gathering.round());
  if (seen == 0) seen = peers_.generation();
  // A stale placement is the usual reason of a gap; whoever is named anew is asked once. After that
  // it is a partition that moves.
  for (int again = 0; !gathering.complete() && call.left_ms() > 0; ++again) {
    if (again > 0 && !wait_for_move(call, began_ms)) break;
    if (again > 0) gathering.forget_asked();
    if (!peers_.refresh(seen).ok()) break;
    seen = peers_.generation();
    ENCOURS_TRY(gathering.round());
  }
  if (gathering.nobody_answered()) {
    return error(Reaction::kRetry,
                 "partition_unanswered",
                 "No instance could answer in time. Ask again in a moment.");
  }
  return gathering.take_all();
}

}  // namespace encours::rpc
