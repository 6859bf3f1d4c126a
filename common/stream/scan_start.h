// ScanStart: the key of a table before which nothing is left, for tables that are emptied from the
// front.
//
// Erased rows stay in RocksDB until it compacts, and a scan from the front steps over all of them:
// after some hours that is most of its time. The rows are the truth; this only spares looking, and
// forget() drops it after an abort, when erased rows are back. One thread: the task's.
#pragma once

#include <map>
#include <string>

namespace encours::stream {

class ScanStart {
 public:
  // Where to begin a scan of the rows with this prefix. No prefix may begin with another.
  const std::string& of(const std::string& prefix) {
    return starts_.try_emplace(prefix, prefix).first->second;
  }
  // A scan has found nothing with this prefix before `key`.
  void passed(const std::string& prefix, std::string key) { starts_[prefix] = std::move(key); }
  // A row comes under this key.
  void put(const std::string& key) {
    auto found = starts_.upper_bound(key);
    if (found == starts_.begin()) return;
    --found;
    if (key.rfind(found->first, 0) == 0 && key < found->second) found->second = key;
  }
  void forget() { starts_.clear(); }

 private:
  std::map<std::string, std::string> starts_;  // By prefix.
};

}  // namespace encours::stream
