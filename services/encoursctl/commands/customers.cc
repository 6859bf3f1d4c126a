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
          {"internal_limit", true},
          {"limit_use_ppm", true},
          {"score", true},
          {"score_change", true},
          {"payment_index", true},
          {"days_beyond_terms", true},
          {"score_as_of", true},
          {"risk_monitored", true},
          {"risk_solvency_score", true},
          {"risk_payment_index", true},
          {"risk_recommended_credit", true},
          {"risk_liens", true},
          {"risk_insolvency", true},
          {"risk_register_state", true},
          {"risk_fetched_on", true},
          {"risk_uncertain", true},
          {"dunning_state", true},
          {"dunning_level", true},
          {"dunning_last_sent_on", true},
          {"dunning_last_step", true},
          {"dunning_sent_count", true},
          {"dunning_planned_count", true},
          {"dunning_held_count", true},
          {"dunning_held_reason", true},
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

void add_cells(std::vector<Cell> more, std::vector<Cell>* cells) {
  cells->insert(cells->end(), more.begin(), more.end());
}

std::vector<Cell> score_cells(const portfolio::CustomerView& view) {
  const auto& score = view.score();
  const auto hundredths = [](bool known, std::int64_t value) {
    return known ? Cell::hundredths(value) : Cell::absent();
  };
  return {
      Cell::amount(view.internal_limit()),
      view.has_limit_use_ppm() ? Cell::number(view.limit_use_ppm()) : Cell::absent(),
      hundredths(score.has_score_hundredths(), score.score_hundredths()),
      hundredths(score.has_change_hundredths(), score.change_hundredths()),
      hundredths(score.has_payment_index_hundredths(), score.payment_index_hundredths()),
      hundredths(score.has_days_beyond_terms_hundredths(), score.days_beyond_terms_hundredths()),
      Cell::date(score.as_of())};
}

// What nobody has said is absent, never zero.
std::vector<Cell> risk_cells(const portfolio::CustomerView& view) {
  if (!view.has_risk()) return std::vector<Cell>(9);
  const auto& risk = view.risk();
  return {Cell::boolean(risk.monitored()),
          risk.has_solvency_score() ? Cell::number(risk.solvency_score()) : Cell::absent(),
          risk.has_payment_index() ? Cell::number(risk.payment_index()) : Cell::absent(),
          Cell::amount(risk.recommended_credit()),
          Cell::amount(risk.liens()),
          Cell::of(risk.insolvency()),
          Cell::of(risk.register_state()),
          Cell::date(risk.fetched_on()),
          Cell::boolean(risk.uncertain())};
}

std::vector<Cell> dunning_cells(const portfolio::CustomerView& view) {
  if (!view.has_dunning()) return std::vector<Cell>(8);
  const auto& dunning = view.dunning();
  return {Cell::word(dunning.case_state()),
          Cell::number(dunning.level()),
          Cell::date(dunning.last_sent_on()),
          Cell::of(dunning.last_step()),
          Cell::number(dunning.sent_count()),
          Cell::number(dunning.planned_count()),
          Cell::number(dunning.held_count()),
          Cell::of(dunning.held_reason_code())};
}

// In the order of the columns.
std::vector<Cell> customer_cells(const portfolio::CustomerView& view) {
  std::vector<Cell> cells = {Cell::of(view.account()),
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
                             Cell::of(view.owner())};
  add_cells(score_cells(view), &cells);
  add_cells(risk_cells(view), &cells);
  add_cells(dunning_cells(view), &cells);
  const std::vector<Cell> rest = {Cell::amount(view.exposure()),
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
  add_cells(rest, &cells);
  return cells;
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
