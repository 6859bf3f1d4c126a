// Sealer: encrypts what is known of persons, each under a key of their own.
//
// A person's key is 32 random bytes, wrapped by the installation's key (from a file, never from an
// argument); destroying the wrapped key makes everything sealed under it unreadable. AES-256-GCM:
//   sealed := nonce (12 bytes) ciphertext tag (16 bytes)
// with who it belongs to as authenticated data, so bytes can't be moved to another person. Random
// by nature, so nothing sealed enters a decision or the dump. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace encours {

// Whose data it is: authenticated with every sealed text.
struct PersonScope {
  std::string tenant;
  std::string account;
  std::string person;  // Empty: the account itself.
};

class Sealer {
 public:
  // The file holds 32 raw bytes, or 64 hex characters.
  static Result<Sealer> from_key_file(const std::string& path);
  static Sealer for_test();

  // A new key, wrapped; and the way back.
  Result<std::string> make_wrapped_key(const PersonScope& scope) const;
  Result<std::string> seal(std::string_view wrapped_key, const PersonScope& scope,
                           std::string_view record, std::string_view plain) const;
  // Error "sealed_data" where the key, the scope or the bytes do not belong together.
  Result<std::string> open(std::string_view wrapped_key, const PersonScope& scope,
                           std::string_view record, std::string_view sealed) const;

  // Names the installation's key without telling it: the head of its SHA-256.
  const std::string& key_name() const { return key_name_; }

 private:
  explicit Sealer(std::string key);

  std::string key_;
  std::string key_name_;
};

}  // namespace encours
