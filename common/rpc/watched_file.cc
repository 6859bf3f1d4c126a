#include "common/rpc/watched_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace encours::rpc {
namespace {

Error cannot_read(const std::string& path, const std::string& why) {
  return error(Reaction::kRetry, "unreadable_file", "The file " + path + " can't be read: " + why);
}

std::string errno_text() { return std::strerror(errno); }  // NOLINT: glibc's is per thread.

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct FileContent {
  std::string bytes;
  struct stat identity;
};

Result<FileContent> read_whole(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return cannot_read(path, errno_text());
  FileContent content;
  if (::fstat(file.get(), &content.identity) != 0) return cannot_read(path, errno_text());
  if (!S_ISREG(content.identity.st_mode)) return cannot_read(path, "it is no regular file");
  content.bytes.resize(max_bytes + 1);
  std::size_t size = 0;
  while (size < content.bytes.size()) {
    const ssize_t count =
        ::read(file.get(), content.bytes.data() + size, content.bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read(path, errno_text());
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > max_bytes) {
    return cannot_read(path, "it is larger than " + std::to_string(max_bytes) + " bytes");
  }
  content.bytes.resize(size);
  return content;
}

bool same_time(const struct timespec& a, const struct timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

Result<std::string> read_small_file(const std::string& path, std::size_t max_bytes) {
  ENCOURS_ASSIGN(FileContent content, read_whole(path, max_bytes));
  return std::move(content.bytes);
}

bool WatchedFile::same_as_last(const struct stat& now) const {
  return last_ && last_->st_dev == now.st_dev && last_->st_ino == now.st_ino &&
         last_->st_size == now.st_size && same_time(last_->st_mtim, now.st_mtim) &&
         same_time(last_->st_ctim, now.st_ctim);
}

Result<std::optional<std::string>> WatchedFile::changed() {
  struct stat now {};
  if (::stat(path_.c_str(), &now) != 0) return cannot_read(path_, errno_text());
  if (same_as_last(now)) return std::optional<std::string>();
  ENCOURS_ASSIGN(FileContent content, read_whole(path_, max_bytes_));
  last_ = content.identity;
  return std::optional<std::string>(std::move(content.bytes));
}

}  // namespace encours::rpc
