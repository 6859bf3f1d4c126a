// Goal: one call is one line of valid JSON, whatever the values say.
// Method: lines are written to a stream, counted, and read back by an independent JSON parser.
#include "common/observe/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <type_traits>
#include <vector>

#include "common/observe/trace.h"

namespace encours::log {
namespace {

static_assert(!std::is_constructible_v<Literal, std::string>);
static_assert(!std::is_constructible_v<Literal, const char*>);

class LogTest : public testing::Test {
 protected:
  nlohmann::json only_line() {
    const std::string text = out_.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    EXPECT_EQ(text.back(), '\n');
    return nlohmann::json::parse(text);
  }

  std::ostringstream out_;
  ManualClock clock_{Instant::parse("2026-01-31T08:00:00.5Z").value()};
  Logger logger_{{.service = "ingestion", .clock = &clock_, .out = &out_}};
};

TEST_F(LogTest, AllKindsOfValues) {
  const std::string topic = "receivables";
  logger_.write(Level::kInfo,
                "commit_slow",
                {{"topic", topic},
                 {"reason", "tick"},
                 {"partition", 3},
                 {"offset", int64_t{9007199254740993}},
                 {"size", std::numeric_limits<uint64_t>::max()},
                 {"ratio", 0.5},
                 {"undefined", std::numeric_limits<double>::quiet_NaN()},
                 {"last", true}});
  EXPECT_EQ(out_.str(),
            "{\"at\":\"2026-01-31T08:00:00.500000Z\",\"level\":\"info\",\"service\":\"ingestion\","
            "\"event\":\"commit_slow\",\"topic\":\"receivables\",\"reason\":\"tick\","
            "\"partition\":3,\"offset\":9007199254740993,\"size\":18446744073709551615,"
            "\"ratio\":0.5,\"undefined\":null,\"last\":true}\n");
}

TEST_F(LogTest, NothingBreaksTheLine) {
  const std::string attack =
      "a\r\n{\"level\":\"error\"}\x1b[2J\x1b]0;title\x07\x7f\xc2\x9b"
      "31m\xe2\x80\xa8\xe2\x80\xae"
      "\xff\xc0\xaf%s%n{}\"\\\t" +
      std::string(1, '\0') + "end";
  logger_.write(Level::kWarning, "refused", {{"value", attack}});
  const std::string text = out_.str();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xa8"), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  const nlohmann::json line = only_line();
  EXPECT_EQ(line["level"], "warning");
  EXPECT_EQ(line["value"],
            "a\r\n{\"level\":\"error\"}\x1b[2J\x1b]0;title\x07\x7f\xc2\x9b"
            "31m\xe2\x80\xa8"
            "\xe2\x80\xae\ufffd\ufffd\ufffd%s%n{}\"\\\t" +
                std::string(1, '\0') + "end");
}

TEST_F(LogTest, LongValuesAreCut) {
  logger_.write(Level::kInfo, "long", {{"value", std::string(1'000'000, 'x')}});
  EXPECT_EQ(only_line()["value"], std::string(2048, 'x') + "... (1000000 bytes)");
}

TEST_F(LogTest, CutsBetweenCharacters) {
  logger_.write(Level::kInfo, "long", {{"value", std::string(2047, 'x') + "\u20ac"}});
  EXPECT_EQ(only_line()["value"], std::string(2047, 'x') + "... (2050 bytes)");
}

TEST_F(LogTest, ErrorsAndTraces) {
  const TraceContext trace =
      TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").value();
  {
    const TraceScope scope(trace);
    logger_.write(Level::kError,
                  "import_failed",
                  refused("bad_total", "total", "Sums differ."),
                  {{"row", 7}});
  }
  const nlohmann::json line = only_line();
  EXPECT_EQ(line["trace_id"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(line["span_id"], "b7ad6b7169203331");
  EXPECT_EQ(line["reaction"], "refused");
  EXPECT_EQ(line["code"], "bad_total");
  EXPECT_EQ(line["field"], "total");
  EXPECT_EQ(line["message"], "Sums differ.");
  EXPECT_EQ(line["row"], 7);
}

TEST_F(LogTest, LevelsBelowAreNotWritten) {
  logger_.write(Level::kDebug, "quiet");
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(parse_level("debug").value(), Level::kDebug);
  EXPECT_EQ(parse_level("error").value(), Level::kError);
  EXPECT_EQ(parse_level("verbose").failure().code, "unknown_log_level");
}

TEST_F(LogTest, LinesOfManyThreadsDoNotMix) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 100; ++j) logger_.write(Level::kInfo, "line", {{"number", j}});
    });
  }
  for (auto& thread : threads) thread.join();
  std::istringstream lines(out_.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
  EXPECT_EQ(count, 400);
}

TEST(Log, ProcessLoggerWritesToStandardError) {
  testing::internal::CaptureStderr();
  ManualClock clock;
  start({.service = "test", .clock = &clock});
  info("started", {{"port", 80}});
  debug("quiet");
  const std::string text = testing::internal::GetCapturedStderr();
  start({});
  EXPECT_EQ(text,
            "{\"at\":\"1970-01-01T00:00:00Z\",\"level\":\"info\",\"service\":\"test\","
            "\"event\":\"started\",\"port\":80}\n");
}

}  // namespace
}  // namespace encours::log
