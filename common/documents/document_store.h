// DocumentStore keeps documents (invoices, letters as sent, provider reports) by their content.
//
// A document is named by the SHA-256 of its bytes: putting the same bytes again stores nothing
// new, and what is read back is checked against its name. A document is put before the record that
// names it is written, so a record never names what is not there. Facts carry a DocumentRef, which
// depends only on what was put. Whether somebody may read a document is decided by who asks the
// store, never by the store.
//
// Implementations: DirectoryStore (a directory), MemoryStore (tests). All calls block on I/O and
// may be made from any thread. Errors: "document_not_found" and "bad_document_id" (refused),
// "document_too_large" and "bad_content_type" (refused), "document_corrupted" (what is stored is
// not what was put), "document_store_unavailable" (retry).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/time/instant.h"

namespace encours {

struct DocumentMeta {
  std::string content_type;           // "application/pdf"; 1 to 127 printable ASCII characters.
  std::optional<Instant> expires_at;  // From then on it may be removed; none keeps it for ever.

  friend bool operator==(const DocumentMeta&, const DocumentMeta&) = default;
};

struct DocumentRef {
  std::string sha256;  // 64 lower-case hex characters.
  int64_t size_bytes = 0;
  std::string content_type;

  friend bool operator==(const DocumentRef&, const DocumentRef&) = default;
};

struct Document {
  std::string bytes;
  DocumentMeta meta;
};

struct Removal {
  int64_t removed = 0;
  int64_t unreadable = 0;  // Left where they are; somebody has to look.
};

inline constexpr int64_t kMaxDocumentBytes = 64 * 1024 * 1024;

class DocumentStore {
 public:
  DocumentStore() = default;
  DocumentStore(const DocumentStore&) = delete;
  DocumentStore& operator=(const DocumentStore&) = delete;
  virtual ~DocumentStore() = default;

  // On return the document survives a power cut. Put again, a document keeps its first content
  // type and takes the later of both expiries; a damaged one is replaced.
  virtual Result<DocumentRef> put(std::string_view bytes, const DocumentMeta& meta) = 0;

  virtual Result<Document> get(std::string_view sha256) = 0;
  // Without looking at the content.
  virtual Result<bool> exists(std::string_view sha256) = 0;
  // Removing what is not there is no error.
  virtual Status remove(std::string_view sha256) = 0;
  // Removes what expired at or before `now`.
  virtual Result<Removal> remove_expired(Instant now) = 0;
};

// The checks that all implementations share.
Status check_document_id(std::string_view sha256);
Status check_document(std::string_view bytes, const DocumentMeta& meta);
// The later of two expiries; none is later than any.
std::optional<Instant> later_expiry(std::optional<Instant> left, std::optional<Instant> right);
Error document_not_found(std::string_view sha256);
Error document_corrupted(std::string_view sha256);

}  // namespace encours
