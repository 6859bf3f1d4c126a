// Goal: the proxy sees which request it has before it, whatever pieces the bytes come in. Method:
// frames written by hand after Kafka's protocol guide, whole and cut at every place.
#include "tests/fault/frame.h"

#include <gtest/gtest.h>

#include <vector>

namespace encours::test {
namespace {

using namespace std::string_literals;

// EndTxn, version 1, correlation 7, of the client "c": the id "tally-a-0", producer 4, epoch 3.
std::string end_txn(bool commits) {
  return "\0\0\0\x21"s + "\0\x1a"s + "\0\x01"s + "\0\0\0\x07"s + "\0\x01"s + "c" + "\0\x09"s +
         "tally-a-0" + "\0\0\0\0\0\0\0\x04"s + "\0\x03"s + (commits ? "\x01"s : "\0"s);
}

// Heartbeat, version 3, correlation -2, a client without a name; its body is nobody's business.
const std::string kHeartbeat =
    "\0\0\0\x0c"s + "\0\x0c"s + "\0\x03"s + "\xff\xff\xff\xfe"s + "\xff\xff"s + "\x2a\x2b"s;

TEST(Frame, SaysWhatARequestIs) {
  const auto request = read_request(kHeartbeat);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->api_key, ApiKey::kHeartbeat);
  EXPECT_EQ(request->version, 3);
  EXPECT_EQ(request->correlation, -2);
  EXPECT_FALSE(request->commits.has_value());
}

TEST(Frame, SaysHowATransactionEnds) {
  for (const bool commits : {true, false}) {
    const auto request = read_request(end_txn(commits));
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request->api_key, ApiKey::kEndTxn);
    EXPECT_EQ(request->correlation, 7);
    EXPECT_EQ(request->transactional_id, "tally-a-0");
    EXPECT_EQ(request->commits, commits);
  }
}

TEST(Frame, GivesTheCorrelationOfAnAnswer) {
  const auto correlation = read_correlation("\0\0\0\x05"s + "\0\x01\0\x02"s + "x");
  ASSERT_TRUE(correlation.ok());
  EXPECT_EQ(*correlation, 0x10002);
}

TEST(Frame, RefusesWhatIsTooShortOrNewerThanItKnows) {
  EXPECT_FALSE(read_request("\0\0\0\x04\0\x0c\0\x03"s).ok());
  EXPECT_FALSE(read_correlation("\0\0\0\x02\0\x01"s).ok());
  const std::string whole = end_txn(true);
  EXPECT_FALSE(read_request(whole.substr(0, whole.size() - 1)).ok());
  std::string compact = whole;
  compact[7] = '\x03';
  EXPECT_FALSE(read_request(compact).ok());
}

std::vector<std::string> frames_of(FrameCutter& cutter) {
  std::vector<std::string> out;
  while (true) {
    const auto next = cutter.next();
    EXPECT_TRUE(next.ok());
    if (!next.ok() || !next->has_value()) return out;
    out.push_back(**next);
  }
}

TEST(FrameCutter, CutsAtTheFramesAndNowhereElse) {
  const std::string all = kHeartbeat + end_txn(false) + kHeartbeat;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    FrameCutter cutter;
    cutter.add(std::string_view(all).substr(0, cut));
    auto frames = frames_of(cutter);
    cutter.add(std::string_view(all).substr(cut));
    for (auto& frame : frames_of(cutter)) frames.push_back(std::move(frame));
    EXPECT_EQ(frames, (std::vector<std::string>{kHeartbeat, end_txn(false), kHeartbeat}))
        << "cut at " << cut;
  }
}

TEST(FrameCutter, RefusesALengthThatNoFrameHas) {
  FrameCutter cutter;
  cutter.add("\xff\xff\xff\xff"s);
  EXPECT_FALSE(cutter.next().ok());
  FrameCutter other;
  other.add("GET / HTTP/1.1\r\n");
  EXPECT_FALSE(other.next().ok());
}

}  // namespace
}  // namespace encours::test
