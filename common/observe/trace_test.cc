// Goal: only well-formed traceparents are taken over, and each thread has its own scope.
// Method: the examples and rules of the W3C recommendation, section 3.2.
#include "common/observe/trace.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace encours {
namespace {

constexpr const char* kExample = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, ReadsAndWrites) {
  const TraceContext trace = TraceContext::parse(kExample).value();
  EXPECT_EQ(trace.trace_id_hex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(trace.span_id_hex(), "b7ad6b7169203331");
  EXPECT_TRUE(trace.sampled);
  EXPECT_EQ(trace.to_string(), kExample);
  const auto unsampled =
      TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe");
  EXPECT_FALSE(unsampled->sampled) << "only the lowest bit is known";
  EXPECT_EQ(unsampled->to_string().substr(52), "-00") << "unknown flags are not passed on";
}

TEST(TraceContext, LaterVersions) {
  const std::string body = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_TRUE(TraceContext::parse("cc" + body).ok());
  EXPECT_TRUE(TraceContext::parse("cc" + body + "-what-comes-later").ok());
  EXPECT_FALSE(TraceContext::parse("cc" + body + ".what").ok());
  EXPECT_FALSE(TraceContext::parse("00" + body + "-more").ok());
  EXPECT_FALSE(TraceContext::parse("ff" + body).ok());
}

TEST(TraceContext, RefusesTheRest) {
  for (const char* text : {"",
                           "00",
                           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                           "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX: y"}) {
    const Result<TraceContext> parsed = TraceContext::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.failure().code, "invalid_traceparent");
  }
}

TEST(TraceContext, NewIdsDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(TraceContext::start().trace_id_hex());
  EXPECT_EQ(ids.size(), 1000u);
  const TraceContext parent = TraceContext::start(true);
  const TraceContext child = parent.child();
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_NE(child.span_id, parent.span_id);
  EXPECT_TRUE(child.sampled);
}

TEST(TraceScope, NestsPerThread) {
  EXPECT_EQ(TraceScope::current(), nullptr);
  const TraceContext outer = TraceContext::start();
  const TraceScope outer_scope(outer);
  {
    const TraceContext inner = outer.child();
    const TraceScope inner_scope(inner);
    EXPECT_EQ(*TraceScope::current(), inner);
  }
  EXPECT_EQ(*TraceScope::current(), outer);
  std::thread other([] { EXPECT_EQ(TraceScope::current(), nullptr); });
  other.join();
}

}  // namespace
}  // namespace encours
