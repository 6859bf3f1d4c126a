#include "common/documents/document_file.h"

#include "common/base/hash.h"

namespace encours {
namespace {

constexpr std::string_view kFirstLine = "encours-document 1";
constexpr std::string_view kNever = "never";
constexpr size_t kCheckLength = 16;

std::string check_of(std::string_view lines) { return sha256_hex(lines).substr(0, kCheckLength); }

// Takes a line that begins with `name` off the front and returns what follows the name.
std::optional<std::string_view> take_line(std::string_view& rest, std::string_view name) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos || !rest.starts_with(name)) return std::nullopt;
  const std::string_view value = rest.substr(name.size(), end - name.size());
  rest.remove_prefix(end + 1);
  return value;
}

}  // namespace

std::string document_header(const DocumentMeta& meta) {
  std::string lines(kFirstLine);
  lines += "\ncontent_type: " + meta.content_type + "\nexpires_at: ";
  lines += meta.expires_at ? meta.expires_at->to_string() : std::string(kNever);
  lines += "\n";
  return lines + "check: " + check_of(lines) + "\n\n";
}

std::optional<DocumentHeader> read_document_header(std::string_view file) {
  std::string_view rest = file.substr(0, kMaxDocumentHeaderBytes);
  const size_t begin_size = rest.size();
  if (take_line(rest, kFirstLine) != "") return std::nullopt;
  const auto type = take_line(rest, "content_type: ");
  const auto expiry = take_line(rest, "expires_at: ");
  const size_t checked_bytes = begin_size - rest.size();
  const auto check = take_line(rest, "check: ");
  if (!type || !expiry || !check || !rest.starts_with('\n')) return std::nullopt;
  if (*check != check_of(file.substr(0, checked_bytes))) return std::nullopt;

  DocumentHeader header;
  header.meta.content_type = std::string(*type);
  if (*expiry != kNever) {
    const Result<Instant> instant = Instant::parse(*expiry);
    if (!instant.ok()) return std::nullopt;
    header.meta.expires_at = *instant;
  }
  header.size_bytes = begin_size - rest.size() + 1;
  return header;
}

}  // namespace encours
