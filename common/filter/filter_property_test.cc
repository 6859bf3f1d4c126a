// Goal: no text makes the compiler of filters fail in another way than with a problem and its
// place, and what is accepted means the same when it is written out.
// Method: RapidCheck joins fragments of the language at random; it prints its seed, which
// RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/filter/order_by.h"
#include "common/filter/test_message.h"

namespace encours::filter {
namespace {

const google::protobuf::Message& any_customer() {
  static const auto first =
      make_customer("name: 'a' days_late: 3 tags: 'x' overdue { currency_code: 'EUR' minor: 5 }");
  static const auto second = make_customer("disputed: true risk { paydex: 4 }");
  return *rc::gen::inRange(0, 2) == 0 ? first : second;
}

std::string any_text() {
  const auto fragment = rc::gen::element<std::string>("name",
                                                      "days_late",
                                                      "overdue",
                                                      "risk",
                                                      "paydex",
                                                      "tags",
                                                      "disputed",
                                                      "due_date",
                                                      ".",
                                                      " ",
                                                      " ",
                                                      "=",
                                                      "!=",
                                                      "<",
                                                      ">=",
                                                      ":",
                                                      "(",
                                                      ")",
                                                      "-",
                                                      "NOT ",
                                                      " AND ",
                                                      " OR ",
                                                      "\"",
                                                      "'",
                                                      "\\",
                                                      "*",
                                                      "a",
                                                      "3",
                                                      "0.05",
                                                      "true",
                                                      "2026-01-31",
                                                      ",",
                                                      "\u00e9",
                                                      "\xff",
                                                      " desc");
  std::string text;
  for (const std::string& part : *rc::gen::container<std::vector<std::string>>(fragment)) {
    text += part;
  }
  return text;
}

// A filter that is good, with up to three levels.
std::string any_filter(int depth) {
  if (depth == 0 || *rc::gen::inRange(0, 3) == 0) {
    return *rc::gen::element<std::string>("name = \"a\"",
                                          "name:b",
                                          "days_late > 2",
                                          "days_late != 3",
                                          "tags:x",
                                          "disputed = true",
                                          "risk.paydex <= 4",
                                          "overdue = 0.05",
                                          "risk:*",
                                          "due_date < 2026-01-31");
  }
  const std::string left = any_filter(depth - 1);
  const std::string right = any_filter(depth - 1);
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return "(" + left + " OR " + right + ")";
    case 1:
      return left + " AND " + right;
    case 2:
      return left + " " + right;
    default:
      return "NOT (" + left + ")";
  }
}

bool matches(const std::string& text, const google::protobuf::Message& message) {
  return Filter::compile(text, *test::Customer::descriptor()).value().matches(message);
}

RC_GTEST_PROP(FilterProperty, AnyTextIsAcceptedOrRefusedWithItsPlace, ()) {
  const std::string text = any_text();
  Problem problem;
  const Result<Filter> filter = Filter::compile(text, *test::Customer::descriptor(), {}, &problem);
  if (filter.ok()) {
    const google::protobuf::Message& message = any_customer();
    RC_ASSERT(matches(filter->text(), message) == filter->matches(message));
  } else {
    RC_ASSERT(!problem.code.empty());
    RC_ASSERT(problem.column >= 1);
    RC_ASSERT(problem.column <= column_of(text, text.size()));
  }
}

RC_GTEST_PROP(FilterProperty, AnyOrderIsAcceptedOrRefusedWithItsPlace, ()) {
  const std::string text = any_text();
  Problem problem;
  const Result<OrderBy> order = OrderBy::compile(text, *test::Customer::descriptor(), {}, &problem);
  if (!order.ok()) {
    RC_ASSERT(problem.column >= 1);
    RC_ASSERT(problem.column <= column_of(text, text.size()));
  }
}

RC_GTEST_PROP(FilterProperty, LogicIsThatOfTheParts, ()) {
  const std::string left = any_filter(3);
  const std::string right = any_filter(3);
  const google::protobuf::Message& message = any_customer();
  const bool a = matches(left, message);
  const bool b = matches(right, message);
  RC_ASSERT(matches("(" + left + ") AND (" + right + ")", message) == (a && b));
  RC_ASSERT(matches("(" + left + ") OR (" + right + ")", message) == (a || b));
  RC_ASSERT(matches("(" + left + ") (" + right + ")", message) == (a && b));
  RC_ASSERT(matches("-(" + left + ")", message) == !a);
  const std::string written_out = Filter::compile(left, *test::Customer::descriptor())->text();
  RC_ASSERT(matches(written_out, message) == a);
}

}  // namespace
}  // namespace encours::filter
