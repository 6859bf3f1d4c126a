// MemoryStore is the DocumentStore of tests: it keeps documents in a map and never fails.
//
// Safe from any thread; what it keeps goes with it.
#pragma once

#include <map>
#include <mutex>

#include "common/documents/document_store.h"

namespace encours {

class MemoryStore final : public DocumentStore {
 public:
  Result<DocumentRef> put(std::string_view bytes, const DocumentMeta& meta) override;
  Result<Document> get(std::string_view sha256) override;
  Result<bool> exists(std::string_view sha256) override;
  Status remove(std::string_view sha256) override;
  Result<Removal> remove_expired(Instant now) override;

 private:
  std::mutex mutex_;
  std::map<std::string, Document, std::less<>> documents_;
};

}  // namespace encours
