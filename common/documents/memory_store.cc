#include "common/documents/memory_store.h"

#include "common/base/hash.h"

namespace encours {

Result<DocumentRef> MemoryStore::put(std::string_view bytes, const DocumentMeta& meta) {
  ENCOURS_TRY(check_document(bytes, meta));
  const std::string sha256 = sha256_hex(bytes);
  const std::lock_guard guard(mutex_);
  const auto [place, is_new] = documents_.try_emplace(sha256, Document{std::string(bytes), meta});
  DocumentMeta& kept = place->second.meta;
  if (!is_new) kept.expires_at = later_expiry(kept.expires_at, meta.expires_at);
  return DocumentRef{sha256, static_cast<int64_t>(bytes.size()), meta.content_type};
}

Result<Document> MemoryStore::get(std::string_view sha256) {
  ENCOURS_TRY(check_document_id(sha256));
  const std::lock_guard guard(mutex_);
  const auto found = documents_.find(sha256);
  if (found == documents_.end()) return document_not_found(sha256);
  return found->second;
}

Result<bool> MemoryStore::exists(std::string_view sha256) {
  ENCOURS_TRY(check_document_id(sha256));
  const std::lock_guard guard(mutex_);
  return documents_.contains(sha256);
}

Status MemoryStore::remove(std::string_view sha256) {
  ENCOURS_TRY(check_document_id(sha256));
  const std::lock_guard guard(mutex_);
  const auto found = documents_.find(sha256);
  if (found != documents_.end()) documents_.erase(found);
  return {};
}

Result<Removal> MemoryStore::remove_expired(Instant now) {
  const std::lock_guard guard(mutex_);
  const size_t removed = std::erase_if(documents_, [now](const auto& entry) {
    const std::optional<Instant>& expiry = entry.second.meta.expires_at;
    return expiry && *expiry <= now;
  });
  return Removal{static_cast<int64_t>(removed), 0};
}

}  // namespace encours
