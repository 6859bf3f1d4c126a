#include "common/base/hash.h"

#include <openssl/evp.h>

#include <memory>

#include "common/base/check.h"

namespace encours {
namespace {

struct ContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// EVP_sha256() would look the algorithm up on every digest, which costs more than hashing a short
// id. So it is fetched once and lives as long as the process.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  ENCOURS_CHECK(fetched != nullptr, "OpenSSL offers no SHA-256");
  return fetched;
}

class Hasher {
 public:
  Hasher() {
    ENCOURS_CHECK(EVP_DigestInit_ex2(context(), algorithm(), nullptr) == 1, "SHA-256 start");
  }
  void add(std::string_view bytes) {
    ENCOURS_CHECK(EVP_DigestUpdate(context(), bytes.data(), bytes.size()) == 1, "SHA-256 update");
  }
  Sha256 finish() {
    Sha256 digest{};
    unsigned int size = 0;
    ENCOURS_CHECK(EVP_DigestFinal_ex(context(), digest.data(), &size) == 1, "SHA-256 end");
    ENCOURS_CHECK(size == digest.size(), "SHA-256 has 32 bytes");
    return digest;
  }

 private:
  // One context per thread, started anew by each Hasher; no two Hashers live in one thread.
  static EVP_MD_CTX* context() {
    thread_local const std::unique_ptr<EVP_MD_CTX, ContextFree> one(EVP_MD_CTX_new());
    ENCOURS_CHECK(one != nullptr, "no memory for SHA-256");
    return one.get();
  }
};

std::string_view big_endian(uint64_t number, std::array<char, 8>& buffer) {
  for (int i = 7; i >= 0; --i) {
    buffer[static_cast<size_t>(i)] = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  return {buffer.data(), buffer.size()};
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Hasher hasher;
  hasher.add(bytes);
  return hasher.finish();
}

std::string hex_lower(std::span<const uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0xf]);
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) { return hex_lower(sha256(bytes)); }

std::string stable_id(std::initializer_list<std::string_view> parts) {
  return stable_id(std::span<const std::string_view>(parts.begin(), parts.size()));
}

std::string stable_id(std::span<const std::string_view> parts) {
  Hasher hasher;
  std::array<char, 8> length{};
  for (const std::string_view part : parts) {
    hasher.add(big_endian(part.size(), length));
    hasher.add(part);
  }
  const Sha256 digest = hasher.finish();
  return hex_lower(std::span<const uint8_t>(digest).first(16));
}

uint32_t murmur2(std::string_view bytes) {
  constexpr uint32_t kSeed = 0x9747b28c;
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  constexpr int kShift = 24;
  const auto byte_at = [bytes](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(bytes[i]));
  };

  uint32_t hash = kSeed ^ static_cast<uint32_t>(bytes.size());
  const size_t whole = bytes.size() / 4 * 4;
  for (size_t i = 0; i < whole; i += 4) {
    uint32_t word = byte_at(i) | byte_at(i + 1) << 8 | byte_at(i + 2) << 16 | byte_at(i + 3) << 24;
    word *= kMultiplier;
    word ^= word >> kShift;
    word *= kMultiplier;
    hash *= kMultiplier;
    hash ^= word;
  }
  if (whole < bytes.size()) {
    for (size_t i = bytes.size(); i-- > whole;) hash ^= byte_at(i) << (8 * (i - whole));
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return hash;
}

int32_t partition_of(std::string_view key, int32_t partitions) {
  ENCOURS_CHECK(partitions > 0, "a topic has at least one partition");
  // The Java client clears the sign bit; it does not take the absolute value.
  return static_cast<int32_t>(murmur2(key) & 0x7fffffffU) % partitions;
}

}  // namespace encours
