#include "services/scoring/query/explain.h"

#include <iterator>
#include <map>
#include <utility>

#include "common/query/standing.h"
#include "common/stream/view.h"
#include "services/scoring/domain/days.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

using PaidInvoice = api::PaidInvoice;

PaidInvoice paid_invoice(std::string number, const state::FollowedInvoiceRow& row) {
  PaidInvoice invoice;
  invoice.set_invoice(std::move(number));
  *invoice.mutable_due_date() = row.due_date();
  *invoice.mutable_settled_on() = row.settled_on();
  invoice.set_days_beyond_terms(row.counted().days_beyond_terms());
  invoice.set_points_hundredths(row.counted().points_hundredths());
  invoice.set_weight_minor(row.counted().weight_minor());
  invoice.set_currency_code(row.counted().currency_code());
  return invoice;
}

// The newest by the day of settling, then by number.
std::vector<PaidInvoice> newest(const stream::View& account) {
  std::map<std::pair<std::int64_t, std::string>, PaidInvoice> by_age;
  account.scan(
      kInvoiceTable, KeyWriter(), [&](std::string_view key, const state::FollowedInvoiceRow& row) {
        if (!row.has_counted()) return true;
        auto number = KeyReader(key).text().value_or("");
        const auto settled_on = to_date(row.settled_on()).value_or(Date::min());
        by_age.emplace(std::make_pair(-static_cast<std::int64_t>(settled_on.days()), number),
                       paid_invoice(number, row));
        if (by_age.size() > kExplainedInvoices) by_age.erase(std::prev(by_age.end()));
        return true;
      });
  std::vector<PaidInvoice> invoices;
  for (auto& [age, invoice] : by_age) invoices.push_back(std::move(invoice));
  return invoices;
}

}  // namespace

Result<api::ExplainScoreResponse> explain_score(const query::QueryContext& context,
                                                const query::PartitionRows& owner,
                                                const api::ExplainScoreRequest& request) {
  ENCOURS_ASSIGN(const std::string clock, query::clock_of(*context.settings, request.tenant()));
  const stream::View account(*owner.rows, scope_of(request.tenant(), request.account()));
  auto score = account.get(kScoreTable);
  const auto payer = account.get(kPayerTable).value_or(state::PayerRow());
  const bool shown = !context.only_owner || payer.owner() == *context.only_owner;
  api::ExplainScoreResponse response;
  if (score && shown) {
    for (auto& one : newest(account)) *response.add_paid_invoices() = std::move(one);
  }
  ENCOURS_TRY(check_reads(context.partitions));
  // A customer of others looks the same as none: its number is no right to know that it exists.
  if (!score || !shown) {
    return refused(
        "score_not_found", "account", "There is no score of account " + request.account() + ".");
  }
  *response.mutable_score() = *std::move(score);
  *response.mutable_coverage() = query::coverage_of_one(context, owner, clock);
  return response;
}

}  // namespace encours::scoring
