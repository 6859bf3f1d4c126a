#include "common/rpc/testing/test_server.h"

#include "common/base/check.h"

namespace encours::rpc::testing {

TestServer::TestServer(const std::vector<std::string>& services,
                       GuardConfig config,
                       std::shared_ptr<const TestIssuer> issuer)
    : issuer_(std::move(issuer)) {
  IdentityConfig identity;
  identity.jwks_file = issuer_->jwks_file();
  identity.issuer = kIssuer;
  identity.audience = kAudience;
  verifier_ = TokenVerifier::open(std::move(identity), clock_).value();
  guard_ = std::make_unique<Guard>(AccessTable::of(services).value(),
                                   *verifier_,
                                   clock_,
                                   metrics_,
                                   config,
                                   [this](const CallLine& line) {
                                     const std::lock_guard lock(mutex_);
                                     lines_.push_back(line);
                                   });
  server_ = std::make_unique<Server>(ServerConfig(), *guard_);
}

TestServer::~TestServer() { server_->stop(0); }

void TestServer::start() {
  const Status started = server_->start();
  ENCOURS_CHECK(started.ok(), "the test's server did not start");
}

std::string TestServer::address() const { return "127.0.0.1:" + std::to_string(server_->port()); }

std::shared_ptr<grpc::Channel> TestServer::channel() const {
  ChannelConfig config;
  config.address = address();
  return open_channel(config).value();
}

std::vector<CallLine> TestServer::lines() {
  const std::lock_guard lock(mutex_);
  return lines_;
}

void Meeting::pass() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
}

void set_token(grpc::ClientContext* context, const std::string& token) {
  context->AddMetadata(kAuthorizationKey, "Bearer " + token);
}

}  // namespace encours::rpc::testing
