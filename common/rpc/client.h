// Channels to our servers, and the credentials that each call carries.
//
// A channel is TLS by the files named, or plaintext: that only to the loopback unless a flag says
// otherwise, because every call carries a token. The token is read from a file and read again when
// the file changes. gRPC refuses call credentials on plaintext channels, so the token travels as
// the metadata "authorization" on both kinds. Client is made once and used from any thread.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "common/base/result.h"
#include "common/rpc/status.h"
#include "common/rpc/watched_file.h"

namespace encours::rpc {

// PEM files. For a client ca_file names whom it trusts; certificate and key show who it is (mTLS).
struct TlsFiles {
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
};

struct ChannelConfig {
  // "host:port"
  std::string address;
  // Plaintext where ca_file is empty.
  TlsFiles tls;
  // The name that the server's certificate must have; empty: that of the address.
  std::string tls_name;
  bool allow_plaintext = false;
  int max_receive_bytes = 16 * 1024 * 1024;
};

// A channel that connects when it is first used, and again whenever the connection is lost.
Result<std::shared_ptr<grpc::Channel>> open_channel(const ChannelConfig& config);

// The token of a file, without blanks around it.
class TokenFile {
 public:
  explicit TokenFile(std::string path);

  Result<std::string> token();

 private:
  std::mutex mutex_;
  WatchedFile file_;
  std::string token_;
};

class Client {
 public:
  // `token_file` may be empty: calls then carry no token.
  static Result<std::unique_ptr<Client>> open(const ChannelConfig& config, std::string token_file);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // Gives a call its token, a trace of its own and its deadline; 0 means none (streams).
  Status prepare(grpc::ClientContext* context, std::int64_t timeout_ms);

  // client.unary(*stub, &AlertingService::Stub::ListAlerts, request, 5'000)
  template <class Stub, class Request, class Response>
  Result<Response> unary(Stub& stub,
                         grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                      const Request&,
                                                      Response*),
                         const Request& request,
                         std::int64_t timeout_ms) {
    grpc::ClientContext context;
    ENCOURS_TRY(prepare(&context, timeout_ms));
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return from_grpc(status, context);
    return response;
  }

 private:
  Client(std::shared_ptr<grpc::Channel> channel, std::unique_ptr<TokenFile> token);

  // Shared by gRPC's own contract: stubs keep it.
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<TokenFile> token_;
};

}  // namespace encours::rpc
