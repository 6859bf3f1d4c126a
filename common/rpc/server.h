// Server: the gRPC server of a process, with its limits, its TLS and its health.
//
// main adds the services, starts it, says when it is ready, and stops it on SIGTERM; signals are
// main's. Plaintext is served on the loopback only, unless a flag says otherwise. grpc.health.v1
// answers NOT_SERVING until set_ready(true). Each service added must be in the guard's access
// table. start() and stop() belong to one thread; set_ready() may come from any. Services and guard
// outlive the server.
#pragma once

#include <grpcpp/server.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/rpc/client.h"
#include "common/rpc/guard.h"

namespace encours::rpc {

struct ServerConfig {
  // Port 0 takes a free one.
  std::string listen_address = "127.0.0.1:0";
  // TLS where certificate_file is set; clients must show a certificate where ca_file is set.
  TlsFiles tls;
  // Plaintext on other addresses than the loopback.
  bool allow_plaintext = false;

  int max_receive_bytes = 4 * 1024 * 1024;
  int max_metadata_bytes = 16 * 1024;
  // Calls at a time on one connection.
  int max_concurrent_streams = 128;
  // Threads for calls; a call beyond them is answered RESOURCE_EXHAUSTED.
  int max_threads = 512;
  // A client that pings more often is cut off.
  int min_ping_interval_ms = 10'000;
  int keepalive_ms = 60'000;
  int keepalive_timeout_ms = 20'000;
  // Connections end now and then so that clients find new instances; streams get as long again.
  int max_connection_age_ms = 3'600'000;
};

class Server {
 public:
  Server(ServerConfig config, Guard& guard);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // server.add<AlertingService>(handlers)
  template <class Api>
  void add(typename Api::Service& service) {
    services_.emplace_back(Api::service_full_name(), &service);
  }

  Status start();
  // The port that is listened on; 0 before start().
  int port() const { return port_; }

  void set_ready(bool ready);

  // Takes no new call, asks streams to end, waits so long for what runs, then cancels it.
  void stop(std::int64_t grace_ms);

 private:
  Status check_services() const;

  ServerConfig config_;
  Guard& guard_;
  std::vector<std::pair<std::string, grpc::Service*>> services_;
  int port_ = 0;
  std::mutex mutex_;  // Health against stop().
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace encours::rpc
