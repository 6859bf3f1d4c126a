// The bytes of a stored document: a short readable header, then the document itself.
//
//   file   := "encours-document 1\n" type expiry check "\n" bytes
//   type   := "content_type: " text "\n"
//   expiry := "expires_at: " ( RFC 3339 instant | "never" ) "\n"
//   check  := "check: " first 16 hex digits of the SHA-256 of all before it "\n"
//
// One file for both, so that a rename replaces them together; the check guards the header as the
// name guards the bytes. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/documents/document_store.h"

namespace encours {

// No header is longer.
inline constexpr size_t kMaxDocumentHeaderBytes = 512;

std::string document_header(const DocumentMeta& meta);

struct DocumentHeader {
  DocumentMeta meta;
  size_t size_bytes = 0;  // Where the document begins.
};

// Nothing where the file does not begin with a whole, unharmed header.
std::optional<DocumentHeader> read_document_header(std::string_view file);

}  // namespace encours
