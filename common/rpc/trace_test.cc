// Goal: only a well-formed traceparent is taken over; anything else starts a new trace.
// Method: the example of the W3C recommendation, and headers with one thing wrong each.
#include "common/rpc/trace.h"

#include <gtest/gtest.h>

namespace encours::rpc {
namespace {

const std::string kExample = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Trace, ReadsTheExampleOfTheRecommendation) {
  const auto trace = parse_traceparent(kExample);
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(trace->trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(trace->span_id, "b7ad6b7169203331");
  EXPECT_EQ(trace->flags, "01");
  EXPECT_EQ(trace->traceparent(), kExample);
}

TEST(Trace, ALaterVersionMayAppendFields) {
  std::string later = kExample;
  later[1] = '1';
  EXPECT_TRUE(parse_traceparent(later).has_value());
  EXPECT_TRUE(parse_traceparent(later + "-more").has_value());
  EXPECT_FALSE(parse_traceparent(later + "more").has_value());
  EXPECT_FALSE(parse_traceparent(kExample + "-more").has_value());
}

TEST(Trace, RefusesWhatIsNotWellFormed) {
  for (const std::string& bad :
       {std::string(),
        kExample.substr(1),
        "ff" + kExample.substr(2),
        std::string("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
        std::string("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"),
        std::string("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        std::string("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333\n-01"),
        std::string("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")}) {
    EXPECT_FALSE(parse_traceparent(bad).has_value()) << bad;
  }
}

TEST(Trace, ASpanStaysInItsTraceOrBeginsOne) {
  const Trace child = start_span(kExample);
  EXPECT_EQ(child.trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_NE(child.span_id, "b7ad6b7169203331");
  EXPECT_TRUE(parse_traceparent(child.traceparent()).has_value());

  const Trace first = start_span("rubbish");
  const Trace second = start_span("");
  EXPECT_TRUE(parse_traceparent(first.traceparent()).has_value());
  EXPECT_NE(first.trace_id, second.trace_id);
}

}  // namespace
}  // namespace encours::rpc
