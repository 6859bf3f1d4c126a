// read_local_file: a file that somebody named on the command line, whole.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "common/base/result.h"

namespace encours::ctl {

// `what` is the flag or argument that named it.
inline Result<std::string> read_local_file(const std::string& path, const std::string& what) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    return refused("unreadable_file", what, "The file '" + path + "' can't be read.");
  }
  return content;
}

}  // namespace encours::ctl
