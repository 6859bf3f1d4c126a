#include "common/rpc/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "common/base/check.h"
#include "common/rpc/base64url.h"

namespace encours::rpc {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxFileBytes = 1024 * 1024;
constexpr std::size_t kCoordinateBytes = 32;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;

template <auto free_function>
struct FreeBy {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};
using BigNumber = std::unique_ptr<BIGNUM, FreeBy<BN_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeBy<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeBy<ECDSA_SIG_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

BigNumber number_of(std::string_view big_endian) {
  return BigNumber(BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

// A string member; nullopt where it is absent or something else.
std::optional<std::string> text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::string> bytes_member(const json& object, const char* name) {
  const auto text = text_of(object, name);
  return text ? base64url_decode(*text) : std::nullopt;
}

Key key_from(const char* kind, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  Key owned(key);
  // Refuses a point that is not on the curve and an exponent that is none.
  const KeyContext checker(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return checker && EVP_PKEY_public_check(checker.get()) == 1 ? std::move(owned) : nullptr;
}

Key ec_key(const json& entry) {
  const auto x = bytes_member(entry, "x");
  const auto y = bytes_member(entry, "y");
  if (!x || !y || x->size() != kCoordinateBytes || y->size() != kCoordinateBytes) return nullptr;
  const std::string point = '\x04' + *x + *y;
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(
          builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  return key_from("EC", builder.get());
}

Key rsa_key(const json& entry) {
  const auto modulus = bytes_member(entry, "n");
  const auto exponent = bytes_member(entry, "e");
  if (!modulus || !exponent || modulus->size() > kMaxRsaBits / 8) return nullptr;
  const BigNumber n = number_of(*modulus);
  const BigNumber e = number_of(*exponent);
  if (!n || !e || BN_num_bits(n.get()) < kMinRsaBits) return nullptr;
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return key_from("RSA", builder.get());
}

// A JWS has the two numbers side by side where OpenSSL wants them in DER.
std::string der_of(std::string_view signature) {
  const EcdsaSignature both(ECDSA_SIG_new());
  BigNumber r = number_of(signature.substr(0, kCoordinateBytes));
  BigNumber s = number_of(signature.substr(kCoordinateBytes));
  if (!both || !r || !s || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());  // ECDSA_SIG_set0 has taken both.
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(both.get(), &der);
  if (size <= 0) return {};
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

Error refused_keys(std::string message) {
  return refused("invalid_jwks", "keys", std::move(message));
}

// True for an entry that is meant for something else than signatures of a kind that we know.
bool is_foreign(const json& entry) {
  const auto use = text_of(entry, "use");
  if (use && *use != "sig") return true;
  const auto kind = text_of(entry, "kty");
  if (kind == "EC") return text_of(entry, "crv") != "P-256";
  return kind != "RSA";
}

}  // namespace

std::optional<TokenAlgorithm> algorithm_of(std::string_view name) {
  if (name == "ES256") return TokenAlgorithm::kEs256;
  if (name == "RS256") return TokenAlgorithm::kRs256;
  return std::nullopt;
}

void VerifyKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

VerifyKey::VerifyKey(TokenAlgorithm algorithm, evp_pkey_st* key)
    : algorithm_(algorithm), key_(key) {
  ENCOURS_CHECK(key_ != nullptr, "a VerifyKey without a key");
}

bool VerifyKey::verifies(std::string_view signed_bytes, std::string_view signature) const {
  std::string der;
  if (algorithm_ == TokenAlgorithm::kEs256) {
    if (signature.size() != 2 * kCoordinateBytes) return false;
    der = der_of(signature);
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  const bool good =
      context &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(),
                       bytes_of(signature),
                       signature.size(),
                       bytes_of(signed_bytes),
                       signed_bytes.size()) == 1;
  // TLS on this thread would take a left-over error of this queue for its own.
  ERR_clear_error();
  return good;
}

Result<KeySet> KeySet::parse(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array()) {
    return refused_keys("The file is no JSON object with an array named \"keys\".");
  }
  KeySet set;
  for (const json& entry : document["keys"]) {
    if (!entry.is_object()) return refused_keys("A key is no JSON object.");
    if (is_foreign(entry)) continue;
    const auto kid = text_of(entry, "kid");
    if (!kid || kid->empty()) return refused_keys("A key has no \"kid\" to choose it by.");
    const bool elliptic = text_of(entry, "kty") == "EC";
    const auto algorithm = elliptic ? TokenAlgorithm::kEs256 : TokenAlgorithm::kRs256;
    const auto named = text_of(entry, "alg");
    if (named && algorithm_of(*named) != algorithm) continue;  // Another use of the same kind.
    if (set.find(*kid)) return refused_keys("Two keys have the kid \"" + *kid + "\".");
    Key key = elliptic ? ec_key(entry) : rsa_key(entry);
    ERR_clear_error();
    if (!key) {
      return refused_keys("The key \"" + *kid + "\" is broken or weaker than 2,048 bits of RSA.");
    }
    set.keys_.try_emplace(*kid, algorithm, key.release());
  }
  if (set.keys_.empty()) {
    return refused_keys("No key is an EC P-256 or RSA key for signatures.");
  }
  return set;
}

const VerifyKey* KeySet::find(const std::string& kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

KeyFile::KeyFile(std::string path, ProblemSink on_problem)
    : on_problem_(std::move(on_problem)), file_(std::move(path), kMaxFileBytes) {}

Status KeyFile::load() {
  const std::lock_guard lock(mutex_);
  return reload();
}

Status KeyFile::reload() {
  ENCOURS_ASSIGN(const std::optional<std::string> content, file_.changed());
  if (!content) return {};
  ENCOURS_ASSIGN(KeySet keys, KeySet::parse(*content));
  keys_ = std::make_shared<const KeySet>(std::move(keys));
  return {};
}

std::shared_ptr<const KeySet> KeyFile::current() {
  const std::lock_guard lock(mutex_);
  const Status reloaded = reload();
  // A file that is away is tried at each call; it is told of once only.
  const bool tell = !reloaded && !(unreadable_ && reloaded.failure().code == "unreadable_file");
  unreadable_ = !reloaded && reloaded.failure().code == "unreadable_file";
  if (tell && on_problem_) on_problem_(reloaded.failure());
  ENCOURS_CHECK(keys_ != nullptr, "KeyFile::current() before load()");
  return keys_;
}

}  // namespace encours::rpc
