#include "common/documents/directory_store.h"

#include <unistd.h>

#include <atomic>

#include "common/base/hash.h"
#include "common/documents/document_file.h"
#include "common/documents/files.h"

namespace encours {
namespace {

constexpr std::string_view kTemporary = ".tmp-";

// A name that no other writer uses, in this process or another.
std::string temporary_name() {
  static std::atomic<uint64_t> count = 0;
  return std::string(kTemporary) + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

bool is_fan_out(const std::string& name) {
  return name.size() == 2 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_expired(const DocumentMeta& meta, Instant now) {
  return meta.expires_at && *meta.expires_at <= now;
}

Result<Document> read_verified(const std::filesystem::path& path, std::string_view sha256) {
  constexpr size_t kMaxFileBytes =
      static_cast<size_t>(kMaxDocumentBytes) + kMaxDocumentHeaderBytes + 1;
  ENCOURS_ASSIGN(std::optional<std::string> file, files::read_start(path, kMaxFileBytes));
  if (!file) return document_not_found(sha256);
  const std::optional<DocumentHeader> header = read_document_header(*file);
  if (!header) return document_corrupted(sha256);
  file->erase(0, header->size_bytes);
  if (sha256_hex(*file) != sha256) return document_corrupted(sha256);
  return Document{*std::move(file), header->meta};
}

}  // namespace

Result<std::unique_ptr<DirectoryStore>> DirectoryStore::open(const std::filesystem::path& root) {
  ENCOURS_TRY(files::make_folder(root));
  ENCOURS_TRY(files::sync_folder(root.parent_path().empty() ? "." : root.parent_path()));
  ENCOURS_TRY(files::lock_folder(root));  // Also says so where the root is no folder.
  return std::unique_ptr<DirectoryStore>(new DirectoryStore(root));
}

Result<DocumentRef> DirectoryStore::put(std::string_view bytes, const DocumentMeta& meta) {
  ENCOURS_TRY(check_document(bytes, meta));
  const std::string sha256 = sha256_hex(bytes);
  const DocumentRef ref{sha256, static_cast<int64_t>(bytes.size()), meta.content_type};
  const std::filesystem::path folder = folder_of(sha256);
  ENCOURS_TRY(files::make_folder(folder.parent_path()));
  ENCOURS_TRY(files::make_folder(folder));
  ENCOURS_ASSIGN(const files::Handle lock, files::lock_folder(folder));

  DocumentMeta wanted = meta;
  bool is_stored = false;
  const Result<Document> stored = read_verified(path_of(sha256), sha256);
  if (stored.ok()) {
    wanted.content_type = stored->meta.content_type;
    wanted.expires_at = later_expiry(stored->meta.expires_at, meta.expires_at);
    is_stored = wanted == stored->meta;
  } else if (stored.failure().reaction == Reaction::kRetry) {
    return stored.failure();
  }
  if (!is_stored) ENCOURS_TRY(write(path_of(sha256), bytes, wanted));
  // Also when it was there: its writer may have died before it came to this.
  ENCOURS_TRY(files::sync_folder(folder));
  ENCOURS_TRY(files::sync_folder(folder.parent_path()));
  ENCOURS_TRY(files::sync_folder(root_));
  return ref;
}

Result<Document> DirectoryStore::get(std::string_view sha256) {
  ENCOURS_TRY(check_document_id(sha256));
  return read_verified(path_of(sha256), sha256);
}

Result<bool> DirectoryStore::exists(std::string_view sha256) {
  ENCOURS_TRY(check_document_id(sha256));
  ENCOURS_ASSIGN(const std::optional<std::string> start, files::read_start(path_of(sha256), 0));
  return start.has_value();
}

Status DirectoryStore::remove(std::string_view sha256) {
  ENCOURS_TRY(check_document_id(sha256));
  ENCOURS_ASSIGN(const bool is_there, exists(sha256));
  if (!is_there) return {};
  const std::filesystem::path folder = folder_of(sha256);
  ENCOURS_ASSIGN(const files::Handle lock, files::lock_folder(folder));
  ENCOURS_TRY(files::remove_file(path_of(sha256)));
  return files::sync_folder(folder);
}

Result<Removal> DirectoryStore::remove_expired(Instant now) {
  Removal removal;
  ENCOURS_ASSIGN(const std::vector<std::string> outer, files::list_folder(root_));
  for (const std::string& first : outer) {
    if (!is_fan_out(first)) continue;
    ENCOURS_ASSIGN(const std::vector<std::string> inner, files::list_folder(root_ / first));
    for (const std::string& second : inner) {
      if (is_fan_out(second)) ENCOURS_TRY(clear_folder(root_ / first / second, now, removal));
    }
  }
  return removal;
}

// Under the lock, because a put that finds a document may rely on it from then on, and because
// every temporary file that is there while nobody else writes was left by a crash.
Status DirectoryStore::clear_folder(const std::filesystem::path& folder,
                                    Instant now,
                                    Removal& removal) const {
  ENCOURS_ASSIGN(const files::Handle lock, files::lock_folder(folder));
  ENCOURS_ASSIGN(const std::vector<std::string> names, files::list_folder(folder));
  bool changed = false;
  for (const std::string& name : names) {
    if (!name.starts_with(kTemporary)) {
      ENCOURS_ASSIGN(const std::optional<std::string> start,
                     files::read_start(folder / name, kMaxDocumentHeaderBytes));
      const std::optional<DocumentHeader> header =
          start ? read_document_header(*start) : std::nullopt;
      if (!header) ++removal.unreadable;
      if (!header || !is_expired(header->meta, now)) continue;
      ++removal.removed;
    }
    ENCOURS_TRY(files::remove_file(folder / name));
    changed = true;
  }
  return changed ? files::sync_folder(folder) : Status();
}

std::filesystem::path DirectoryStore::folder_of(std::string_view sha256) const {
  return root_ / sha256.substr(0, 2) / sha256.substr(2, 2);
}

std::filesystem::path DirectoryStore::path_of(std::string_view sha256) const {
  return folder_of(sha256) / sha256;
}

Status DirectoryStore::write(const std::filesystem::path& path,
                             std::string_view bytes,
                             const DocumentMeta& meta) const {
  const std::filesystem::path temporary = path.parent_path() / temporary_name();
  Status written = files::write_synced(temporary, {document_header(meta), bytes});
  if (written.ok()) written = files::rename_over(temporary, path);
  if (written.ok()) return {};
  // A disk that is full would stay so; if this fails as well, remove_expired clears it later.
  const Result<bool> cleared = files::remove_file(temporary);
  static_cast<void>(cleared.ok());
  return written;
}

}  // namespace encours
