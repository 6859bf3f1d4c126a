// CustomerView and InvoiceView: the messages that filters and orders name, from rows and a day.
//
// What depends on the day (not due, overdue, days late) is computed here, for the day of the query,
// and stored nowhere, as is the limit that holds on it. Sums that no day changes come from the
// ledger's balance. What others say of the customer is in customer_sides.h. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

struct CustomerRows {
  std::string tenant;
  std::string account;
  state::CustomerViewRow customer;
  // Where it was read.
  std::string display_name = {};
  // By currency.
  std::map<std::string, encours::receivables::v1alpha1::AccountBalance> balances = {};
  // Those with an amount open.
  std::vector<state::InvoiceViewRow> open_invoices = {};
  // By the first day on which each holds.
  std::map<Date, state::CustomerLimitRow> limits = {};
  std::optional<state::CustomerRiskRow> risk = {};
  std::optional<encours::scoring::v1alpha1::ScoreComputed> score = {};
  // By currency.
  std::map<std::string, state::CustomerDunningRow> dunning = {};
};

// One per currency, in order; one with an empty currency where there is no amount at all.
Result<std::vector<api::CustomerView>> customer_views(const CustomerRows& rows, Date day);

api::InvoiceView invoice_view(const std::string& tenant,
                              const std::string& account,
                              const state::CustomerViewRow& customer,
                              const state::InvoiceViewRow& invoice,
                              Date day);

}  // namespace encours::portfolio
