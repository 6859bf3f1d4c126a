#include "common/service/rpc/rpc_parts.h"

#include "common/observe/log.h"
#include "common/stream/decode.h"
#include "common/stream/stage.h"
#include "common/stream/view.h"

namespace encours {
namespace {

// Owners by the placement, as this process last read it.
class BoardPlacement final : public rpc::Placement {
 public:
  explicit BoardPlacement(const stream::TaskBoard& board) : board_(board) {}

  Result<std::map<std::int32_t, std::string>> owners() override { return board_.owners(); }

 private:
  const stream::TaskBoard& board_;
};

class KafkaCommandLog final : public rpc::CommandLog {
 public:
  KafkaCommandLog(kafka::Appender& appender, std::string topic)
      : appender_(appender), topic_(std::move(topic)) {}

  Status append(const rpc::CommandRecord& record) override {
    stream::Outgoing out;
    out.topic = topic_;
    out.partition = record.partition;
    out.key = record.key;
    out.value = stream::Effects::serialise(record.command);
    if (!record.traceparent.empty()) out.headers.emplace_back("traceparent", record.traceparent);
    const auto appended = appender_.append_and_wait(std::move(out));
    if (!appended) return appended.failure();
    return {};
  }

 private:
  kafka::Appender& appender_;
  std::string topic_;
};

class BoardOutcomes final : public rpc::OutcomeBoard {
 public:
  explicit BoardOutcomes(stream::TaskBoard& board) : board_(board) {}

  bool owns(std::int32_t partition) override { return board_.runs(partition); }

  Result<std::optional<rpc::CommandOutcome>> find(std::int32_t partition,
                                                  const std::string& tenant,
                                                  const std::string& request_id) override {
    const auto snapshot = board_.snapshot(partition);
    if (!snapshot) {
      return error(Reaction::kRetry, "not_here", "The partition has moved to another instance.");
    }
    const auto bytes = snapshot->get(stream::outcome_key(tenant, request_id));
    ENCOURS_TRY(snapshot->status());
    if (!bytes) return std::optional<rpc::CommandOutcome>();
    return std::optional(stream::View::parse<rpc::CommandOutcome>(*bytes));
  }

  void expect(const std::string& tenant, const std::string& request_id) override {
    board_.expect(tenant, request_id);
  }
  std::optional<rpc::CommandOutcome> await(const std::string& tenant, const std::string& request_id,
                                           std::int64_t deadline_ms) override {
    return board_.await_outcome(tenant, request_id, deadline_ms);
  }

 private:
  stream::TaskBoard& board_;
};

// A planned move takes a few hundred milliseconds, a rebalance of the group about one second.
constexpr std::int64_t kMovePatienceMs = 2000;
// The placement is at hand.
constexpr std::int64_t kLookAtBoardMs = 10;
constexpr const char* kRuntimeApi = "encours.stream.v1alpha1.RuntimeService";

}  // namespace

RpcParts::RpcParts(const ServiceConfig& config, const stream::Topology& topology,
                   stream::TaskBoard& board, Clock& clock)
    : config_(config), topology_(topology), board_(board), clock_(clock) {}

RpcParts::~RpcParts() = default;

Result<std::unique_ptr<RpcParts>> RpcParts::make(const ServiceConfig& config,
                                                 const stream::Topology& topology,
                                                 std::vector<std::string> apis,
                                                 stream::TaskBoard& board, Clock& clock,
                                                 Metrics& metrics) {
  std::unique_ptr<RpcParts> parts(new RpcParts(config, topology, board, clock));
  apis.push_back(kRuntimeApi);
  ENCOURS_ASSIGN(rpc::AccessTable access, rpc::AccessTable::of(apis));
  rpc::IdentityConfig identity;
  identity.jwks_file = config.jwks_file;
  identity.issuer = config.token_issuer;
  identity.audience = config.token_audience;
  ENCOURS_ASSIGN(parts->verifier_, rpc::TokenVerifier::open(identity, clock));
  parts->guard_ =
      std::make_unique<rpc::Guard>(std::move(access), *parts->verifier_, clock, metrics);
  rpc::ServerConfig server;
  server.listen_address = config.grpc_listen_address;
  server.allow_plaintext = config.grpc_allow_plaintext;
  parts->server_ = std::make_unique<rpc::Server>(server, *parts->guard_);
  return parts;
}

Status RpcParts::connect(kafka::Appender& appender) {
  placement_ = std::make_unique<BoardPlacement>(board_);
  rpc::RouterConfig router;
  router.partitions = topology_.partitions;
  router.self_address = advertised_address();
  router.move_patience_ms = kMovePatienceMs;
  router.min_refresh_interval_ms = kLookAtBoardMs;
  router.channel.allow_plaintext = config_.grpc_allow_plaintext;
  router_ = std::make_unique<rpc::Router>(
      router,
      *placement_,
      [this](std::int32_t partition) { return board_.runs(partition); },
      clock_);
  command_log_ = std::make_unique<KafkaCommandLog>(appender, topology_.commands_topic());
  outcomes_ = std::make_unique<BoardOutcomes>(board_);
  rpc::CommandGateConfig gate;
  gate.partitions = topology_.partitions;
  gate_ = std::make_unique<rpc::CommandGate>(gate, *command_log_, *outcomes_, clock_);
  return {};
}

Status RpcParts::serve(ServiceParts& parts, const ServiceSpec& spec) {
  runtime_ = std::make_unique<RuntimeHandlers>(parts, spec.ledger_check);
  server_->add<encours::stream::v1alpha1::RuntimeService>(*runtime_);
  handlers_ = spec.add_handlers(parts, *server_);
  return server_->start();
}

std::string RpcParts::advertised_address() const {
  if (!config_.grpc_advertised_address.empty()) return config_.grpc_advertised_address;
  if (server_->port() == 0) return config_.grpc_listen_address;
  const auto colon = config_.grpc_listen_address.rfind(':');
  return config_.grpc_listen_address.substr(0, colon + 1) + std::to_string(server_->port());
}

void RpcParts::stop(std::int64_t grace_ms) {
  guard_->drain();
  server_->stop(grace_ms);
}

}  // namespace encours
