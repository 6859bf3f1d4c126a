// customers list|get: what each customer owes, a row per customer and currency.
#include "encours/portfolio/v1alpha1/portfolio.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/fields.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace portfolio = encours::portfolio::v1alpha1;

constexpr int kPageSize = 1000;
constexpr const char* kGroupHelp = "Customers and what they owe";

std::vector<Column> customer_columns() {
  return {{"account"},
          {"currency"},
          {"outstanding"},
          {"not_due"},
          {"overdue"},
          {"overdue_1_30"},
          {"overdue_31_60"},
          {"overdue_61_90"},
          {"overdue_91_120"},
          {"overdue_over_120"},
          {"open_invoice_count", true},
          {"overdue_invoice_count", true},
          {"days_late"},
          {"oldest_due_date"},
          {"segment"},
          {"owner"},
          {"exposure", true},
          {"unallocated_credit_notes", true},
          {"unallocated_cash", true},
          {"disputed", true},
          {"promised", true},
          {"not_invoiced", true},
          {"term_paper", true},
          {"display_name", true},
          {"legal_entity", true},
          {"group", true},
          {"country", true},
          {"language", true},
          {"payment_terms", true},
          {"implicit", true}};
}

std::vector<Cell> customer_cells(const portfolio::CustomerView& view) {
  return {Cell::of(view.account()),
          Cell::of(view.currency_code()),
          Cell::amount(view.outstanding()),
          Cell::amount(view.not_due()),
          Cell::amount(view.overdue()),
          Cell::amount(view.overdue_1_30()),
          Cell::amount(view.overdue_31_60()),
          Cell::amount(view.overdue_61_90()),
          Cell::amount(view.overdue_91_120()),
          Cell::amount(view.overdue_over_120()),
          Cell::number(view.open_invoice_count()),
          Cell::number(view.overdue_invoice_count()),
          Cell::number(view.days_late()),
          Cell::date(view.oldest_due_date()),
          Cell::of(view.segment()),
          Cell::of(view.owner()),
          Cell::amount(view.exposure()),
          Cell::amount(view.unallocated_credit_notes()),
          Cell::amount(view.unallocated_cash()),
          Cell::amount(view.disputed()),
          Cell::amount(view.promised()),
          Cell::amount(view.not_invoiced()),
          Cell::amount(view.term_paper()),
          Cell::of(view.display_name()),
          Cell::of(view.legal_entity()),
          Cell::of(view.group()),
          Cell::of(view.country()),
          Cell::of(view.language()),
          Cell::of(view.payment_terms()),
          Cell::boolean(view.implicit())};
}

class CustomersList final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "customers", kGroupHelp),
                    "list",
                    "Customers, a row per currency",
                    "Example: encoursctl customers list --filter 'overdue > 10000' "
                    "--order-by 'overdue desc' --tenant acme");
    pages_.describe_filter(app, "overdue > 10000 AND segment = \"strategic\"");
    pages_.describe_order(app, "overdue desc, account");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    portfolio::ListCustomersRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_filter(pages_.filter);
    request.set_order_by(pages_.order_by);
    auto printer = context.printer(customer_columns());
    ENCOURS_ASSIGN(const int code,
                   walk_pages<portfolio::ListCustomersResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const portfolio::ListCustomersResponse& page) -> Status {
                         for (const auto& view : page.customers()) {
                           ENCOURS_TRY(printer.row(customer_cells(view)));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  PageFlags pages_;
};

class CustomersGet final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "customers", kGroupHelp),
                    "get",
                    "One customer, in each of its currencies",
                    "Example: encoursctl customers get C-17 --tenant acme");
    app.add_option("ACCOUNT", account_, "The creditor's customer number")->required();
  }

  Result<int> run(Context& context) override {
    portfolio::GetCustomerRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_account(account_);
    CoverageWatch watch(context);
    ENCOURS_ASSIGN(const auto answer,
                   ask_complete<portfolio::GetCustomerResponse>(context, request, &watch));
    if (answer.customers().empty()) {
      return refused("customer_not_found", "ACCOUNT", "There is no customer '" + account_ + "'.");
    }
    std::vector<std::vector<Cell>> rows;
    for (const auto& view : answer.customers()) rows.push_back(customer_cells(view));
    ENCOURS_TRY(print_fields(context, customer_columns(), rows));
    return watch.exit_code();
  }

 private:
  std::string account_;
};

}  // namespace

std::unique_ptr<Command> make_customers_list() { return std::make_unique<CustomersList>(); }
std::unique_ptr<Command> make_customers_get() { return std::make_unique<CustomersGet>(); }

}  // namespace encours::ctl
