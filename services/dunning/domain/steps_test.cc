// Goal: the day and the step of an invoice are those that the rules of steps.h name. Method: a
// calendar written by hand; due date 10 March 2026, steps at -5, +3, +15, +30 days.
#include "services/dunning/domain/steps.h"

#include <gtest/gtest.h>

namespace encours::dunning {
namespace {

Date day(const std::string& text) { return *Date::parse(text); }

const Scenario& scenario() {
  static const Scenario made = [] {
    Scenario out;
    int number = 0;
    for (const auto& [key, days] : std::vector<std::pair<std::string, int>>{
             {"courtesy", -5}, {"first", 3}, {"second", 15}, {"last", 30}}) {
      auto& step = *out.add_steps();
      step.set_key(key);
      step.set_number(++number);
      step.set_days_after_due(days);
    }
    return out;
  }();
  return made;
}

DunnedInvoiceRow invoice(const std::string& known = "2026-02-01") {
  DunnedInvoiceRow row;
  *row.mutable_due_date() = to_proto(day("2026-03-10"));
  *row.mutable_known_on() = to_proto(day(known));
  return row;
}

void over(DunnedInvoiceRow* row, const std::string& key, bool sent = true) {
  auto& step = *row->add_steps();
  step.set_key(key);
  step.set_sent(sent);
}

std::string due(const DunnedInvoiceRow& row, const std::string& on) {
  const Step* step = step_due(scenario(), row, day(on));
  return step == nullptr ? "-" : step->key();
}

std::string next(const DunnedInvoiceRow& row, const std::string& from) {
  const auto found = next_step_day(scenario(), row, day(from));
  return found ? found->to_string() : "-";
}

TEST(Steps, TheLastStepWhoseDayHasCome) {
  const auto row = invoice();
  EXPECT_EQ(due(row, "2026-03-04"), "-");
  EXPECT_EQ(due(row, "2026-03-05"), "courtesy");
  EXPECT_EQ(due(row, "2026-03-10"), "courtesy");
  EXPECT_EQ(due(row, "2026-03-11"), "-");  // No courtesy once the due date is past.
  EXPECT_EQ(due(row, "2026-03-13"), "first");
  EXPECT_EQ(due(row, "2026-03-24"), "first");
  EXPECT_EQ(due(row, "2026-03-25"), "second");
  EXPECT_EQ(due(row, "2026-12-31"), "last");
}

TEST(Steps, WhatIsOverComesNoMoreNorDoesWhatIsBelowIt) {
  auto row = invoice();
  over(&row, "second");
  EXPECT_EQ(due(row, "2026-03-13"), "-");
  EXPECT_EQ(due(row, "2026-03-25"), "-");
  EXPECT_EQ(due(row, "2026-04-09"), "last");
  over(&row, "a-step-of-an-older-version");
  EXPECT_EQ(due(row, "2026-04-09"), "last");
}

TEST(Steps, CourtesyComesAfterTheDayOnWhichTheInvoiceBecameKnown) {
  EXPECT_EQ(due(invoice("2026-03-04"), "2026-03-05"), "courtesy");
  EXPECT_EQ(due(invoice("2026-03-05"), "2026-03-05"), "-");
  EXPECT_EQ(due(invoice("2026-03-05"), "2026-03-06"), "-");
  // Known when it was late already: the step of its age, at once.
  EXPECT_EQ(due(invoice("2026-03-27"), "2026-03-27"), "second");
}

TEST(Steps, TheNextDay) {
  auto row = invoice();
  EXPECT_EQ(next(row, "2026-02-01"), "2026-03-05");
  EXPECT_EQ(next(row, "2026-03-07"), "2026-03-07");  // Still due.
  over(&row, "courtesy");
  EXPECT_EQ(next(row, "2026-03-07"), "2026-03-13");
  over(&row, "last");
  EXPECT_EQ(next(row, "2026-03-07"), "-");
  EXPECT_EQ(next(invoice("2026-03-06"), "2026-03-06"), "2026-03-13");
}

TenantSetting live(TenantSetting::Backlog backlog, int step = 0) {
  TenantSetting setting;
  setting.set_backlog(backlog);
  setting.set_backlog_step(step);
  return setting;
}

// Late by 40 days at go-live on 19 April.
TEST(Steps, WhatWasLateAtGoLiveBeginsAnewOrIsLeftOut) {
  const Date today = day("2026-04-19");
  auto row = invoice();
  over(&row, "second", false);  // Held back before go-live.
  decide_backlog(scenario(), live(TenantSetting::BACKLOG_FIRST_STEP), today, today, &row);
  EXPECT_EQ(due(row, "2026-04-19"), "first");
  over(&row, "first");
  EXPECT_EQ(next(row, "2026-04-20"), "2026-05-01");  // 12 days from +3 to +15.
  EXPECT_EQ(due(row, "2026-05-01"), "second");

  row = invoice();
  decide_backlog(scenario(), live(TenantSetting::BACKLOG_STEP, 3), today, today, &row);
  EXPECT_EQ(due(row, "2026-04-19"), "second");

  row = invoice();
  decide_backlog(scenario(), live(TenantSetting::BACKLOG_NONE), today, today, &row);
  EXPECT_TRUE(row.left_out());
}

TEST(Steps, WhatIsNotLateYetAtGoLiveFollowsItsOwnDays) {
  auto row = invoice();
  decide_backlog(scenario(), live(TenantSetting::BACKLOG_NONE), day("2026-03-10"),
                 day("2026-03-10"), &row);
  EXPECT_FALSE(row.left_out());
  // Late by a day: the first step has not come yet and keeps its day.
  row = invoice();
  decide_backlog(scenario(), live(TenantSetting::BACKLOG_FIRST_STEP), day("2026-03-11"),
                 day("2026-03-11"), &row);
  EXPECT_EQ(next(row, "2026-03-11"), "2026-03-13");
  // Asked once: a second look changes nothing.
  decide_backlog(scenario(), live(TenantSetting::BACKLOG_NONE), day("2026-03-11"),
                 day("2026-03-11"), &row);
  EXPECT_FALSE(row.left_out());
}

TEST(Steps, TheOpeningOfTheSendingHours) {
  const Zone paris = *Zone::load("Europe/Paris");
  const Date date = day("2026-03-10");
  EXPECT_EQ(next_opening(paris, paris.at(date, 6, 0)), paris.at(date, 8, 0));
  EXPECT_EQ(next_opening(paris, paris.at(date, 8, 0)), paris.at(date + 1, 8, 0));
  EXPECT_EQ(next_opening(paris, paris.at(date, 22, 0)), paris.at(date + 1, 8, 0));
}

}  // namespace
}  // namespace encours::dunning
