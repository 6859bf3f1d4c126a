// Secret: a provider's key or password in a file, read again whenever the file is replaced.
//
// White space at its end is not part of it. A file that can't be read after a good read keeps the
// last content and is logged: a rotation in progress must not stop the calls.
// The content is never logged. Safe from any thread.
#pragma once

#include <mutex>
#include <string>

#include "common/base/result.h"
#include "common/rpc/watched_file.h"

namespace encours::risk {

class Secret {
 public:
  // An empty path is a provider without secret, whose content is empty.
  explicit Secret(std::string path);

  // "secret_unreadable" where it was never read.
  Result<std::string> read();

 private:
  std::mutex mutex_;
  rpc::WatchedFile file_;
  std::string content_;
  bool read_once_ = false;
};

}  // namespace encours::risk
