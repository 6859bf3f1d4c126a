// DocumentStore: content-addressed documents (originals, messages as sent, provider reports).
//
// A document is named by the SHA-256 of its bytes and is written before the record that names it,
// so putting one again is harmless. Implementations are safe from any thread. Documents expire;
// what a record still needs is kept by its expiry, not by reference counting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/time/instant.h"

namespace encours {

struct DocumentMeta {
  std::string content_type;
  // Unset: kept until it is removed with its tenant.
  std::optional<Instant> expires_at;
};

struct DocumentRef {
  std::string sha256;  // 64 lower-case hex characters.
  std::int64_t size = 0;
  std::string content_type;
};

class DocumentStore {
 public:
  virtual ~DocumentStore() = default;

  virtual Result<DocumentRef> put(std::string_view bytes, const DocumentMeta& meta) = 0;
  // Error "document_not_found", or "document_corrupted" where the bytes no longer match the name.
  virtual Result<std::string> get(std::string_view sha256) = 0;
  virtual Result<bool> exists(std::string_view sha256) = 0;
  // Removes what has expired at `now`; returns how many.
  virtual Result<std::int64_t> remove_expired(Instant now) = 0;
};

}  // namespace encours
