// aged-balance: outstanding by days late as of a day, a row per customer and currency.
#include "encours/portfolio/v1alpha1/portfolio.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/dates.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace portfolio = encours::portfolio::v1alpha1;

constexpr int kPageSize = 10'000;

// The first seven are a contract; others only follow.
std::vector<Column> balance_columns() {
  return {{"customer_id"},
          {"total"},
          {"not_due"},
          {"d1_30"},
          {"d31_60"},
          {"d61_90"},
          {"over_90"},
          {"currency"},
          {"unallocated"},
          {"d91_120"},
          {"over_120"}};
}

std::vector<Cell> balance_cells(const portfolio::AgedBalanceRow& row, const std::string& customer) {
  const std::string& currency = row.currency_code();
  const auto amount = [&](std::int64_t minor) { return Cell::amount(minor, currency); };
  return {Cell::of(customer),
          amount(row.total()),
          amount(row.not_due()),
          amount(row.d1_30()),
          amount(row.d31_60()),
          amount(row.d61_90()),
          amount(row.over_90()),
          Cell::of(currency),
          amount(row.unallocated()),
          amount(row.d91_120()),
          amount(row.over_120())};
}

class AgedBalance final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(root,
                    "aged-balance",
                    "Outstanding by days late, as of any day",
                    "Amounts are in major units. A table ends with the totals per currency.\n"
                    "Example: encoursctl aged-balance --as-of 2026-10-31 --output csv "
                    "--tenant acme");
    app.add_option("--as-of", as_of_, "Day, e.g. 2026-10-31 (default: that of the last tick)");
    pages_.describe_filter(app, "segment = \"strategic\"");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    portfolio::GetAgedBalanceRequest request;
    if (!as_of_.empty()) {
      ENCOURS_ASSIGN(*request.mutable_as_of(), parse_day(as_of_, "--as-of"));
    }
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_filter(pages_.filter);
    // Of one page out of the middle they would be no totals.
    request.set_with_totals(context.format() == OutputFormat::kTable && !pages_.one_page());
    auto printer = context.printer(balance_columns());
    std::vector<std::vector<Cell>> totals;
    ENCOURS_ASSIGN(const int code,
                   walk_pages<portfolio::GetAgedBalanceResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const portfolio::GetAgedBalanceResponse& page) -> Status {
                         for (const auto& row : page.rows()) {
                           ENCOURS_TRY(printer.row(balance_cells(row, row.customer_id())));
                         }
                         for (const auto& row : page.totals()) {
                           totals.push_back(balance_cells(row, "total " + row.currency_code()));
                         }
                         return {};
                       }));
    for (const auto& row : totals) ENCOURS_TRY(printer.row(row));
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  std::string as_of_;
  PageFlags pages_;
};

}  // namespace

std::unique_ptr<Command> make_aged_balance() { return std::make_unique<AgedBalance>(); }

}  // namespace encours::ctl
