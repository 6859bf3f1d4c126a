// Goal: a transaction reads its own writes, in order, over committed rows. Method: a committed map
// by hand; each case lists the rows that a reader must see.
#include "common/state/overlay.h"

#include <gtest/gtest.h>

namespace encours {
namespace {

class MapRows : public RowReader {
 public:
  std::map<std::string, std::string, std::less<>> rows;
  std::optional<std::string> get(std::string_view key) const override {
    const auto it = rows.find(key);
    return it == rows.end() ? std::nullopt : std::optional(it->second);
  }
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    for (auto it = rows.lower_bound(from); it != rows.end(); ++it) {
      if (!until.empty() && it->first >= until) return;
      if (!visit(it->first, it->second)) return;
    }
  }
};

std::string seen(const RowReader& rows, std::string_view from, std::string_view until,
                 std::size_t limit = 100) {
  std::string out;
  std::size_t n = 0;
  rows.scan(from, until, [&](std::string_view key, std::string_view value) {
    out += std::string(key) + "=" + std::string(value) + " ";
    return ++n < limit;
  });
  return out;
}

TEST(Overlay, MergesStagedRowsOverCommittedOnes) {
  MapRows committed;
  committed.rows = {{"b", "1"}, {"d", "2"}, {"f", "3"}, {"h", "4"}};
  Overlay overlay(committed);
  overlay.put("a", "A");
  overlay.put("d", "D");
  overlay.erase("f");
  overlay.put("z", "Z");
  EXPECT_EQ(seen(overlay, "", ""), "a=A b=1 d=D h=4 z=Z ");
  EXPECT_EQ(seen(overlay, "b", "h"), "b=1 d=D ");
  EXPECT_EQ(seen(overlay, "", "", 2), "a=A b=1 ");
  EXPECT_EQ(seen(overlay, "", "", 1), "a=A ");
  EXPECT_EQ(overlay.get("f"), std::nullopt);
  EXPECT_EQ(overlay.get("h"), "4");
}

TEST(Overlay, KeepsTheLastWriteOfARowAndForgetsAllOnClear) {
  MapRows committed;
  committed.rows = {{"b", "1"}};
  Overlay overlay(committed);
  overlay.put("b", "2");
  overlay.erase("b");
  overlay.put("b", "3");
  const auto changes = overlay.changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].value, "3");
  overlay.clear();
  EXPECT_EQ(seen(overlay, "", ""), "b=1 ");
}

}  // namespace
}  // namespace encours
