#include "services/portfolio/query/customer_view.h"

#include <algorithm>
#include <optional>

#include "common/money/money.h"
#include "services/portfolio/domain/aging.h"
#include "services/portfolio/query/customer_sides.h"

namespace encours::portfolio {
namespace {

struct Figures {
  AgedAmounts amounts;
  encours::receivables::v1alpha1::AccountBalance balance;
  std::int64_t open_count = 0;
  std::int64_t overdue_count = 0;
  std::int32_t days_late = 0;
  std::optional<Date> oldest_due;
};

Status add_invoice(const state::InvoiceViewRow& invoice, Date day, Figures* figures) {
  const auto due = to_date(invoice.due_date());
  const std::int32_t late = due ? days_late(*due, day) : 0;
  ++figures->open_count;
  if (late > 0) ++figures->overdue_count;
  figures->days_late = std::max(figures->days_late, late);
  if (due && (!figures->oldest_due || *due < *figures->oldest_due)) figures->oldest_due = *due;
  const AgingBucket bucket = due ? bucket_of(*due, day) : AgingBucket::AGING_BUCKET_NOT_DUE;
  return figures->amounts.add_open(bucket, invoice.open_amount_minor());
}

api::CustomerView identity(const CustomerRows& rows) {
  api::CustomerView view;
  view.set_tenant(rows.tenant);
  view.set_account(rows.account);
  view.set_display_name(rows.display_name);
  view.set_segment(rows.customer.segment());
  view.set_owner(rows.customer.owner());
  view.set_legal_entity(rows.customer.legal_entity());
  view.set_group(rows.customer.group());
  view.set_country(rows.customer.country());
  view.set_language(rows.customer.language());
  view.set_payment_terms(rows.customer.payment_terms());
  view.set_implicit(rows.customer.implicit());
  return view;
}

Status set_figures(const std::string& currency, const Figures& figures, api::CustomerView* view) {
  const auto& balance = figures.balance;
  ENCOURS_ASSIGN(const std::int64_t credits,
                 add_minor(balance.unallocated_credit_notes(), balance.unallocated_cash()));
  AgedAmounts amounts = figures.amounts;
  ENCOURS_TRY(amounts.add_unallocated(credits));
  ENCOURS_ASSIGN(const std::int64_t outstanding, amounts.total());
  ENCOURS_ASSIGN(const std::int64_t overdue, amounts.overdue());
  ENCOURS_ASSIGN(std::int64_t exposure, add_minor(outstanding, balance.not_invoiced()));
  ENCOURS_ASSIGN(exposure, add_minor(exposure, balance.term_paper()));
  const auto money = [&](std::int64_t minor) { return make_money(currency, minor); };
  view->set_currency_code(currency);
  *view->mutable_outstanding() = money(outstanding);
  *view->mutable_exposure() = money(exposure);
  *view->mutable_not_due() = money(amounts.not_due);
  *view->mutable_overdue() = money(overdue);
  *view->mutable_overdue_1_30() = money(amounts.d1_30);
  *view->mutable_overdue_31_60() = money(amounts.d31_60);
  *view->mutable_overdue_61_90() = money(amounts.d61_90);
  *view->mutable_overdue_91_120() = money(amounts.d91_120);
  *view->mutable_overdue_over_120() = money(amounts.over_120);
  *view->mutable_unallocated_credit_notes() = money(balance.unallocated_credit_notes());
  *view->mutable_unallocated_cash() = money(balance.unallocated_cash());
  *view->mutable_disputed() = money(balance.disputed());
  *view->mutable_promised() = money(balance.promised());
  *view->mutable_not_invoiced() = money(balance.not_invoiced());
  *view->mutable_term_paper() = money(balance.term_paper());
  view->set_open_invoice_count(figures.open_count);
  view->set_overdue_invoice_count(figures.overdue_count);
  view->set_days_late(figures.days_late);
  if (figures.oldest_due) set_date(*figures.oldest_due, view->mutable_oldest_due_date());
  return {};
}

api::InvoiceState state_of(state::InvoiceViewState stored) {
  switch (stored) {
    case state::INVOICE_VIEW_STATE_OPEN:
      return api::INVOICE_STATE_OPEN;
    case state::INVOICE_VIEW_STATE_SETTLED:
      return api::INVOICE_STATE_SETTLED;
    case state::INVOICE_VIEW_STATE_CANCELLED:
      return api::INVOICE_STATE_CANCELLED;
    default:
      return api::INVOICE_STATE_UNSPECIFIED;
  }
}

}  // namespace

Result<std::vector<api::CustomerView>> customer_views(const CustomerRows& rows, Date day) {
  std::map<std::string, Figures> by_currency;
  for (const auto& [currency, balance] : rows.balances) by_currency[currency].balance = balance;
  for (const auto& invoice : rows.open_invoices) {
    ENCOURS_TRY(add_invoice(invoice, day, &by_currency[invoice.currency_code()]));
  }
  std::vector<api::CustomerView> views;
  for (const auto& [currency, figures] : by_currency) {
    views.push_back(identity(rows));
    ENCOURS_TRY(set_figures(currency, figures, &views.back()));
  }
  if (views.empty()) views.push_back(identity(rows));
  for (api::CustomerView& view : views) {
    set_sides(rows, day, &view);
    set_limit_use(&view);
  }
  return views;
}

api::InvoiceView invoice_view(const std::string& tenant,
                              const std::string& account,
                              const state::CustomerViewRow& customer,
                              const state::InvoiceViewRow& invoice,
                              Date day) {
  api::InvoiceView view;
  const std::string& currency = invoice.currency_code();
  view.set_tenant(tenant);
  view.set_number(invoice.number());
  view.set_account(account);
  *view.mutable_issue_date() = invoice.issue_date();
  *view.mutable_due_date() = invoice.due_date();
  view.set_currency_code(currency);
  *view.mutable_gross_amount() = make_money(currency, invoice.gross_amount_minor());
  *view.mutable_tax_amount() = make_money(currency, invoice.tax_amount_minor());
  *view.mutable_open_amount() = make_money(currency, invoice.open_amount_minor());
  view.set_state(state_of(invoice.state()));
  const auto due = to_date(invoice.due_date());
  if (invoice.state() == state::INVOICE_VIEW_STATE_OPEN && due) {
    view.set_days_late(days_late(*due, day));
    view.set_aging_bucket(bucket_of(*due, day));
  }
  if (invoice.has_settled_on()) *view.mutable_settled_on() = invoice.settled_on();
  view.set_structured_reference(invoice.structured_reference());
  if (invoice.has_source()) *view.mutable_source() = invoice.source();
  view.set_owner(customer.owner());
  view.set_segment(customer.segment());
  return view;
}

}  // namespace encours::portfolio
