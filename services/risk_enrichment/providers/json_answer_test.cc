// Goal: the strict reader gives what is there, nothing for what is not, and blames what can't be.
// Method: small texts by hand.
#include "services/risk_enrichment/providers/json_answer.h"

#include <gtest/gtest.h>

namespace encours::risk {
namespace {

TEST(JsonAnswer, OnlyAnObjectIsAnAnswer) {
  for (const char* body : {"",
                           "[]",
                           "5",
                           "null",
                           "{",
                           "{}x",
                           "<html>",
                           "{\"a\":1,\"a\":2}",
                           "{\"a\":{\"b\":1,\"b\":1}}",
                           "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(JsonAnswer::parse(body).blame(), "body") << body;
  }
  EXPECT_TRUE(JsonAnswer::parse(R"({"a":{"b":1},"c":{"b":1}})").good());
  const std::string deep(100'000, '[');
  EXPECT_EQ(JsonAnswer::parse("{\"a\":" + deep).blame(), "body");
  EXPECT_EQ(
      JsonAnswer::parse("{\"a\":" + std::string(80, '[') + std::string(80, ']') + "}").blame(),
      "body");
}

TEST(JsonAnswer, NumbersAreWholeAndBounded) {
  auto json = JsonAnswer::parse(R"({"a":5,"b":null,"huge":18446744073709551615})");
  EXPECT_EQ(json.whole("a", 5, 5), 5);
  EXPECT_EQ(json.whole("b", 0, 9), std::nullopt);
  EXPECT_EQ(json.whole("c.d", 0, 9), std::nullopt);
  EXPECT_TRUE(json.good());
  EXPECT_EQ(json.whole("huge", 0, INT64_MAX), std::nullopt);
  EXPECT_EQ(json.blame(), "huge");
  EXPECT_EQ(json.whole("a", 0, 9), std::nullopt);  // Nothing is to be used any more.
  for (const char* body : {R"({"a":1.0})", R"({"a":"1"})", R"({"a":true})", R"({"a":[1]})"}) {
    auto wrong = JsonAnswer::parse(body);
    EXPECT_EQ(wrong.whole("a", 0, 9), std::nullopt);
    EXPECT_EQ(wrong.blame(), "a") << body;
  }
  auto inside = JsonAnswer::parse(R"({"a":{"b":5}})");
  inside.whole("a.b.c", 0, 9);
  EXPECT_EQ(inside.blame(), "a.b");
}

TEST(JsonAnswer, MoneyIsExact) {
  const auto minor = [](const std::string& value, const std::string& currency) {
    auto json =
        JsonAnswer::parse(R"({"m":{"value":)" + value + R"(,"currency":")" + currency + "\"}}");
    const auto money = json.money("m");
    return money ? std::to_string(money->minor()) : "blames " + json.blame();
  };
  EXPECT_EQ(minor("12000", "EUR"), "1200000");
  EXPECT_EQ(minor("0.1", "EUR"), "10");
  EXPECT_EQ(minor("12345678.91", "EUR"), "1234567891");
  EXPECT_EQ(minor("500", "JPY"), "500");
  EXPECT_EQ(minor("0.5", "JPY"), "blames m.value");
  EXPECT_EQ(minor("0.001", "EUR"), "blames m.value");
  EXPECT_EQ(minor("-1", "EUR"), "blames m.value");
  EXPECT_EQ(minor("1e30", "EUR"), "blames m.value");
  EXPECT_EQ(minor("99999999999999", "EUR"), "blames m.value");
  EXPECT_EQ(minor("\"5\"", "EUR"), "blames m.value");
  EXPECT_EQ(minor("5", "eur"), "blames m.currency");
  auto none = JsonAnswer::parse(R"({"m":null,"n":{"value":null}})");
  EXPECT_EQ(none.money("m"), std::nullopt);
  EXPECT_EQ(none.money("n"), std::nullopt);
  EXPECT_TRUE(none.good());
}

TEST(JsonAnswer, DatesTextsAndFlags) {
  auto json = JsonAnswer::parse(
      R"({"d":"2024-02-29","t":"2024-02-29T10:00:00Z","e":"","f":false,"s":"a\nb"})");
  EXPECT_EQ(json.date("d")->to_string(), "2024-02-29");
  EXPECT_EQ(json.date("t")->to_string(), "2024-02-29");
  EXPECT_EQ(json.text("e"), std::nullopt);
  EXPECT_EQ(json.flag("f"), false);
  EXPECT_EQ(json.flag("x"), std::nullopt);
  EXPECT_TRUE(json.good());
  EXPECT_EQ(json.text("s"), std::nullopt);
  EXPECT_EQ(json.blame(), "s");
  for (const char* wrong :
       {"2023-02-29", "0009-01-01", "5025-01-01", "1er janvier 2020", "2024-02-29 10:00"}) {
    auto one = JsonAnswer::parse(std::string(R"({"d":")") + wrong + "\"}");
    EXPECT_EQ(one.date("d"), std::nullopt);
    EXPECT_EQ(one.blame(), "d") << wrong;
  }
}

}  // namespace
}  // namespace encours::risk
