// Who calls: a Caller read from a signed token (JWT, RFC 7519), and the verifier that reads it.
//
// A token counts only if its algorithm is on the list, its key is found by `kid` and is of that
// algorithm, the signature fits, issuer and audience are ours, and now lies between `nbf` and
// `exp`, 60 s of skew given. What is wrong is told to the caller in one of four stable codes
// (token_missing, token_refused, token_expired, token_not_yet_valid) and no closer. Roles that this
// build doesn't know give no right. The verifier is made once and used from any thread; key file
// and clock belong to the process.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/rpc/jwks.h"
#include "common/time/clock.h"
#include "encours/common/v1alpha1/access.pb.h"

namespace encours::rpc {

using Role = encours::common::v1alpha1::Role;

inline constexpr std::string_view kAllTenants = "*";

struct Caller {
  std::string subject;
  std::set<Role> roles;
  // Tenants that the token is for; "*" stands for all of them.
  std::set<std::string> tenants;
  Instant expires_at;

  bool sees_all_tenants() const { return tenants.count(std::string(kAllTenants)) > 0; }
  bool may_see(const std::string& tenant) const {
    return sees_all_tenants() || tenants.count(tenant) > 0;
  }
  // As envelopes name it: "user:<subject>", "service:<subject>" or "erp:<subject>".
  std::string actor() const;
};

// "admin" for ROLE_ADMIN: the word that tokens use.
std::string role_word(Role role);

struct IdentityConfig {
  std::string jwks_file;
  std::string issuer;
  std::string audience;
  std::set<TokenAlgorithm> algorithms = {TokenAlgorithm::kEs256, TokenAlgorithm::kRs256};
  std::int64_t skew_seconds = 60;
};

class TokenVerifier {
 public:
  // `on_problem` hears of a key file that became unreadable while we run; may be empty.
  static Result<std::unique_ptr<TokenVerifier>> open(IdentityConfig config,
                                                     Clock& clock,
                                                     KeyFile::ProblemSink on_problem = {});

  // `header` is the value of the metadata "authorization": "Bearer " and the token.
  Result<Caller> verify_header(std::string_view header);
  Result<Caller> verify(std::string_view token);

  // A token counts so long behind its end.
  Duration skew() const { return std::chrono::seconds(config_.skew_seconds); }

 private:
  TokenVerifier(IdentityConfig config, Clock& clock, KeyFile::ProblemSink on_problem);
  Status check_signature(std::string_view token);

  IdentityConfig config_;
  Clock& clock_;
  KeyFile keys_;
};

}  // namespace encours::rpc
