// Messages of the filter's tests, from the text format of protobuf.
#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "test_customer.pb.h"

namespace encours::filter {

// `number: "C1" overdue { currency_code: "EUR" minor: 5 }`
inline test::Customer make_customer(const std::string& text) {
  test::Customer customer;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &customer)) << text;
  return customer;
}

}  // namespace encours::filter
