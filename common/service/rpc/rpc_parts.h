// RpcParts: the gRPC side of a process: guard, router, command gate, server, and the adapters that
// tie them to Kafka and to the task board.
//
// Built in three steps because each needs the one before: make() (guard), connect() (router and
// gate, which need Kafka), serve() (handlers and server). Owned by the shell, one thread.
#pragma once

#include <memory>
#include <string>

#include "common/rpc/commands.h"
#include "common/rpc/guard.h"
#include "common/rpc/peers.h"
#include "common/rpc/server.h"
#include "common/service/rpc/runtime_service.h"
#include "common/service/service_shell.h"

namespace encours {

class RpcParts {
 public:
  static Result<std::unique_ptr<RpcParts>> make(const ServiceConfig& config,
                                                const stream::Topology& topology,
                                                std::vector<std::string> apis,
                                                stream::TaskBoard& board, Clock& clock,
                                                Metrics& metrics);
  ~RpcParts();

  Status connect(kafka::Appender& appender);
  Status serve(ServiceParts& parts, const ServiceSpec& spec);

  // Where other instances reach this one; known after serve() where the port was left free.
  std::string advertised_address() const;
  void set_ready(bool ready) { server_->set_ready(ready); }
  void stop(std::int64_t grace_ms);

  rpc::Guard& guard() { return *guard_; }
  rpc::Router& router() { return *router_; }
  rpc::CommandGate& commands() { return *gate_; }

 private:
  RpcParts(const ServiceConfig& config, const stream::Topology& topology, stream::TaskBoard& board,
           Clock& clock);

  const ServiceConfig& config_;
  const stream::Topology& topology_;
  stream::TaskBoard& board_;
  Clock& clock_;
  std::unique_ptr<rpc::TokenVerifier> verifier_;
  std::unique_ptr<rpc::Guard> guard_;
  std::unique_ptr<rpc::Placement> placement_;
  std::unique_ptr<rpc::Router> router_;
  std::unique_ptr<rpc::CommandLog> command_log_;
  std::unique_ptr<rpc::OutcomeBoard> outcomes_;
  std::unique_ptr<rpc::CommandGate> gate_;
  std::unique_ptr<RuntimeHandlers> runtime_;
  std::shared_ptr<void> handlers_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace encours
