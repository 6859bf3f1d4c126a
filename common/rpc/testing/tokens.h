// TestIssuer: an identity provider for tests, with real keys made by OpenSSL when it is made.
//
// It signs whatever it is told, also what no provider would sign. Its base64url and its DER reading
// are OpenSSL's, not ours, so that an error of the verifier isn't mirrored here. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace encours::rpc::testing {

inline constexpr const char* kIssuer = "https://idp.test";
inline constexpr const char* kAudience = "encours";

std::string base64url(std::string_view bytes);

enum class TestKeyKind { kEc, kRsa, kSmallRsa };

class TestKey {
 public:
  explicit TestKey(TestKeyKind kind);

  // This key's entry of a JWKS file.
  std::string jwk(const std::string& kid) const;
  // The signature over the bytes in the form that a JWS has it, not encoded.
  std::string sign(std::string_view bytes) const;
  // header "." payload "." signature, each encoded; both are JSON texts.
  std::string token(const std::string& header, const std::string& payload) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  TestKeyKind kind_;
  std::unique_ptr<evp_pkey_st, Free> key_;
};

// {"keys":[...]} of entries.
std::string jwks(const std::vector<std::string>& entries);

// Claims of kIssuer for kAudience as JSON; lists are JSON arrays, e.g. R"(["admin"])".
std::string claims(const std::string& subject,
                   const std::string& roles,
                   const std::string& tenants,
                   std::int64_t expires_at);

// One EC key "test", its JWKS file in a folder of its own, and tokens by it.
class TestIssuer {
 public:
  TestIssuer();
  ~TestIssuer();
  TestIssuer(const TestIssuer&) = delete;
  TestIssuer& operator=(const TestIssuer&) = delete;

  const std::string& folder() const { return folder_; }
  std::string jwks_file() const { return folder_ + "/jwks.json"; }
  std::string token(const std::string& subject,
                    const std::string& roles,
                    const std::string& tenants,
                    std::int64_t expires_at = 4'102'444'800) const;  // 2100-01-01

 private:
  std::string folder_;
  TestKey key_;
};

// Replaces a file as a whole, as a rotation does.
void write_file(const std::string& path, std::string_view content);

}  // namespace encours::rpc::testing
