// Page: the first rows behind a sort key, from any number of rows offered in any order.
//
// Sort keys are bytes and differ from row to row, so a page that begins behind the last key of the
// one before never shows a row twice nor skips one while data stand still. Memory is that of one
// page. The same class takes the rows of a store and merges the pages of several instances.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace encours::query {

template <class Message>
class Page {
 public:
  Page(std::string after, std::size_t size) : after_(std::move(after)), size_(size) {}

  // True while a row with this key would stand on the page.
  bool wants(const std::string& key) const {
    if (key <= after_) return false;
    return rows_.size() <= size_ || key < rows_.rbegin()->first;
  }

  void offer(std::string key, Message message) {
    if (!wants(key)) return;
    rows_.insert_or_assign(std::move(key), std::move(message));
    // One row more than the page says that there is a next one.
    if (rows_.size() > size_ + 1) rows_.erase(std::prev(rows_.end()));
  }

  bool full() const { return rows_.size() > size_; }

  struct Finished {
    std::vector<Message> rows;
    // Sort key of the last row; empty on an empty page.
    std::string last_key;
    bool more = false;
  };
  Finished finish() && {
    Finished page;
    page.more = full();
    if (page.more) rows_.erase(std::prev(rows_.end()));
    for (auto& [key, message] : rows_) {
      page.last_key = key;
      page.rows.push_back(std::move(message));
    }
    return page;
  }

 private:
  std::string after_;
  std::size_t size_;
  std::map<std::string, Message> rows_;
};

}  // namespace encours::query
