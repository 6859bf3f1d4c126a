// The few file operations that DirectoryStore needs, with errors as values.
//
// A failure of the system is Reaction::kRetry with the code "document_store_unavailable": a full
// or absent disk may come back. Paths appear in messages, contents never.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace encours::files {

// Owns a file descriptor.
class Handle {
 public:
  explicit Handle(int fd) : fd_(fd) {}
  Handle(Handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle();

  int fd() const { return fd_; }

 private:
  int fd_;
};

// Opens a folder and holds it alone, against other processes too, until the handle goes.
Result<Handle> lock_folder(const std::filesystem::path& folder);

// Creates or replaces the file with these parts and syncs it.
Status write_synced(const std::filesystem::path& path,
                    std::initializer_list<std::string_view> parts);

Status rename_over(const std::filesystem::path& from, const std::filesystem::path& to);
Status sync_folder(const std::filesystem::path& folder);
// True when there was such a file.
Result<bool> remove_file(const std::filesystem::path& path);
// Its parent must be there; a folder that is there already is no error.
Status make_folder(const std::filesystem::path& folder);

// The first `max_bytes` of a file; nothing where there is none.
Result<std::optional<std::string>> read_start(const std::filesystem::path& path, size_t max_bytes);

// The names in a folder, in no order; none where there is no such folder.
Result<std::vector<std::string>> list_folder(const std::filesystem::path& folder);

}  // namespace encours::files
