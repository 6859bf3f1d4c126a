// Goal: a scan begins late enough to step over what is gone, and never behind a row that is there.
// Method: rows of two prefixes drawn at random, put and taken from the front, beside a full scan.
#include "common/stream/scan_start.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace encours::stream {
namespace {

// The first row of the prefix before `end`, looked for from the start on.
std::string take_first(std::set<std::string>& rows, ScanStart& start, const std::string& prefix,
                       const std::string& end) {
  const auto found = rows.lower_bound(start.of(prefix));
  if (found == rows.end() || *found >= end) {
    start.passed(prefix, end);
    return "";
  }
  start.passed(prefix, *found);
  const std::string key = *found;
  rows.erase(found);
  return key;
}

TEST(ScanStart, FindsWhatAFullScanFinds) {
  std::mt19937 random(7);
  std::set<std::string> rows;
  ScanStart start;
  for (int i = 0; i < 20'000; ++i) {
    const std::string prefix = random() % 2 == 0 ? "a/" : "b/";
    if (random() % 2 == 0) {
      const std::string key = prefix + std::to_string(100 + random() % 900);
      rows.insert(key);
      start.put(key);
      continue;
    }
    const std::string end = prefix + std::to_string(100 + random() % 900);
    const auto first = rows.lower_bound(prefix);
    const std::string wanted = first == rows.end() || *first >= end ? "" : *first;
    ASSERT_EQ(take_first(rows, start, prefix, end), wanted);
  }
}

TEST(ScanStart, ForgetsAfterAnAbort) {
  std::set<std::string> rows = {"a/1", "a/2"};
  ScanStart start;
  EXPECT_EQ(take_first(rows, start, "a/", "a/9"), "a/1");
  EXPECT_EQ(take_first(rows, start, "a/", "a/9"), "a/2");
  rows = {"a/1", "a/2"};  // They were never committed.
  start.forget();
  EXPECT_EQ(take_first(rows, start, "a/", "a/9"), "a/1");
}

}  // namespace
}  // namespace encours::stream
