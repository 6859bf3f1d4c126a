// Goal: a transaction reads its own writes, in order, over committed rows. Method: a committed map
// by hand; each case lists the rows that a reader must see.
#include "common/state/overlay.h"

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <functional>

namespace encours {
namespace {

using google::protobuf::StringValue;

class MapRows : public RowReader {
 public:
  std::map<std::string, std::string, std::less<>> rows;
  mutable int gets = 0;
  std::optional<std::string> get(std::string_view key) const override {
    ++gets;
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

RowPointer message(const std::string& text) {
  auto row = std::make_shared<StringValue>();
  row->set_value(text);
  return row;
}

std::string bytes(const std::string& text) { return row_bytes(*message(text)); }

// "-" where there is none.
std::string text_of(const RowReader& rows, std::string_view key) {
  const RowPointer row = rows.row(key, StringValue::default_instance());
  return row ? static_cast<const StringValue&>(*row).value() : "-";
}

class DecodedOverlay : public ::testing::Test {
 protected:
  MapRows committed_;
  Overlay overlay_{committed_, 1 << 20};
};

TEST_F(DecodedOverlay, MessagesAndBytesAreTheSameRow) {
  overlay_.put("a", message("one"));
  EXPECT_EQ(overlay_.get("a"), bytes("one"));
  EXPECT_EQ(seen(overlay_, "", ""), "a=" + bytes("one") + " ");
  overlay_.put("a", bytes("two"));
  EXPECT_EQ(text_of(overlay_, "a"), "two");
  overlay_.put("a", message("three"));
  EXPECT_EQ(overlay_.get("a"), bytes("three"));
  ASSERT_EQ(overlay_.changes().size(), 1u);
  EXPECT_EQ(overlay_.changes()[0].value, bytes("three"));
  overlay_.erase("a");
  EXPECT_EQ(text_of(overlay_, "a"), "-");
  EXPECT_EQ(overlay_.changes()[0].value, std::nullopt);
}

TEST_F(DecodedOverlay, ACommittedRowIsReadOnceAlsoWhereThereIsNone) {
  committed_.rows = {{"a", bytes("one")}};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(text_of(overlay_, "a"), "one");
    EXPECT_EQ(text_of(overlay_, "b"), "-");
  }
  EXPECT_EQ(committed_.gets, 2);
}

TEST_F(DecodedOverlay, AnAbortedTransactionLeavesWhatIsCommitted) {
  committed_.rows = {{"a", bytes("one")}};
  EXPECT_EQ(text_of(overlay_, "a"), "one");
  overlay_.put("a", message("lost"));
  overlay_.put("b", message("lost"));
  overlay_.clear();
  EXPECT_EQ(text_of(overlay_, "a"), "one");
  EXPECT_EQ(text_of(overlay_, "b"), "-");
  EXPECT_TRUE(overlay_.empty());
}

TEST_F(DecodedOverlay, WhatIsCommittedIsKnownWithoutAReading) {
  overlay_.put("a", message("one"));
  overlay_.put("b", bytes("two"));
  overlay_.put("c", message("three"));
  committed_.rows = {{"a", bytes("one")}, {"b", bytes("two")}, {"c", bytes("three")}};
  overlay_.settle();
  EXPECT_TRUE(overlay_.empty());
  EXPECT_EQ(text_of(overlay_, "a"), "one");
  EXPECT_EQ(committed_.gets, 0);
  // A row whose bytes were put, or that was erased, is not what was known of it before.
  EXPECT_EQ(text_of(overlay_, "b"), "two");
  overlay_.put("a", bytes("four"));
  overlay_.erase("c");
  committed_.rows = {{"a", bytes("four")}, {"b", bytes("two")}};
  overlay_.settle();
  EXPECT_EQ(text_of(overlay_, "a"), "four");
  EXPECT_EQ(text_of(overlay_, "c"), "-");
}

TEST_F(DecodedOverlay, ARestoreBelowIsSeen) {
  committed_.rows = {{"a", bytes("one")}};
  EXPECT_EQ(text_of(overlay_, "a"), "one");
  committed_.rows = {{"a", bytes("two")}};
  overlay_.forget();
  EXPECT_EQ(text_of(overlay_, "a"), "two");
}

// 10,000 rows of some 300 bytes in a budget of 100,000: most are dropped, and read again right.
TEST(KeptRows, StaysWithinItsBudgetAndKeepsWhatIsUsed) {
  MapRows committed;
  const auto name = [](int i) { return "row-" + std::to_string(i); };
  for (int i = 0; i < 10000; ++i) committed.rows[name(i)] = bytes(name(i) + std::string(50, 'x'));
  Overlay overlay(committed, 100000);
  for (int i = 0; i < 10000; ++i) {
    EXPECT_EQ(text_of(overlay, name(i)), name(i) + std::string(50, 'x'));
    EXPECT_EQ(text_of(overlay, name(0)), name(0) + std::string(50, 'x'));
  }
  EXPECT_EQ(committed.gets, 10000) << "the row in use was never dropped";
  for (int i = 1; i < 5000; ++i) text_of(overlay, name(i));
  EXPECT_GT(committed.gets, 14900) << "the others were";
}

}  // namespace
}  // namespace encours
