// invoices list.
#include "encours/portfolio/v1alpha1/portfolio.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace portfolio = encours::portfolio::v1alpha1;

constexpr int kPageSize = 1000;

std::vector<Cell> invoice_cells(const portfolio::InvoiceView& view) {
  const auto& source = view.source();
  return {Cell::of(view.number()),
          Cell::of(view.account()),
          Cell::date(view.issue_date()),
          Cell::date(view.due_date()),
          Cell::of(view.currency_code()),
          Cell::amount(view.gross_amount()),
          Cell::amount(view.open_amount()),
          Cell::word(view.state()),
          Cell::number(view.days_late()),
          Cell::word(view.aging_bucket()),
          Cell::date(view.settled_on()),
          Cell::amount(view.tax_amount()),
          Cell::of(view.structured_reference()),
          Cell::of(view.segment()),
          Cell::of(view.owner()),
          Cell::of(source.file_name()),
          source.line() > 0 ? Cell::number(source.line()) : Cell::absent()};
}

class InvoicesList final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "invoices", "Invoices"),
                    "list",
                    "Invoices",
                    "Example: encoursctl invoices list --filter 'state = OPEN AND days_late > 30' "
                    "--order-by due_date --tenant acme");
    pages_.describe_filter(app, "open_amount > 1000 AND due_date < \"2026-01-31\"");
    pages_.describe_order(app, "due_date, number");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    portfolio::ListInvoicesRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_filter(pages_.filter);
    request.set_order_by(pages_.order_by);
    auto printer = context.printer({{"number"},
                                    {"account"},
                                    {"issue_date"},
                                    {"due_date"},
                                    {"currency"},
                                    {"gross_amount"},
                                    {"open_amount"},
                                    {"state"},
                                    {"days_late"},
                                    {"aging_bucket"},
                                    {"settled_on"},
                                    {"tax_amount", true},
                                    {"structured_reference", true},
                                    {"segment", true},
                                    {"owner", true},
                                    {"file", true},
                                    {"line", true}});
    ENCOURS_ASSIGN(const int code,
                   walk_pages<portfolio::ListInvoicesResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const portfolio::ListInvoicesResponse& page) -> Status {
                         for (const auto& view : page.invoices()) {
                           ENCOURS_TRY(printer.row(invoice_cells(view)));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  PageFlags pages_;
};

}  // namespace

std::unique_ptr<Command> make_invoices_list() { return std::make_unique<InvoicesList>(); }

}  // namespace encours::ctl
