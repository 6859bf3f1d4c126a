#include "services/dunning/domain/steps.h"

#include <algorithm>

#include "common/base/check.h"

namespace encours::dunning {
namespace {

constexpr LocalTime kClose{18, 0};

bool is_courtesy(const Step& step) { return step.days_after_due() <= 0; }

Date day_of(const Step& step, const DunnedInvoiceRow& invoice) {
  return date_of(invoice.due_date()) + (step.days_after_due() + invoice.shift_days());
}

// The highest step of this scenario that is over for the invoice; 0 where none is. Steps are
// recognised by their keys, whatever place a newer version gives them.
int highest_over(const Scenario& scenario, const DunnedInvoiceRow& invoice) {
  int highest = 0;
  for (const auto& step : scenario.steps()) {
    for (const auto& over : invoice.steps()) {
      if (over.key() == step.key()) highest = std::max(highest, step.number());
    }
  }
  return highest;
}

// Whether the step can still come for the invoice, on its day or later.
bool is_ahead(const Step& step, const DunnedInvoiceRow& invoice, int over) {
  if (step.number() <= over || step.number() < invoice.first_step_number()) return false;
  return !is_courtesy(step) || day_of(step, invoice) > date_of(invoice.known_on());
}

}  // namespace

int level_of(const Scenario& scenario, const Step& step) {
  if (is_courtesy(step)) return 0;
  return step.number() - static_cast<int>(std::count_if(
                             scenario.steps().begin(), scenario.steps().end(), is_courtesy));
}

const Step* step_due(const Scenario& scenario, const DunnedInvoiceRow& invoice, Date day) {
  const int over = highest_over(scenario, invoice);
  const Step* due = nullptr;
  for (const auto& step : scenario.steps()) {
    if (!is_ahead(step, invoice, over) || day_of(step, invoice) > day) continue;
    if (is_courtesy(step) && day > date_of(invoice.due_date())) continue;
    due = &step;
  }
  return due;
}

std::optional<Date> next_step_day(const Scenario& scenario, const DunnedInvoiceRow& invoice,
                                  Date from) {
  if (step_due(scenario, invoice, from) != nullptr) return from;
  const int over = highest_over(scenario, invoice);
  std::optional<Date> next;
  for (const auto& step : scenario.steps()) {
    const Date day = day_of(step, invoice);
    if (!is_ahead(step, invoice, over) || day <= from) continue;
    if (!next || day < *next) next = day;
  }
  return next;
}

void decide_backlog(const Scenario& scenario, const TenantSetting& setting, Date live_day,
                    Date today, DunnedInvoiceRow* invoice) {
  if (invoice->backlog_decided()) return;
  invoice->set_backlog_decided(true);
  if (date_of(invoice->due_date()) >= live_day) return;
  if (setting.backlog() == TenantSetting::BACKLOG_NONE) {
    invoice->set_left_out(true);
    return;
  }
  const Step* first = nullptr;
  for (const auto& step : scenario.steps()) {
    if (is_courtesy(step)) continue;
    first = &step;
    const bool wanted = setting.backlog() != TenantSetting::BACKLOG_STEP ||
                        step.number() >= setting.backlog_step();
    if (wanted) break;
  }
  if (first == nullptr) return;
  // What was held back before go-live has not been said: it counts no more.
  auto& steps = *invoice->mutable_steps();
  steps.erase(std::remove_if(steps.begin(), steps.end(),
                             [](const auto& step) { return !step.sent(); }),
              steps.end());
  invoice->set_first_step_number(first->number());
  const int late = today - day_of(*first, *invoice);
  if (late > 0) invoice->set_shift_days(invoice->shift_days() + late);
}

bool in_sending_hours(const Zone& zone, Instant at) {
  const Date day = zone.local_date(at);
  return at >= zone.at(day, kDayInstants[1]) && at < zone.at(day, kClose);
}

Instant next_opening(const Zone& zone, Instant after) {
  const LocalTime opening = kDayInstants[1];
  const Date day = zone.local_date(after);
  const Instant today = zone.at(day, opening);
  return today > after ? today : zone.at(day + 1, opening);
}

Date date_of(const google::type::Date& date) {
  const auto day = Date::from_ymd(date.year(), date.month(), date.day());
  ENCOURS_CHECK(day.ok(), "facts and rows hold days that exist");
  return *day;
}

google::type::Date to_proto(Date date) {
  const YearMonthDay parts = date.ymd();
  google::type::Date day;
  day.set_year(parts.year);
  day.set_month(parts.month);
  day.set_day(parts.day);
  return day;
}

}  // namespace encours::dunning
