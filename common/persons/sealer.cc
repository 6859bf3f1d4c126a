#include "common/persons/sealer.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "common/base/hash.h"
#include "common/state/key.h"

namespace encours {
namespace {

constexpr int kKeyBytes = 32;
constexpr int kNonceBytes = 12;
constexpr int kTagBytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Error failed() {
  return fatal("sealed_data", "OpenSSL refused to encrypt; the process can't keep persons safe.");
}

Result<std::string> random_bytes(int count) {
  std::string out(static_cast<std::size_t>(count), '\0');
  if (RAND_bytes(bytes(out), count) != 1) return failed();
  return out;
}

Result<std::string> encrypt(std::string_view key, std::string_view about, std::string_view plain) {
  ENCOURS_ASSIGN(std::string out, random_bytes(kNonceBytes));
  Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  std::string body(plain.size(), '\0');
  std::string tag(kTagBytes, '\0');
  const bool good =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(out)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes(about),
                        static_cast<int>(about.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes(body), &size, bytes(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), bytes(body) + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  if (!good) return failed();
  return out + body + tag;
}

Result<std::string> decrypt(std::string_view key, std::string_view about, std::string_view sealed) {
  const Error no = error(Reaction::kPoison, "sealed_data",
                         "The sealed data and its key do not belong together.");
  if (sealed.size() < kNonceBytes + kTagBytes) return no;
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  const std::string_view body =
      sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string out(body.size(), '\0');
  Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  const bool good =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes(about),
                        static_cast<int>(about.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes(out), &size, bytes(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), bytes(out) + size, &size) == 1;
  if (!good) return no;
  return out;
}

std::string about(const PersonScope& scope, std::string_view record) {
  return KeyWriter().text(scope.tenant).text(scope.account).text(scope.person).text(record).take();
}

}  // namespace

Sealer::Sealer(std::string key)
    : key_(std::move(key)), key_name_("kek-" + sha256_hex(key_).substr(0, 8)) {}

Sealer Sealer::for_test() { return Sealer(std::string(kKeyBytes, 'k')); }

Result<Sealer> Sealer::from_key_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  std::string key = content.str();
  while (!key.empty() && key.size() != kKeyBytes && (key.back() == '\n' || key.back() == '\r')) {
    key.pop_back();
  }
  if (key.size() == 2 * kKeyBytes) {
    std::string raw;
    for (std::size_t i = 0; i < key.size(); i += 2) {
      raw.push_back(static_cast<char>(std::strtol(key.substr(i, 2).c_str(), nullptr, 16)));
    }
    key = raw;
  }
  if (key.size() != kKeyBytes) {
    return fatal("persons_key", path + " must hold 32 bytes or 64 hex characters.");
  }
  return Sealer(std::move(key));
}

Result<std::string> Sealer::make_wrapped_key(const PersonScope& scope) const {
  ENCOURS_ASSIGN(const std::string key, random_bytes(kKeyBytes));
  return encrypt(key_, about(scope, "key"), key);
}

Result<std::string> Sealer::seal(std::string_view wrapped_key, const PersonScope& scope,
                                 std::string_view record, std::string_view plain) const {
  ENCOURS_ASSIGN(const std::string key, decrypt(key_, about(scope, "key"), wrapped_key));
  return encrypt(key, about(scope, record), plain);
}

Result<std::string> Sealer::open(std::string_view wrapped_key, const PersonScope& scope,
                                 std::string_view record, std::string_view sealed) const {
  ENCOURS_ASSIGN(const std::string key, decrypt(key_, about(scope, "key"), wrapped_key));
  return decrypt(key, about(scope, record), sealed);
}

}  // namespace encours
