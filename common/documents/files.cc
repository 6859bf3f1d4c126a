#include "common/documents/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace encours::files {
namespace {

Error failed(const char* what, const std::filesystem::path& path, int number) {
  return error(Reaction::kRetry,
               "document_store_unavailable",
               std::string("Can't ") + what + " " + path.string() + ": " +
                   std::generic_category().message(number) + ".");
}

int open_retrying(const std::filesystem::path& path, int flags, mode_t mode = 0) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

Handle::~Handle() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Handle> lock_folder(const std::filesystem::path& folder) {
  Handle handle(open_retrying(folder, O_RDONLY | O_DIRECTORY));
  if (handle.fd() < 0) return failed("open", folder, errno);
  while (::flock(handle.fd(), LOCK_EX) != 0) {
    if (errno != EINTR) return failed("lock", folder, errno);
  }
  return handle;
}

Status write_synced(const std::filesystem::path& path,
                    std::initializer_list<std::string_view> parts) {
  constexpr mode_t kOwnerOnly = 0600;
  const Handle file(open_retrying(path, O_WRONLY | O_CREAT | O_TRUNC, kOwnerOnly));
  if (file.fd() < 0) return failed("create", path, errno);
  for (const std::string_view part : parts) {
    if (!write_all(file.fd(), part)) return failed("write", path, errno);
  }
  if (::fsync(file.fd()) != 0) return failed("sync", path, errno);
  return {};
}

Status rename_over(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename to", to, errno);
  return {};
}

Status sync_folder(const std::filesystem::path& folder) {
  const Handle handle(open_retrying(folder, O_RDONLY | O_DIRECTORY));
  if (handle.fd() < 0 || ::fsync(handle.fd()) != 0) return failed("sync", folder, errno);
  return {};
}

Result<bool> remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return failed("remove", path, errno);
}

Status make_folder(const std::filesystem::path& folder) {
  constexpr mode_t kOwnerOnly = 0700;
  if (::mkdir(folder.c_str(), kOwnerOnly) == 0 || errno == EEXIST) return {};
  return failed("make", folder, errno);
}

Result<std::optional<std::string>> read_start(const std::filesystem::path& path, size_t max_bytes) {
  const Handle file(open_retrying(path, O_RDONLY));
  if (file.fd() < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return failed("open", path, errno);
  }
  struct stat facts {};
  if (::fstat(file.fd(), &facts) != 0) return failed("read", path, errno);
  std::string bytes(std::min(max_bytes, static_cast<size_t>(facts.st_size)), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.fd(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path, errno);
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return std::optional<std::string>(std::move(bytes));
}

Result<std::vector<std::string>> list_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::directory_iterator entries(folder, problem);
  if (problem == std::errc::no_such_file_or_directory) return std::vector<std::string>();
  std::vector<std::string> names;
  while (!problem && entries != std::filesystem::directory_iterator()) {
    names.push_back(entries->path().filename().string());
    entries.increment(problem);
  }
  if (problem) return failed("list", folder, problem.value());
  return names;
}

}  // namespace encours::files
