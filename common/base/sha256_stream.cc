#include "common/base/sha256_stream.h"

#include <openssl/evp.h>

#include "common/base/check.h"
#include "common/base/hash.h"

namespace encours {
namespace {

EVP_MD_CTX* of(void* context) { return static_cast<EVP_MD_CTX*>(context); }

}  // namespace

void Sha256Stream::Free::operator()(void* context) const { EVP_MD_CTX_free(of(context)); }

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  ENCOURS_CHECK(context_ && EVP_DigestInit_ex(of(context_.get()), EVP_sha256(), nullptr) == 1,
                "OpenSSL offers SHA-256");
}

void Sha256Stream::add(std::string_view bytes) {
  ENCOURS_CHECK(EVP_DigestUpdate(of(context_.get()), bytes.data(), bytes.size()) == 1,
                "a digest takes any bytes");
}

std::string Sha256Stream::take() {
  Sha256 digest{};
  unsigned size = 0;
  ENCOURS_CHECK(
      EVP_DigestFinal_ex(of(context_.get()), digest.data(), &size) == 1 && size == digest.size(),
      "a digest ends with 32 bytes");
  return hex_lower(digest);
}

}  // namespace encours
