#include "services/dunning/domain/case_state.h"

#include <algorithm>

#include "common/base/check.h"

namespace encours::dunning {

namespace state = encours::state::v1alpha1;
namespace api = encours::dunning::v1alpha1;

void stand(state::DunnedInvoiceRow* invoice) {
  int level = 0;
  bool courtesy = false;
  for (const auto& step : invoice->steps()) {
    if (!step.sent()) continue;
    courtesy = courtesy || step.level() == 0;
    level = std::max(level, step.level());
  }
  invoice->set_level(0);
  if (invoice->open_amount().minor() <= 0) {
    invoice->set_standing(state::DUNNING_STANDING_QUIET);
  } else if (level > 0) {
    invoice->set_standing(state::DUNNING_STANDING_LEVEL);
    invoice->set_level(level);
  } else if (invoice->overdue()) {
    invoice->set_standing(state::DUNNING_STANDING_OVERDUE);
  } else {
    invoice->set_standing(courtesy ? state::DUNNING_STANDING_PRE_DUE
                                   : state::DUNNING_STANDING_QUIET);
  }
}

void add_to_counts(const state::DunnedInvoiceRow& invoice, std::int64_t difference,
                   state::DunningCaseRow* row) {
  if (invoice.standing() <= state::DUNNING_STANDING_QUIET) return;
  auto& counts = *row->mutable_counts();
  auto found = std::find_if(counts.begin(), counts.end(), [&](const state::CaseCount& count) {
    return count.standing() == invoice.standing() && count.level() == invoice.level();
  });
  if (found == counts.end()) {
    auto& fresh = *counts.Add();
    fresh.set_standing(invoice.standing());
    fresh.set_level(invoice.level());
    found = counts.end() - 1;
  }
  found->set_invoice_count(found->invoice_count() + difference);
  ENCOURS_CHECK(found->invoice_count() >= 0, "no invoice leaves a case that it was not in");
  if (found->invoice_count() == 0) counts.erase(found);
  // In one order, whatever came first.
  std::sort(counts.begin(), counts.end(), [](const auto& left, const auto& right) {
    return std::pair(left.standing(), left.level()) < std::pair(right.standing(), right.level());
  });
}

bool settle_state(state::DunningCaseRow* row) {
  api::CaseState to = api::CASE_STATE_CLEAR;
  int level = 0;
  for (const auto& count : row->counts()) {
    if (count.standing() == state::DUNNING_STANDING_LEVEL) {
      to = api::CASE_STATE_LEVEL;
      level = std::max(level, count.level());
    } else if (count.standing() == state::DUNNING_STANDING_OVERDUE &&
               to != api::CASE_STATE_LEVEL) {
      to = api::CASE_STATE_OVERDUE;
    } else if (count.standing() == state::DUNNING_STANDING_PRE_DUE &&
               to == api::CASE_STATE_CLEAR) {
      to = api::CASE_STATE_PRE_DUE;
    }
  }
  const api::CaseState from = row->state() == api::CASE_STATE_UNSPECIFIED
                                  ? api::CASE_STATE_CLEAR
                                  : row->state();
  const bool changed = to != from || level != row->level();
  row->set_state(to);
  row->set_level(level);
  return changed;
}

}  // namespace encours::dunning
