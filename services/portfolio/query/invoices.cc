#include "services/portfolio/query/invoices.h"

#include <map>

#include "services/portfolio/query/row_scan.h"

namespace encours::portfolio {
namespace {

constexpr std::size_t kCustomersAtATime = 512;

}  // namespace

std::string InvoicesMethod::tie(const View& view) {
  return KeyWriter().text(view.number()).text(view.account()).take();
}

Status InvoicesMethod::each(const RowReader& rows,
                            const query::ListQuestion& question,
                            const std::function<void(View&&)>& visit) {
  const std::string& tenant = question.tenant;
  each_customer_chunk(rows, tenant, "", kCustomersAtATime, [&](const std::vector<Customer>& chunk) {
    std::map<std::string, const state::CustomerViewRow*> customers;
    for (const Customer& one : chunk) customers[one.account] = &one.row;
    scan_accounts(rows, kInvoiceTable, tenant, range_of(chunk), [&](auto account, auto, auto row) {
      // Money for an invoice that is not known yet has a row, but no invoice.
      const auto customer = customers.find(account);
      if (row.has_issue_date() && customer != customers.end() &&
          question.shows(customer->second->owner())) {
        visit(invoice_view(tenant, account, *customer->second, row, question.day));
      }
      return true;
    });
    return true;
  });
  return {};
}

}  // namespace encours::portfolio
