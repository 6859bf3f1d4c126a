// Account: a customer of the sample with all that decides how it buys and pays. A value.
#pragma once

#include <cstdint>
#include <string>

#include "common/time/date.h"
#include "deploy/sample/calendar.h"
#include "deploy/sample/countries.h"
#include "encours/erp/v1alpha1/types.pb.h"

namespace encours::sample {

// How an account pays; nobody is told, the data shows it.
enum class Habit {
  kPrompt,
  kLate,        // By about the same number of days each time.
  kSeasonal,    // Late in summer only.
  kSlipping,    // A little later each month, from some day on.
  kDefaulting,  // Slipping, and then nothing at all.
  kPartial,     // Half now, half later.
  kErratic,
  kNewcomer,
  kReturning,  // Gone for a year and back since.
};

struct Options {
  std::uint64_t seed = 1;
  int accounts = 2000;
  int months = 24;
  // Fixed, so that the sample is the same bytes on every day.
  Date end = Date::from_ymd(2026, 10, 30).value();

  // First day of the sample.
  Date start() const { return end.plus_months(-months) + 1; }
};

struct Account {
  int number = 0;
  std::string id;
  std::string name;
  const Country* country = nullptr;
  Town town;
  std::string currency;
  std::string language;
  std::string segment;
  std::string owner;
  std::string sales_owner;

  Habit habit = Habit::kPrompt;
  int late_days = 0;
  Runs runs = Runs::kDaily;
  erp::PaymentTerms terms;
  // How much it buys in the whole time, in amounts without tax around a median.
  int invoice_count = 0;
  std::int64_t median_net = 0;
  int tax_per_thousand = 0;
  Date first_day;
  Date last_day;
  // From which day on it slips, and from which on it pays nothing.
  Date slips_from = Date::max();
  Date stops_on = Date::max();

  std::string siren;
  std::string legal_entity;
  int establishment = 1;
  std::string group;
  std::string group_parent;
  std::string paying_account;
  std::string invoiced_account;
  bool natural_person = false;
  bool public_buyer = false;
  bool strategic = false;
  // Has no address for mails. Who settles by other means than services read yet is one of these, so
  // whoever reads more of the events expects the same mails.
  bool by_post = false;
  // One of the accounts that the README tells a story about.
  bool named = false;

  bool french() const { return country->code == "FR"; }
};

// "C00042".
std::string account_id(int number);
// Lower-case ASCII words joined by "-", for addresses: "hotel-orvenne".
std::string slug(const std::string& name);

}  // namespace encours::sample
