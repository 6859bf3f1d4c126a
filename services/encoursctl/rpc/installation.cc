#include "services/encoursctl/rpc/installation.h"

#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "common/rpc/client.h"
#include "common/rpc/status.h"
#include "encours/stream/v1alpha1/runtime_service.pb.h"
#include "services/encoursctl/rpc/method.h"
#include "services/encoursctl/rpc/prepare.h"

namespace encours::ctl {
namespace {

namespace runtime = encours::stream::v1alpha1;
using google::protobuf::MessageLite;
using grpc::StatusCode;

constexpr std::int64_t kStopPollMs = 50;
// An aged balance of 10,000 rows, or a dead letter with its original.
constexpr int kMaxReceiveBytes = 64 * 1024 * 1024;

// Cancels a stream soon after `stop` says so; ends with it.
std::jthread watch_stop(const Installation::StopFunction& stop,
                        grpc::ClientContext* context,
                        Clock& clock) {
  if (!stop) return {};
  return std::jthread([&stop, context, &clock](std::stop_token ended) {
    while (!stop()) {
      if (!clock.sleep_for(kStopPollMs, ended)) return;
    }
    context->TryCancel();
  });
}

bool says_nothing_of_peers(const Error& failure) {
  const StatusCode code = rpc::status_code_of(failure);
  return code == StatusCode::UNIMPLEMENTED || code == StatusCode::PERMISSION_DENIED ||
         code == StatusCode::NOT_FOUND;
}

Error no_instance(const std::string& service) {
  return error(Reaction::kRetry,
               "no_instance",
               service.empty() ? std::string("No server of Encours is running.")
                               : "No instance of " + service + " is running.");
}

}  // namespace

bool worth_another_try(const Error& failure) {
  if (failure.code == "no_instance" || failure.code.rfind("too_many_", 0) == 0) return true;
  return rpc::status_code_of(failure) == StatusCode::UNAVAILABLE;
}

Error failure_of_write(Error failure) {
  if (rpc::status_code_of(failure) != StatusCode::DEADLINE_EXCEEDED) return failure;
  failure.reaction = Reaction::kRetry;
  failure.code = "outcome_unknown";
  return failure;
}

Installation::Installation(InstallationConfig config, Clock& clock)
    : config_(std::move(config)), clock_(clock), instances_(config_.instances) {}

Installation::~Installation() = default;

Result<std::unique_ptr<Installation>> Installation::open(InstallationConfig config, Clock& clock) {
  std::unique_ptr<Installation> made(new Installation(std::move(config), clock));
  // A wrong address or token file is told before anything else is tried.
  if (made->instances_.empty()) ENCOURS_TRY(made->client(made->config_.seed));
  return made;
}

Result<rpc::Client*> Installation::client(const std::string& address) {
  auto& client = clients_[address];
  if (!client) {
    rpc::ChannelConfig channel;
    channel.address = address;
    channel.tls.ca_file = config_.ca_file;
    channel.max_receive_bytes = kMaxReceiveBytes;
    ENCOURS_ASSIGN(client, rpc::Client::open(channel, config_.token_file));
  }
  return client.get();
}

Status Installation::discover() {
  const auto answer = ask_at<runtime::ListEndpointsResponse>(
      config_.seed, runtime::ListEndpointsRequest(), config_.patience.attempt_ms);
  if (!answer) {
    // A gateway, or a caller who may not know: then that address answers for all.
    if (!says_nothing_of_peers(answer.failure())) return answer.failure();
    instances_ = {{"", config_.seed}};
    return {};
  }
  std::set<std::string> seen;  // An instance is a group member once per runner.
  for (const auto& endpoint : answer->endpoints()) {
    if (endpoint.address().empty() || !seen.insert(endpoint.address()).second) continue;
    instances_.push_back({endpoint.service(), endpoint.address()});
  }
  return {};
}

Result<std::vector<Instance>> Installation::instances(const std::string& service) {
  if (instances_.empty()) ENCOURS_TRY(discover());
  std::vector<Instance> found;
  for (const auto& instance : instances_) {
    if (service.empty() || instance.service.empty() || instance.service == service) {
      found.push_back(instance);
    }
  }
  if (found.empty()) return no_instance(service);
  return found;
}

void Installation::forget_instances() {
  if (config_.instances.empty()) instances_.clear();
}

Status Installation::round(const std::string& service,
                           const std::function<Status(const std::string&)>& attempt) {
  ENCOURS_ASSIGN(auto found, instances(service));
  const auto good = std::find_if(found.begin(), found.end(), [&](const Instance& one) {
    return one.address == last_good_[service];
  });
  if (good != found.end()) std::rotate(found.begin(), good, found.end());
  Status last = no_instance(service);
  for (const auto& instance : found) {
    last = attempt(instance.address);
    if (last) {
      last_good_[service] = instance.address;
      return last;
    }
    if (!worth_another_try(last.failure())) return last;
  }
  return last;
}

Status Installation::on_any(const std::string& service,
                            std::int64_t patience_ms,
                            const std::function<Status(const std::string&)>& attempt) {
  const std::int64_t deadline_ms = clock_.monotonic_ms() + patience_ms;
  std::int64_t pause_ms = config_.patience.min_pause_ms;
  for (;;) {
    const Status last = round(service, attempt);
    if (last || !worth_another_try(last.failure())) return last;
    if (clock_.monotonic_ms() + pause_ms >= deadline_ms) return last;
    if (config_.on_wait) {
      config_.on_wait("waiting for " + (service.empty() ? std::string("a server") : service) +
                      ": " + last.failure().message);
    }
    clock_.sleep_for(pause_ms);
    pause_ms = std::min(pause_ms * 2, config_.patience.max_pause_ms);
    forget_instances();
  }
}

Status Installation::call(const Message& request, Message* response) {
  const RequestedMethod method = method_of(*request.GetDescriptor());
  const Patience& patience = config_.patience;
  const std::int64_t patience_ms = method.writes ? patience.write_ms : patience.read_ms;
  return on_any(method.service, patience_ms, [&](const std::string& address) -> Status {
    const Status outcome = call_at(address, request, response, patience.attempt_ms);
    if (outcome || !method.writes) return outcome;
    return failure_of_write(outcome.failure());
  });
}

Status Installation::call_at(const std::string& address,
                             const Message& request,
                             Message* response,
                             std::int64_t timeout_ms) {
  ENCOURS_ASSIGN(rpc::Client * client, this->client(address));
  const RequestedMethod method = method_of(*request.GetDescriptor());
  grpc::ClientContext context;
  ENCOURS_TRY(prepare_call(*client, &context, timeout_ms));
  const grpc::internal::RpcMethod rpc_method(method.path.c_str(),
                                             grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall<MessageLite, MessageLite, MessageLite, MessageLite>(
          client->channel().get(), rpc_method, &context, request, response);
  if (!status.ok()) return rpc::from_grpc(status, context);
  return {};
}

Status Installation::read_stream(const std::string& address,
                                 const Message& request,
                                 Message* response,
                                 const std::function<Status()>& on_message,
                                 const StopFunction& stop) {
  ENCOURS_ASSIGN(rpc::Client * client, this->client(address));
  const RequestedMethod method = method_of(*request.GetDescriptor());
  grpc::ClientContext context;
  ENCOURS_TRY(prepare_call(*client, &context, 0));
  const grpc::internal::RpcMethod rpc_method(method.path.c_str(),
                                             grpc::internal::RpcMethod::SERVER_STREAMING);
  const std::unique_ptr<grpc::ClientReader<MessageLite>> reader(
      grpc::internal::ClientReaderFactory<MessageLite>::Create<MessageLite>(
          client->channel().get(), rpc_method, &context, request));
  const std::jthread watch = watch_stop(stop, &context, clock_);
  Status handled;
  while (handled && reader->Read(response)) {
    handled = on_message();
    if (!handled) context.TryCancel();
  }
  const grpc::Status status = reader->Finish();
  ENCOURS_TRY(std::move(handled));
  if (!status.ok()) return rpc::from_grpc(status, context);
  return {};
}

}  // namespace encours::ctl
