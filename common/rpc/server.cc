#include "common/rpc/server.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#ifdef ENCOURS_REFLECTION
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#endif

#include "common/base/check.h"
#include "common/rpc/address.h"

namespace encours::rpc {
namespace {

constexpr std::size_t kMaxPemBytes = 1024 * 1024;

Result<std::shared_ptr<grpc::ServerCredentials>> credentials_of(const ServerConfig& config) {
  if (config.tls.certificate_file.empty()) {
    if (!config.allow_plaintext && !is_loopback(config.listen_address)) {
      return refused("plaintext_refused",
                     "listen_address",
                     config.listen_address + " is not the loopback, so TLS is needed: set a " +
                         "certificate, or allow plaintext on a closed network.");
    }
    return grpc::InsecureServerCredentials();
  }
  grpc::SslServerCredentialsOptions::PemKeyCertPair own;
  ENCOURS_ASSIGN(own.cert_chain, read_small_file(config.tls.certificate_file, kMaxPemBytes));
  ENCOURS_ASSIGN(own.private_key, read_small_file(config.tls.key_file, kMaxPemBytes));
  const bool mutual = !config.tls.ca_file.empty();
  grpc::SslServerCredentialsOptions options(
      mutual ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
             : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  options.pem_key_cert_pairs.push_back(std::move(own));
  if (mutual) {
    ENCOURS_ASSIGN(options.pem_root_certs, read_small_file(config.tls.ca_file, kMaxPemBytes));
  }
  return grpc::SslServerCredentials(options);
}

void set_limits(const ServerConfig& config, grpc::ServerBuilder* builder) {
  grpc::ResourceQuota quota("encours");
  quota.SetMaxThreads(config.max_threads);
  builder->SetResourceQuota(quota);
  builder->SetMaxReceiveMessageSize(config.max_receive_bytes);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, config.max_metadata_bytes);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, config.max_concurrent_streams);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              config.min_ping_interval_ms);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, config.keepalive_ms);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, config.keepalive_timeout_ms);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, config.max_connection_age_ms);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, config.max_connection_age_ms);
  // Else two processes may listen on one port, and each gets half of the calls.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// Both are process-wide switches of gRPC that are read when a server is built.
void enable_plugins() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
#ifdef ENCOURS_REFLECTION
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
#endif
  });
}

}  // namespace

Server::Server(ServerConfig config, Guard& guard) : config_(std::move(config)), guard_(guard) {}

Server::~Server() { stop(0); }

Status Server::check_services() const {
  // gRPC answers nothing at all where the health service is the only one.
  if (services_.empty()) return fatal("no_service", "The server offers no service.");
  for (const auto& [name, service] : services_) {
    if (guard_.access().services().count(name) == 0) {
      return fatal("service_without_rules", name + " is not in the guard's access table.");
    }
  }
  return {};
}

Status Server::start() {
  ENCOURS_CHECK(server_ == nullptr, "start() of a server that runs");
  ENCOURS_TRY(check_services());
  ENCOURS_ASSIGN(const auto credentials, credentials_of(config_));
  enable_plugins();
  grpc::ServerBuilder builder;
  set_limits(config_, &builder);
  builder.AddListeningPort(config_.listen_address, credentials, &port_);
  for (const auto& [name, service] : services_) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> built = builder.BuildAndStart();
  if (!built || port_ == 0) {
    return fatal("cannot_listen",
                 "gRPC can't listen on " + config_.listen_address +
                     ": the port is taken, or a certificate is no good.");
  }
  const std::lock_guard lock(mutex_);
  server_ = std::move(built);
  server_->GetHealthCheckService()->SetServingStatus(false);
  return {};
}

void Server::set_ready(bool ready) {
  const std::lock_guard lock(mutex_);
  if (server_) server_->GetHealthCheckService()->SetServingStatus(ready);
}

void Server::stop(std::int64_t grace_ms) {
  set_ready(false);
  guard_.drain();
  std::unique_ptr<grpc::Server> going;
  {
    const std::lock_guard lock(mutex_);
    going = std::move(server_);
  }
  if (!going) return;
  going->Shutdown(deadline_in(grace_ms));
  going->Wait();
}

}  // namespace encours::rpc
