#include "common/rpc/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "common/observe/trace.h"
#include "common/rpc/address.h"
#include "common/rpc/deadline.h"
#include "common/rpc/guard.h"

namespace encours::rpc {
namespace {

constexpr std::size_t kMaxPemBytes = 1024 * 1024;
constexpr std::size_t kMaxTokenBytes = 16 * 1024;
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
// An instance that was restarted is found again within seconds; gRPC's own limit is two minutes.
constexpr int kFirstBackoffMs = 100;
constexpr int kMaxBackoffMs = 2'000;

Result<std::string> optional_file(const std::string& path) {
  if (path.empty()) return std::string();
  return read_small_file(path, kMaxPemBytes);
}

Result<std::shared_ptr<grpc::ChannelCredentials>> credentials_of(const ChannelConfig& config) {
  if (config.tls.ca_file.empty()) {
    if (!config.allow_plaintext && !is_loopback(config.address)) {
      return refused("plaintext_refused",
                     "address",
                     config.address + " is not on this machine, so TLS is needed (ca_file).");
    }
    return grpc::InsecureChannelCredentials();
  }
  grpc::SslCredentialsOptions options;
  ENCOURS_ASSIGN(options.pem_root_certs, optional_file(config.tls.ca_file));
  ENCOURS_ASSIGN(options.pem_cert_chain, optional_file(config.tls.certificate_file));
  ENCOURS_ASSIGN(options.pem_private_key, optional_file(config.tls.key_file));
  return grpc::SslCredentials(options);
}

std::string trimmed(const std::string& text) {
  constexpr const char* kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_token_text(const std::string& token) {
  for (const char c : token) {
    if (c <= ' ' || c > '~') return false;
  }
  return !token.empty();
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> open_channel(const ChannelConfig& config) {
  if (config.address.empty()) return refused("missing_setting", "address", "No address is set.");
  ENCOURS_ASSIGN(const auto credentials, credentials_of(config));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(config.max_receive_bytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstBackoffMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kFirstBackoffMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxBackoffMs);
  // A connection of its own: what one channel provokes doesn't close the other's.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // Neither a proxy of the environment nor a DNS record decides where our calls go.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  if (!config.tls_name.empty()) arguments.SetSslTargetNameOverride(config.tls_name);
  return grpc::CreateCustomChannel(config.address, credentials, arguments);
}

TokenFile::TokenFile(std::string path) : file_(std::move(path), kMaxTokenBytes) {}

Result<std::string> TokenFile::token() {
  const std::lock_guard lock(mutex_);
  ENCOURS_ASSIGN(const auto content, file_.changed());
  if (content) token_ = trimmed(*content);
  if (!is_token_text(token_)) {
    return refused("invalid_token_file", "token_file", file_.path() + " holds no token.");
  }
  return token_;
}

Client::Client(std::shared_ptr<grpc::Channel> channel, std::unique_ptr<TokenFile> token)
    : channel_(std::move(channel)), token_(std::move(token)) {}

Result<std::unique_ptr<Client>> Client::open(const ChannelConfig& config, std::string token_file) {
  ENCOURS_ASSIGN(auto channel, open_channel(config));
  std::unique_ptr<TokenFile> token;
  if (!token_file.empty()) token = std::make_unique<TokenFile>(std::move(token_file));
  return std::unique_ptr<Client>(new Client(std::move(channel), std::move(token)));
}

Status Client::prepare(grpc::ClientContext* context, std::int64_t timeout_ms) {
  if (timeout_ms > 0) context->set_deadline(deadline_in(timeout_ms));
  context->AddMetadata(kTraceparentKey, TraceContext::start().to_string());
  if (!token_) return {};
  ENCOURS_ASSIGN(const std::string token, token_->token());
  context->AddMetadata(kAuthorizationKey, "Bearer " + token);
  return {};
}

}  // namespace encours::rpc
