// DirectoryStore keeps documents as files: <root>/ab/cd/abcd..., by the first digits of the hash.
//
// A file is written under a temporary name, synced and renamed, so a document is there whole or
// not at all, also after a power cut. Several processes and threads may share a directory: who
// changes a folder holds its flock; readers need none. Temporary files that a crash left behind
// are cleared by remove_expired. Files can be read by their owner only.
#pragma once

#include <filesystem>
#include <memory>

#include "common/documents/document_store.h"

namespace encours {

class DirectoryStore final : public DocumentStore {
 public:
  // Makes the directory where there is none.
  static Result<std::unique_ptr<DirectoryStore>> open(const std::filesystem::path& root);

  Result<DocumentRef> put(std::string_view bytes, const DocumentMeta& meta) override;
  Result<Document> get(std::string_view sha256) override;
  Result<bool> exists(std::string_view sha256) override;
  Status remove(std::string_view sha256) override;
  Result<Removal> remove_expired(Instant now) override;

 private:
  explicit DirectoryStore(std::filesystem::path root) : root_(std::move(root)) {}

  std::filesystem::path folder_of(std::string_view sha256) const;
  std::filesystem::path path_of(std::string_view sha256) const;
  Status write(const std::filesystem::path& path,
               std::string_view bytes,
               const DocumentMeta& meta) const;
  Status clear_folder(const std::filesystem::path& folder, Instant now, Removal& removal) const;

  const std::filesystem::path root_;
};

}  // namespace encours
