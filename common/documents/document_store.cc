#include "common/documents/document_store.h"

#include <algorithm>

namespace encours {
namespace {

constexpr size_t kIdLength = 64;
constexpr size_t kMaxContentTypeLength = 127;

}  // namespace

Status check_document_id(std::string_view sha256) {
  // An id becomes part of a path, so nothing but a hash may pass.
  const bool good = sha256.size() == kIdLength && std::ranges::all_of(sha256, [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
  if (good) return {};
  return refused("bad_document_id", "sha256", "A document is named by 64 lower-case hex digits.");
}

Status check_document(std::string_view bytes, const DocumentMeta& meta) {
  if (bytes.size() > static_cast<size_t>(kMaxDocumentBytes)) {
    return refused("document_too_large", "", "A document has at most 64 MiB.");
  }
  const std::string& type = meta.content_type;
  const bool good = !type.empty() && type.size() <= kMaxContentTypeLength &&
                    std::ranges::all_of(type, [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (good) return {};
  return refused("bad_content_type", "content_type", "A content type is like application/pdf.");
}

std::optional<Instant> later_expiry(std::optional<Instant> left, std::optional<Instant> right) {
  if (!left || !right) return std::nullopt;
  return std::max(*left, *right);
}

Error document_not_found(std::string_view sha256) {
  return refused(
      "document_not_found", "sha256", "There is no document " + std::string(sha256) + ".");
}

Error document_corrupted(std::string_view sha256) {
  return error(
      Reaction::kCorrupted,
      "document_corrupted",
      "The document " + std::string(sha256) + " is damaged; put its original again to repair it.");
}

}  // namespace encours
