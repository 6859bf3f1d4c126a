// The document store of a restore: it decides nothing, so a document is a test's defect.
#pragma once

#include "common/documents/document_store.h"

namespace encours::test {

class NoDocuments final : public DocumentStore {
 public:
  Result<DocumentRef> put(std::string_view, const DocumentMeta&) override { return none(); }
  Result<Document> get(std::string_view) override { return none(); }
  Result<bool> exists(std::string_view) override { return false; }
  Status remove(std::string_view) override { return none(); }
  Result<Removal> remove_expired(Instant) override { return Removal(); }

 private:
  static Error none() { return fatal("no_documents", "The tally keeps no documents."); }
};

}  // namespace encours::test
