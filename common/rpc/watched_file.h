// WatchedFile reads a small file again whenever it was replaced: keys and tokens rotate while we
// run.
//
// Each call costs one stat; the bytes are read only when inode, size or times differ from those of
// the last good read, so a mounted secret that is swapped by a symbolic link is seen as well. A
// file that can't be read is an Error, every time until it can. Not safe from several threads: its
// owner locks. The content is never logged.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>

#include "common/base/result.h"

namespace encours::rpc {

class WatchedFile {
 public:
  WatchedFile(std::string path, std::size_t max_bytes)
      : path_(std::move(path)), max_bytes_(max_bytes) {}

  // The content at the first call and after each change; nullopt where nothing has changed.
  Result<std::optional<std::string>> changed();

  const std::string& path() const { return path_; }

 private:
  bool same_as_last(const struct stat& now) const;

  std::string path_;
  std::size_t max_bytes_;
  std::optional<struct stat> last_;
};

// The whole file, at most `max_bytes`.
Result<std::string> read_small_file(const std::string& path, std::size_t max_bytes);

}  // namespace encours::rpc
