// Goal: what is cut off or not ours is poison, never a record with a part missing. Method: bytes by
// hand, and a whole record cut at every byte.
#include "common/stream/decode.h"

#include <gtest/gtest.h>

#include <string>

namespace encours::stream {
namespace {

std::string code_of(std::string_view bytes) {
  const auto head = decode_head(bytes);
  return head ? "" : head.failure().code;
}

Envelope envelope() {
  Envelope envelope;
  envelope.set_tenant("acme");
  envelope.set_id("1");
  envelope.set_order_key("k");
  return envelope;
}

TEST(DecodeHead, ReadsAnEnvelopeOrATick) {
  const auto fact = decode_head(encode_fact(envelope(), ""));
  ASSERT_TRUE(fact.ok());
  EXPECT_EQ(fact->envelope.order_key(), "k");
  EXPECT_FALSE(fact->tick.has_value());
  Tick tick;
  tick.set_clock("wall");
  const auto read = decode_head(encode_tick(tick));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->tick->clock(), "wall");
}

TEST(DecodeHead, AnEnvelopeThatIsCutOffIsPoisonWhereverTheCutIs) {
  const std::string whole = encode_fact(envelope(), "");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(code_of(whole.substr(0, size)), "unreadable_envelope") << size << " bytes";
  }
}

TEST(DecodeHead, ALengthBehindTheEndIsPoisonThoughTheRestParses) {
  // Found by the fault suite: 127 bytes are said, 6 are there, and these are fields of their own.
  EXPECT_EQ(code_of("\n\177 10201"), "unreadable_envelope");
  EXPECT_EQ(code_of("\x12\177\n\x04wall"), "unreadable_tick");
}

TEST(DecodeHead, NeitherIsPoison) {
  EXPECT_EQ(code_of(""), "no_envelope");
  EXPECT_EQ(code_of("\x1A\x01x"), "no_envelope");
  EXPECT_EQ(code_of(std::string("\n\0", 2)), "no_envelope");
}

}  // namespace
}  // namespace encours::stream
