#include "services/portfolio/query/customers.h"

#include <map>
#include <utility>

#include "services/portfolio/query/names.h"
#include "services/portfolio/query/row_scan.h"

namespace encours::portfolio {
namespace {

constexpr std::size_t kCustomersAtATime = 512;

// What limits, providers, scoring and dunning say of the customers of a range.
void read_sides(const RowReader& rows,
                const std::string& tenant,
                const AccountRange& range,
                std::map<std::string, CustomerRows>* by_account) {
  // take(CustomerRows, KeyReader behind the account, row)
  const auto each = [&](const auto& table, auto take) {
    scan_accounts(rows, table, tenant, range, [&](const auto& account, auto rest, auto row) {
      const auto found = by_account->find(account);
      if (found != by_account->end()) take(found->second, rest, std::move(row));
      return true;
    });
  };
  each(kLimitTable, [](CustomerRows& one, KeyReader rest, auto row) {
    one.limits[Date::from_days(rest.number().value_or(0))] = std::move(row);
  });
  each(kRiskTable, [](CustomerRows& one, KeyReader, auto row) { one.risk = std::move(row); });
  each(kScoreTable, [](CustomerRows& one, KeyReader, auto row) { one.score = std::move(row); });
  each(kDunningTable, [](CustomerRows& one, KeyReader rest, auto row) {
    one.dunning[rest.text().value_or("")] = std::move(row);
  });
}

// The rows of all customers of a chunk, in the order of the chunk.
std::map<std::string, CustomerRows> read_rows(const RowReader& rows,
                                              const std::string& tenant,
                                              const std::vector<Customer>& chunk) {
  std::map<std::string, CustomerRows> by_account;
  for (const Customer& customer : chunk) {
    by_account[customer.account] = {tenant, customer.account, customer.row};
  }
  const AccountRange range = range_of(chunk);
  scan_accounts(rows, kBalanceTable, tenant, range, [&](auto account, auto, auto row) {
    const auto found = by_account.find(account);
    if (found != by_account.end()) {
      found->second.balances[row.balance().currency_code()] = row.balance();
    }
    return true;
  });
  scan_accounts(rows, kInvoiceTable, tenant, range, [&](auto account, auto, auto row) {
    const auto found = by_account.find(account);
    if (row.open_amount_minor() != 0 && found != by_account.end()) {
      found->second.open_invoices.push_back(std::move(row));
    }
    return true;
  });
  read_sides(rows, tenant, range, &by_account);
  return by_account;
}

Error not_found(const std::string& account) {
  return refused("customer_not_found", "account", "There is no customer " + account + ".");
}

}  // namespace

std::string CustomersMethod::tie(const View& view) {
  return KeyWriter().text(view.account()).text(view.currency_code()).take();
}

Status CustomersMethod::each(const RowReader& rows,
                             const query::ListQuestion& question,
                             const std::function<void(View&&)>& visit) {
  Status done;
  const std::string& tenant = question.tenant;
  const bool by_name = question.fields.count("display_name") > 0;
  each_customer_chunk(rows, tenant, "", kCustomersAtATime, [&](const std::vector<Customer>& chunk) {
    for (auto& [account, one] : read_rows(rows, tenant, chunk)) {
      if (!question.shows(one.customer.owner())) continue;
      if (by_name) {
        auto name = name_of(rows, question.sealer, tenant, account);
        if (!name) {
          done = name.failure();
          return false;
        }
        one.display_name = *std::move(name);
      }
      auto views = customer_views(one, question.day);
      if (!views) {
        done = views.failure();
        return false;
      }
      for (View& view : *views) visit(std::move(view));
    }
    return true;
  });
  return done;
}

Status CustomersMethod::complete(const query::QueryContext& context, View* view) {
  if (!view->display_name().empty()) return {};
  ENCOURS_ASSIGN(auto name, name_of(context, view->tenant(), view->account()));
  view->set_display_name(std::move(name));
  return {};
}

Result<state::CustomerViewRow> visible_customer(const query::QueryContext& context,
                                                const RowReader& rows,
                                                const std::string& tenant,
                                                const std::string& account) {
  auto row = stream::View(rows, scope_of(tenant, account)).get(kCustomerTable);
  ENCOURS_TRY(check_reads(context.partitions));
  // A customer of others looks the same as none: its number is no right to know that it exists.
  if (!row || (context.only_owner && row->owner() != *context.only_owner)) {
    return not_found(account);
  }
  return *std::move(row);
}

Result<api::GetCustomerResponse> get_customer(const query::QueryContext& context,
                                              const query::PartitionRows& owner,
                                              const api::GetCustomerRequest& request) {
  ENCOURS_ASSIGN(const query::TenantTime time,
                 query::tenant_time(*context.settings, request.tenant()));
  ENCOURS_ASSIGN(auto row,
                 visible_customer(context, *owner.rows, request.tenant(), request.account()));
  const Date day = day_of(context, time).value_or(Date::min());
  auto rows = read_rows(*owner.rows, request.tenant(), {{request.account(), std::move(row)}});
  CustomerRows& customer = rows.at(request.account());
  ENCOURS_ASSIGN(customer.display_name,
                 name_of(*owner.rows, context.sealer, request.tenant(), request.account()));
  ENCOURS_ASSIGN(auto views, customer_views(customer, day));
  ENCOURS_TRY(check_reads(context.partitions));
  api::GetCustomerResponse response;
  for (auto& view : views) *response.add_customers() = std::move(view);
  *response.mutable_coverage() = coverage_of_one(context, owner, time.clock);
  return response;
}

}  // namespace encours::portfolio
