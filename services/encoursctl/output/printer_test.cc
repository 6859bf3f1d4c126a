// Goal: tables are aligned and safe on a terminal, CSV is RFC 4180, JSON is exact. Method: whole
// outputs written by hand.
#include "services/encoursctl/output/printer.h"

#include <gtest/gtest.h>

#include <sstream>

namespace encours::ctl {
namespace {

std::string printed(OutputFormat format,
                    const std::vector<Column>& columns,
                    const std::vector<std::vector<Cell>>& rows) {
  std::ostringstream out;
  Printer printer(format, out, columns);
  for (const auto& row : rows) EXPECT_TRUE(printer.row(row).ok());
  EXPECT_TRUE(printer.end().ok());
  return out.str();
}

TEST(Printer, TableAlignsNumbersToTheRight) {
  EXPECT_EQ(
      printed(OutputFormat::kTable,
              {{"account"}, {"total"}, {"days"}, {"hidden", true}},
              {{Cell::of("C-1"), Cell::amount(123456, "EUR"), Cell::number(7), Cell::of("x")},
               {Cell::of("Société"), Cell::amount(-5, "EUR"), Cell::absent(), Cell::of("y")}}),
      "account    total  days\n"
      "C-1      1234.56     7\n"
      "Société    -0.05     -\n");
}

TEST(Printer, TableShowsNoControlCharacters) {
  EXPECT_EQ(printed(OutputFormat::kTable, {{"a"}}, {{Cell::of("x\x1b[2Jy\nz\xC2\x9Bq")}}),
            "a\nx?[2Jy?z?q\n");
}

TEST(Printer, EmptyAnswersHaveTheirHeader) {
  EXPECT_EQ(printed(OutputFormat::kTable, {{"a"}, {"b"}}, {}), "a  b\n");
  EXPECT_EQ(printed(OutputFormat::kCsv, {{"a"}, {"b", true}}, {}), "a,b\n");
  EXPECT_EQ(printed(OutputFormat::kJson, {{"a"}, {"b"}}, {}), "");
}

TEST(Printer, CsvQuotesAndKeepsBytes) {
  EXPECT_EQ(printed(OutputFormat::kCsv,
                    {{"a"}, {"b"}, {"c", true}},
                    {{Cell::of("x,y"), Cell::of("say \"no\""), Cell::of("two\nlines")},
                     {Cell::absent(), Cell::number(-3), Cell::amount(-1, "EUR")}}),
            "a,b,c\n\"x,y\",\"say \"\"no\"\"\",\"two\nlines\"\n,-3,-0.01\n");
}

TEST(Printer, CsvChangesNoText) {
  for (const char* text : {"=1+1", "+33123", "-C17", "@sum", "a=b", ""}) {
    EXPECT_EQ(csv_field(Cell::of(text)), text);
  }
  EXPECT_EQ(csv_field(Cell::of("=a,b")), "\"=a,b\"");
  EXPECT_EQ(csv_field(Cell::of("B\xFF")), "B\xEF\xBF\xBD") << "bytes that are no text";
}

TEST(Printer, JsonHasAnObjectPerLine) {
  EXPECT_EQ(
      printed(OutputFormat::kJson,
              {{"text"}, {"count"}, {"amount"}, {"yes"}, {"none", true}},
              {{Cell::of("é\"\n"),
                Cell::number(12),
                Cell::amount(1250, "EUR"),
                Cell::boolean(true),
                Cell::absent()}}),
      "{\"text\":\"é\\\"\\n\",\"count\":12,\"amount\":\"12.50\",\"yes\":true,\"none\":null}\n");
}

TEST(Printer, AClosedOutputIsAnError) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  Printer printer(OutputFormat::kCsv, out, {{"a"}});
  EXPECT_EQ(printer.row({Cell::of("x")}).failure().code, "output_closed");
}

}  // namespace
}  // namespace encours::ctl
