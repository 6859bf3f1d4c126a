// The public keys that may sign tokens: a JWKS file (RFC 7517), read again when it is replaced.
//
// Only signature keys of two kinds are taken, EC P-256 for ES256 and RSA of 2,048 to 8,192 bits for
// RS256; each must have a `kid`. Secrets ("oct") and kinds that we don't know are left out, so no
// public key can ever serve as a shared secret. A file that is broken is refused as a whole: at
// start the process stops, later the last good keys stay and the problem is told. KeySet is a
// value that is never changed; KeyFile may be used from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/rpc/watched_file.h"

// OpenSSL's own forward declaration; its headers stay in the .cc.
struct evp_pkey_st;

namespace encours::rpc {

enum class TokenAlgorithm { kEs256, kRs256 };

// "ES256", "RS256"; nothing else is an algorithm, least of all "none".
std::optional<TokenAlgorithm> algorithm_of(std::string_view name);

class VerifyKey {
 public:
  VerifyKey(TokenAlgorithm algorithm, evp_pkey_st* key);  // Takes the key.

  TokenAlgorithm algorithm() const { return algorithm_; }
  // True when `signature` is that of `signed_bytes` by this key, in the form that a JWS has it.
  bool verifies(std::string_view signed_bytes, std::string_view signature) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  TokenAlgorithm algorithm_;
  std::unique_ptr<evp_pkey_st, Free> key_;
};

class KeySet {
 public:
  static Result<KeySet> parse(std::string_view json);

  const VerifyKey* find(const std::string& kid) const;

 private:
  std::map<std::string, VerifyKey> keys_;
};

class KeyFile {
 public:
  using ProblemSink = std::function<void(const Error&)>;

  KeyFile(std::string path, ProblemSink on_problem);

  // Reads the file for the first time.
  Status load();
  // The keys in force. Shared, because a verification may still use them when a new file arrives.
  std::shared_ptr<const KeySet> current();

 private:
  Status reload();

  ProblemSink on_problem_;
  std::mutex mutex_;
  WatchedFile file_;
  std::shared_ptr<const KeySet> keys_;
  bool unreadable_ = false;
};

}  // namespace encours::rpc
