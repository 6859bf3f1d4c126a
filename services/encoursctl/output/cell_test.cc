// Goal: each kind of value becomes the text that people and scripts expect. Method: examples with
// results written by hand; the decimals of currencies are those of ISO 4217.
#include "services/encoursctl/output/cell.h"

#include <gtest/gtest.h>

#include "encours/alerting/v1alpha1/alerts.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/stream/v1alpha1/command.pb.h"

namespace encours::ctl {
namespace {

using encours::stream::v1alpha1::TenantSetting;

TEST(Cell, AmountHasTheDecimalsOfItsCurrency) {
  EXPECT_EQ(Cell::amount(168198, "EUR").text, "1681.98");
  EXPECT_EQ(Cell::amount(0, "EUR").text, "0.00");
  EXPECT_EQ(Cell::amount(-5, "EUR").text, "-0.05");
  EXPECT_EQ(Cell::amount(500, "JPY").text, "500");
  EXPECT_EQ(Cell::amount(1234, "KWD").text, "1.234");
  // Beyond the 53 bits of a floating-point number.
  EXPECT_EQ(Cell::amount(9'007'199'254'740'993, "EUR").text, "90071992547409.93");
  EXPECT_EQ(Cell::amount(1, "EUR").kind, Cell::Kind::kAmount);
}

TEST(Cell, AmountWithoutCurrencyIsAbsent) {
  EXPECT_EQ(Cell::amount(encours::common::v1alpha1::Money()).kind, Cell::Kind::kAbsent);
}

TEST(Cell, AmountOfAnUnknownCurrencyIsNoNumber) {
  const Cell cell = Cell::amount(1234, "ZZZ");
  EXPECT_EQ(cell.kind, Cell::Kind::kText);
  EXPECT_EQ(cell.text, "1234 minor units of 'ZZZ'");
}

TEST(Cell, DatesAndInstants) {
  google::type::Date date;
  EXPECT_EQ(Cell::date(date).kind, Cell::Kind::kAbsent);
  date.set_year(2026);
  date.set_month(2);
  date.set_day(3);
  EXPECT_EQ(Cell::date(date).text, "2026-02-03");
  google::protobuf::Timestamp at;
  EXPECT_EQ(Cell::instant(at).kind, Cell::Kind::kAbsent);
  at.set_seconds(1'768'478'400);
  EXPECT_EQ(Cell::instant(at).text, "2026-01-15T12:00:00Z");
}

TEST(Cell, WordsOfEnumsLoseTheirPrefix) {
  EXPECT_EQ(Cell::word(encours::alerting::v1alpha1::ALERT_STATE_ACKNOWLEDGED).text, "acknowledged");
  EXPECT_EQ(Cell::word(TenantSetting::CLOCK_MODE_EVENTS).text, "events");
  EXPECT_EQ(Cell::word(encours::alerting::v1alpha1::ALERT_STATE_UNSPECIFIED).kind,
            Cell::Kind::kAbsent);
}

TEST(Cell, AValueOfALaterVersionIsSaid) {
  EXPECT_EQ(Cell::word(static_cast<encours::alerting::v1alpha1::AlertState>(77)).text,
            "unknown_77");
}

TEST(Cell, Hundredths) {
  EXPECT_EQ(Cell::hundredths(6'667).text, "66.67");
  EXPECT_EQ(Cell::hundredths(7'000).text, "70.00");
  EXPECT_EQ(Cell::hundredths(5).text, "0.05");
  EXPECT_EQ(Cell::hundredths(-350).text, "-3.50");
  EXPECT_EQ(Cell::hundredths(INT64_MIN).text, "-92233720368547758.08");
}

}  // namespace
}  // namespace encours::ctl
