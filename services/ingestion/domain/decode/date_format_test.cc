// Goal: dates are read in the one form that a mapping names and in no other. Method: tables.
#include "services/ingestion/domain/decode/date_format.h"

#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

TEST(DateFormat, takes_each_part_once) {
  for (const char* pattern : {"YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "YYYYMMDD", "DD.MM.YYYY"}) {
    EXPECT_TRUE(DateFormat::parse(pattern).ok()) << pattern;
  }
  for (const char* pattern : {"",
                              "YYYY-MM",
                              "YY-MM-DD",
                              "YYYY-MM-DD DD",
                              "YYYYY-MM-DD",
                              "yyyy-mm-dd",
                              "YYYY-MMM-DD",
                              "%Y-%m-%d",
                              "YYYY1MM1DD",
                              "MYYYYMDD",
                              "YYYY\nMM\nDD",
                              "YYYY-MM-DD---------------------------"}) {
    const auto parsed = DateFormat::parse(pattern);
    ASSERT_FALSE(parsed.ok()) << pattern;
    EXPECT_EQ(parsed.failure().code, "invalid_date_format");
  }
}

TEST(DateFormat, reads_days_that_exist) {
  const Date expected = *Date::from_ymd(2024, 2, 29);
  EXPECT_EQ(*DateFormat::parse("YYYY-MM-DD")->read("2024-02-29"), expected);
  EXPECT_EQ(*DateFormat::parse("DD/MM/YYYY")->read("29/02/2024"), expected);
  EXPECT_EQ(*DateFormat::parse("YYYYMMDD")->read("20240229"), expected);
}

TEST(DateFormat, refuses_other_texts) {
  const auto format = DateFormat::parse("DD/MM/YYYY");
  ASSERT_TRUE(format.ok());
  for (const char* text : {"",
                           "29/02/2023",
                           "31/04/2024",
                           "1/2/2024",
                           "2024/02/29",
                           "29-02-2024",
                           "29/02/24",
                           " 29/02/2024",
                           "29/02/20244",
                           "00/01/2024",
                           "01/13/2024",
                           "01/01/0000",
                           "aa/bb/cccc"}) {
    const auto date = format->read(text);
    ASSERT_FALSE(date.ok()) << text;
    EXPECT_EQ(date.failure().code, "invalid_date");
  }
}

}  // namespace
}  // namespace encours::ingestion
