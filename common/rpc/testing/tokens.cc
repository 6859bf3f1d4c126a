#include "common/rpc/testing/tokens.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "common/base/check.h"

namespace encours::rpc::testing {
namespace {

std::string number_member(evp_pkey_st* key, const char* name, int min_bytes) {
  BIGNUM* number = nullptr;
  ENCOURS_CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1, "the key has no such number");
  const int size = std::max(min_bytes, BN_num_bytes(number));
  std::string bytes(static_cast<std::size_t>(size), '\0');
  ENCOURS_CHECK(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size) == size,
                "BN_bn2binpad");
  BN_free(number);
  return base64url(bytes);
}

// DER of SEQUENCE { INTEGER, INTEGER } to two numbers of 32 bytes.
std::string two_numbers(const std::string& der) {
  const auto* from = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size()));
  ENCOURS_CHECK(signature != nullptr, "d2i_ECDSA_SIG");
  std::string both(64, '\0');
  auto* to = reinterpret_cast<unsigned char*>(both.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), to, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), to + 32, 32);
  ECDSA_SIG_free(signature);
  return both;
}

evp_pkey_st* new_key(TestKeyKind kind) {
  if (kind == TestKeyKind::kEc) return EVP_EC_gen("P-256");
  return EVP_RSA_gen(kind == TestKeyKind::kRsa ? 2048 : 1024);
}

}  // namespace

std::string base64url(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

void TestKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

TestKey::TestKey(TestKeyKind kind) : kind_(kind), key_(new_key(kind)) {
  ENCOURS_CHECK(key_ != nullptr, "OpenSSL made no key");
}

std::string TestKey::jwk(const std::string& kid) const {
  if (kind_ == TestKeyKind::kEc) {
    return R"({"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":")" + kid + R"(","x":")" +
           number_member(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32) + R"(","y":")" +
           number_member(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32) + "\"}";
  }
  return R"({"kty":"RSA","alg":"RS256","use":"sig","kid":")" + kid + R"(","n":")" +
         number_member(key_.get(), OSSL_PKEY_PARAM_RSA_N, 1) + R"(","e":")" +
         number_member(key_.get(), OSSL_PKEY_PARAM_RSA_E, 1) + "\"}";
}

std::string TestKey::sign(std::string_view bytes) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string signature(1024, '\0');
  std::size_t size = signature.size();
  const bool good = EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                    EVP_DigestSign(context,
                                   reinterpret_cast<unsigned char*>(signature.data()),
                                   &size,
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   bytes.size()) == 1;
  EVP_MD_CTX_free(context);
  ENCOURS_CHECK(good, "OpenSSL did not sign");
  signature.resize(size);
  return kind_ == TestKeyKind::kEc ? two_numbers(signature) : signature;
}

std::string TestKey::token(const std::string& header, const std::string& payload) const {
  const std::string signed_bytes = base64url(header) + "." + base64url(payload);
  return signed_bytes + "." + base64url(sign(signed_bytes));
}

std::string jwks(const std::vector<std::string>& entries) {
  std::string text = R"({"keys":[)";
  for (std::size_t i = 0; i < entries.size(); ++i) text += (i == 0 ? "" : ",") + entries[i];
  return text + "]}";
}

std::string claims(const std::string& subject,
                   const std::string& roles,
                   const std::string& tenants,
                   std::int64_t expires_at) {
  return std::string(R"({"iss":")") + kIssuer + R"(","aud":")" + kAudience + R"(","sub":")" +
         subject + R"(","roles":)" + roles + R"(,"tenants":)" + tenants + R"(,"exp":)" +
         std::to_string(expires_at) + "}";
}

TestIssuer::TestIssuer() : key_(TestKeyKind::kEc) {
  std::string pattern = (std::filesystem::temp_directory_path() / "encours-rpc-XXXXXX").string();
  ENCOURS_CHECK(::mkdtemp(pattern.data()) != nullptr, "no folder for the test");
  folder_ = pattern;
  write_file(jwks_file(), jwks({key_.jwk("test")}));
}

TestIssuer::~TestIssuer() {
  std::error_code ignored;  // A folder left behind in /tmp fails no test.
  std::filesystem::remove_all(folder_, ignored);
}

std::string TestIssuer::token(const std::string& subject,
                              const std::string& roles,
                              const std::string& tenants,
                              std::int64_t expires_at) const {
  return key_.token(R"({"alg":"ES256","typ":"JWT","kid":"test"})",
                    claims(subject, roles, tenants, expires_at));
}

void write_file(const std::string& path, std::string_view content) {
  const std::string next = path + ".new";
  {
    std::ofstream file(next, std::ios::binary | std::ios::trunc);
    file << content;
    ENCOURS_CHECK(file.good(), "a test file can't be written");
  }
  ENCOURS_CHECK(std::rename(next.c_str(), path.c_str()) == 0, "a test file can't be renamed");
}

}  // namespace encours::rpc::testing
