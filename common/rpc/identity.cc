#include "common/rpc/identity.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "common/rpc/base64url.h"

namespace encours::rpc {
namespace {

using nlohmann::json;

// Far above what an identity provider signs, far below what hurts to parse.
constexpr std::size_t kMaxTokenBytes = 8 * 1024;
constexpr std::size_t kMaxSubjectBytes = 255;
constexpr std::string_view kBearer = "bearer ";
constexpr double kLastSecond = 253'402'300'799.0;  // 9999-12-31T23:59:59Z.

Error token_refused() {
  return refused("token_refused", "", "The token is not valid here. Sign in again.");
}

struct TokenParts {
  std::string_view signed_bytes;  // header "." payload
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};

std::optional<TokenParts> split(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return TokenParts{token.substr(0, second),
                    token.substr(0, first),
                    token.substr(first + 1, second - first - 1),
                    token.substr(second + 1)};
}

std::optional<json> object_of(std::string_view encoded) {
  const auto bytes = base64url_decode(encoded);
  if (!bytes) return std::nullopt;
  json object = json::parse(*bytes, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  return object;
}

std::optional<std::string> text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// The strings of an array; nullopt where it holds anything else.
std::optional<std::set<std::string>> texts_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array()) return std::nullopt;
  std::set<std::string> texts;
  for (const json& entry : *found) {
    if (!entry.is_string()) return std::nullopt;
    texts.insert(entry.get<std::string>());
  }
  return texts;
}

// A NumericDate: seconds since 1970, possibly with decimals, which are dropped.
std::optional<Instant> instant_of(const json& number) {
  if (!number.is_number()) return std::nullopt;
  const double seconds = std::floor(number.get<double>());
  if (!(seconds >= 0 && seconds <= kLastSecond)) return std::nullopt;
  return Instant::from_unix_seconds(static_cast<std::int64_t>(seconds));
}

bool is_for(const json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_string()) return found->get<std::string>() == audience;
  const auto all = texts_of(claims, "aud");
  return all && all->count(audience) > 0;
}

Result<Instant> check_times(const json& claims, Instant now, Duration skew) {
  const auto named = claims.find("exp");
  const auto expires_at = named == claims.end() ? std::nullopt : instant_of(*named);
  if (!expires_at) return token_refused();
  if (const auto start = claims.find("nbf"); start != claims.end()) {
    const auto not_before = instant_of(*start);
    if (!not_before) return token_refused();
    if (now + skew < *not_before) {
      return refused("token_not_yet_valid", "", "The token is not valid yet.");
    }
  }
  if (*expires_at + skew <= now) {
    return refused("token_expired", "", "The token has expired. Sign in again.");
  }
  return *expires_at;
}

std::set<Role> roles_of(const std::set<std::string>& words) {
  std::set<Role> roles;
  const auto* names = encours::common::v1alpha1::Role_descriptor();
  for (int i = 0; i < names->value_count(); ++i) {
    const auto role = static_cast<Role>(names->value(i)->number());
    if (role != encours::common::v1alpha1::ROLE_UNSPECIFIED && words.count(role_word(role)) > 0) {
      roles.insert(role);
    }
  }
  return roles;
}

bool is_plain(const std::string& subject) {
  if (subject.empty() || subject.size() > kMaxSubjectBytes) return false;
  for (const char c : subject) {
    if (c <= ' ' || c > '~') return false;
  }
  return true;
}

Result<Caller> caller_of(const json& claims, Instant expires_at) {
  auto subject = text_of(claims, "sub");
  auto roles = texts_of(claims, "roles");
  auto tenants = texts_of(claims, "tenants");
  if (!subject || !is_plain(*subject) || !roles || !tenants) return token_refused();
  return Caller{std::move(*subject), roles_of(*roles), std::move(*tenants), expires_at};
}

}  // namespace

std::string role_word(Role role) {
  std::string word = encours::common::v1alpha1::Role_Name(role);
  constexpr std::string_view kPrefix = "ROLE_";
  if (word.rfind(kPrefix, 0) == 0) word.erase(0, kPrefix.size());
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

std::string Caller::actor() const {
  if (roles.count(encours::common::v1alpha1::ROLE_SERVICE) > 0) return "service:" + subject;
  const bool only_erp = roles == std::set<Role>{encours::common::v1alpha1::ROLE_ERP};
  return (only_erp ? "erp:" : "user:") + subject;
}

TokenVerifier::TokenVerifier(IdentityConfig config, Clock& clock, KeyFile::ProblemSink on_problem)
    : config_(std::move(config)), clock_(clock), keys_(config_.jwks_file, std::move(on_problem)) {}

Result<std::unique_ptr<TokenVerifier>> TokenVerifier::open(IdentityConfig config,
                                                           Clock& clock,
                                                           KeyFile::ProblemSink on_problem) {
  if (config.issuer.empty()) return refused("missing_setting", "issuer", "No issuer is set.");
  if (config.audience.empty()) return refused("missing_setting", "audience", "No audience is set.");
  std::unique_ptr<TokenVerifier> verifier(
      new TokenVerifier(std::move(config), clock, std::move(on_problem)));
  ENCOURS_TRY(verifier->keys_.load());
  return verifier;
}

Result<Caller> TokenVerifier::verify_header(std::string_view header) {
  if (header.empty()) {
    return refused("token_missing", "", "The call has no token (metadata \"authorization\").");
  }
  if (header.size() <= kBearer.size()) return token_refused();
  for (std::size_t i = 0; i < kBearer.size(); ++i) {
    const char c = header[i];  // The scheme's name is read in any case (RFC 9110 section 11.1).
    if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != kBearer[i]) return token_refused();
  }
  return verify(header.substr(kBearer.size()));
}

Status TokenVerifier::check_signature(std::string_view token) {
  const auto parts = split(token);
  if (!parts) return token_refused();
  const auto header = object_of(parts->header);
  if (!header || header->contains("crit")) return token_refused();
  const auto name = text_of(*header, "alg");
  const auto kid = text_of(*header, "kid");
  const auto algorithm = name ? algorithm_of(*name) : std::nullopt;
  if (!kid || !algorithm || config_.algorithms.count(*algorithm) == 0) return token_refused();
  const auto keys = keys_.current();
  const VerifyKey* key = keys->find(*kid);
  // The key says which algorithm it is for; the token may only agree.
  if (!key || key->algorithm() != *algorithm) return token_refused();
  const auto signature = base64url_decode(parts->signature);
  if (!signature || !key->verifies(parts->signed_bytes, *signature)) return token_refused();
  return {};
}

Result<Caller> TokenVerifier::verify(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return token_refused();
  ENCOURS_TRY(check_signature(token));
  const auto claims = object_of(split(token)->payload);
  if (!claims || text_of(*claims, "iss") != config_.issuer || !is_for(*claims, config_.audience)) {
    return token_refused();
  }
  ENCOURS_ASSIGN(const Instant expires_at, check_times(*claims, clock_.now(), skew()));
  return caller_of(*claims, expires_at);
}

}  // namespace encours::rpc
