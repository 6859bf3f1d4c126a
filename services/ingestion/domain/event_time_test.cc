// Goal: an event's place in time is what the contract says. Method: a table of events with the day
// that each kind of business names; instants by hand (Paris is UTC+1 in winter, UTC+2 in summer).
#include "services/ingestion/domain/event_time.h"

#include <gtest/gtest.h>

#include "services/ingestion/domain/testing.h"

namespace encours::ingestion {
namespace {

Zone paris() { return *Zone::load("Europe/Paris"); }

const std::vector<std::string> kEventsOfThe31stOfMarch = {
    "invoice_issued { issue_date { year: 2026 month: 3 day: 31 } due_date { year: 2026 month: 5 "
    "day: 1 } }",
    "credit_note_issued { issue_date { year: 2026 month: 3 day: 31 } }",
    "invoice_cancelled { cancelled_on { year: 2026 month: 3 day: 31 } }",
    "payment_received { value_date { year: 2026 month: 3 day: 31 } booking_date { year: 2026 "
    "month: 4 day: 1 } }",
    "payment_received { booking_date { year: 2026 month: 3 day: 31 } }",
    "payment_allocated { effective_date { year: 2026 month: 3 day: 31 } }",
    "allocation_reversed { reversed_on { year: 2026 month: 3 day: 31 } }",
    "payment_rejected { rejected_on { year: 2026 month: 3 day: 31 } }",
    "order_placed { ordered_on { year: 2026 month: 3 day: 31 } }",
    "order_invoiced { invoiced_on { year: 2026 month: 3 day: 31 } }",
    "term_paper_accepted { accepted_on { year: 2026 month: 3 day: 31 } }",
    "down_payment_received { value_date { year: 2026 month: 3 day: 31 } }",
    "dispute_opened { opened_on { year: 2026 month: 3 day: 31 } }",
    "dispute_resolved { resolved_on { year: 2026 month: 3 day: 31 } }",
    "promise_recorded { given_on { year: 2026 month: 3 day: 31 } }",
    "hold_placed { from { year: 2026 month: 3 day: 31 } }",
    "hold_released { released_on { year: 2026 month: 3 day: 31 } }",
    "write_off_recorded { written_off_on { year: 2026 month: 3 day: 31 } }",
    "set_off_recorded { effective_date { year: 2026 month: 3 day: 31 } }",
    "internal_limit_set { valid_from { year: 2026 month: 3 day: 31 } }"};

TEST(EventTime, each_kind_has_its_day) {
  for (const auto& text : kEventsOfThe31stOfMarch) {
    EXPECT_EQ(day_of_business(event_of(text)), *Date::from_ymd(2026, 3, 31)) << text;
    EXPECT_EQ(occurred_time_of(event_of(text), paris()), at("2026-03-31T04:00:00Z")) << text;
    EXPECT_EQ(recorded_time_of(event_of(text), paris()), at("2026-03-31T04:00:00Z")) << text;
  }
}

TEST(EventTime, some_have_none) {
  for (const char* text : {"customer_upserted { customer_since { year: 2020 month: 1 day: 1 } }",
                           "einvoice_status_changed { invoice: \"F1\" }",
                           "invoice_issued { }",
                           ""}) {
    EXPECT_EQ(recorded_time_of(event_of(text), paris()), std::nullopt) << text;
  }
}

TEST(EventTime, what_the_event_says_itself_comes_first) {
  const std::string invoice = "invoice_issued { issue_date { year: 2026 month: 1 day: 15 } } ";
  EXPECT_EQ(recorded_time_of(event_of(invoice), paris()), at("2026-01-15T05:00:00Z"));
  EXPECT_EQ(
      recorded_time_of(event_of(invoice + "occurred_on { year: 2026 month: 1 day: 16 }"), paris()),
      at("2026-01-16T05:00:00Z"));
  const auto both = event_of(invoice + R"(occurred_at { seconds: 1768500000 }
                                          recorded_on { year: 2026 month: 7 day: 1 })");
  EXPECT_EQ(occurred_time_of(both, paris()), at("2026-01-15T18:00:00Z"));
  EXPECT_EQ(recorded_time_of(both, paris()), at("2026-07-01T04:00:00Z"));
  EXPECT_EQ(recorded_time_of(event_of(invoice + "recorded_at { seconds: 1768500000 nanos: 5000 }"),
                             paris()),
            at("2026-01-15T18:00:00.000005Z"));
}

}  // namespace
}  // namespace encours::ingestion
