// risk show|monitor|refresh|policy: what the outside knows of a company, and whom to watch.
#include <utility>

#include "encours/portfolio/v1alpha1/portfolio.pb.h"
#include "encours/risk/v1alpha1/risk.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/local_file.h"
#include "services/encoursctl/commands/paging.h"
#include "services/encoursctl/commands/publish.h"

namespace encours::ctl {
namespace {

namespace portfolio = encours::portfolio::v1alpha1;
namespace risk = encours::risk::v1alpha1;

constexpr int kPageSize = 1000;
constexpr const char* kGroupHelp = "What the outside knows of companies";

// A company as the command line names it: itself, or by an account that points to it.
struct CompanyFlags {
  std::string account;
  std::string legal_entity;

  bool given() const { return !account.empty() || !legal_entity.empty(); }

  void describe(CLI::App& app) {
    auto* by_account = app.add_option("ACCOUNT", account, "A customer of the company");
    app.add_option("--legal-entity", legal_entity, "siren:552032534 or entity:ID")
        ->excludes(by_account);
  }
};

Result<std::string> company_of(Context& context, const CompanyFlags& flags) {
  if (!flags.legal_entity.empty()) return flags.legal_entity;
  if (flags.account.empty()) {
    return refused("missing_argument", "ACCOUNT", "Name a customer, or a --legal-entity.");
  }
  portfolio::GetCustomerRequest request;
  ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
  request.set_account(flags.account);
  CoverageWatch watch(context);
  ENCOURS_ASSIGN(const auto answer,
                 ask_complete<portfolio::GetCustomerResponse>(context, request, &watch));
  for (const auto& view : answer.customers()) {
    if (!view.legal_entity().empty()) return view.legal_entity();
  }
  return refused("no_legal_entity",
                 "ACCOUNT",
                 "The customer '" + flags.account + "' names no company; use --legal-entity.");
}

// "SOLVENCY_SCORE" of CRITERION_SOLVENCY_SCORE is printed as "solvency_score" by Cell::word.
std::pair<Cell, Cell> value_cells(const risk::CriterionValue& value) {
  switch (value.value_case()) {
    case risk::CriterionValue::kNumber:
      return {Cell::number(value.number()), Cell::absent()};
    case risk::CriterionValue::kCode:
      return {Cell::of(value.code()), Cell::absent()};
    case risk::CriterionValue::kMoney:
      return {Cell::amount(value.money()), Cell::of(value.money().currency_code())};
    case risk::CriterionValue::kDate:
      return {Cell::date(value.date()), Cell::absent()};
    case risk::CriterionValue::VALUE_NOT_SET:
      break;
  }
  return {Cell::absent(), Cell::absent()};
}

class RiskShow final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "risk", kGroupHelp),
                    "show",
                    "The newest values of a company, how asking has gone, or its history",
                    "Example: encoursctl risk show C-17 --tenant acme");
    company_.describe(app);
    auto* providers = app.add_flag("--providers", providers_, "How asking each provider has gone");
    app.add_flag("--history", history_, "Every change, the newest first")->excludes(providers);
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(const std::string company, company_of(context, company_));
    if (history_) return show_history(context, company);
    risk::GetRiskRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_legal_entity(company);
    CoverageWatch watch(context);
    ENCOURS_ASSIGN(const auto answer,
                   ask_complete<risk::GetRiskResponse>(context, request, &watch));
    ENCOURS_TRY(providers_ ? print_providers(context, answer.company())
                           : print_criteria(context, answer.company()));
    return watch.exit_code();
  }

 private:
  static Status print_criteria(Context& context, const risk::CompanyRisk& company) {
    auto printer = context.printer({{"criterion"},
                                    {"value"},
                                    {"currency"},
                                    {"provider"},
                                    {"as_of"},
                                    {"severity"},
                                    {"fetched_at"},
                                    {"changed_at", true},
                                    {"legal_entity", true}});
    for (const auto& one : company.criteria()) {
      const auto [value, currency] = value_cells(one.value());
      ENCOURS_TRY(printer.row({Cell::word(one.criterion()),
                               value,
                               currency,
                               Cell::of(one.provider()),
                               Cell::date(one.as_of()),
                               Cell::word(one.severity()),
                               Cell::instant(one.fetched_at()),
                               Cell::instant(one.changed_at()),
                               Cell::of(company.legal_entity())}));
    }
    ENCOURS_TRY(printer.end());
    for (const auto& one : company.providers()) {
      if (one.outcome() == risk::FETCH_OUTCOME_OK) continue;
      context.note(one.provider() + ": " + Cell::word(one.outcome()).text +
                   (one.code().empty() ? "" : " (" + one.code() + ")") +
                   "; see risk show --providers.");
    }
    return {};
  }

  static Status print_providers(Context& context, const risk::CompanyRisk& company) {
    auto printer = context.printer({{"provider"},
                                    {"outcome"},
                                    {"code"},
                                    {"asked_at"},
                                    {"last_good_at"},
                                    {"next_at"},
                                    {"monitored", true},
                                    {"legal_entity", true}});
    for (const auto& one : company.providers()) {
      ENCOURS_TRY(printer.row({Cell::of(one.provider()),
                               Cell::word(one.outcome()),
                               Cell::of(one.code()),
                               Cell::instant(one.asked_at()),
                               Cell::instant(one.last_good_at()),
                               Cell::instant(one.next_at()),
                               Cell::boolean(company.monitored()),
                               Cell::of(company.legal_entity())}));
    }
    return printer.end();
  }

  Result<int> show_history(Context& context, const std::string& company) {
    risk::ListRiskHistoryRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_legal_entity(company);
    auto printer = context.printer({{"fetched_at"},
                                    {"criterion"},
                                    {"old_value"},
                                    {"new_value"},
                                    {"currency"},
                                    {"severity"},
                                    {"provider"},
                                    {"as_of"},
                                    {"document", true}});
    ENCOURS_ASSIGN(const int code,
                   walk_pages<risk::ListRiskHistoryResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const risk::ListRiskHistoryResponse& page) -> Status {
                         for (const auto& change : page.changes()) {
                           ENCOURS_TRY(printer.row(history_cells(change)));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

  static std::vector<Cell> history_cells(const risk::CriterionChanged& change) {
    const auto [before, old_currency] = value_cells(change.old_value());
    const auto [after, currency] = value_cells(change.new_value());
    return {Cell::instant(change.fetched_at()),
            Cell::word(change.criterion()),
            before,
            after,
            change.has_new_value() ? currency : old_currency,
            Cell::word(change.severity()),
            Cell::of(change.provider()),
            Cell::date(change.as_of()),
            Cell::of(change.document_sha256())};
  }

  CompanyFlags company_;
  bool providers_ = false;
  bool history_ = false;
  PageFlags pages_;
};

class RiskMonitor final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "risk", kGroupHelp),
                    "monitor",
                    "Watches a company (or, with --off, leaves it alone); without one: lists",
                    "Example: encoursctl risk monitor --legal-entity siren:552032534");
    company_.describe(app);
    app.add_flag("--off", off_, "No longer watch it, whatever the policy says");
    pages_.describe_filter(app, "monitored = true AND account_count > 1");
    pages_.describe_order(app, "legal_entity");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    if (!company_.given()) return list(context);
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    risk::SetMonitoringRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    ENCOURS_ASSIGN(*request.mutable_legal_entity(), company_of(context, company_));
    request.set_request_id(context.new_request_id());
    request.set_monitored(!off_);
    ENCOURS_ASSIGN(const auto answer, installation->ask<risk::SetMonitoringResponse>(request));
    auto printer = context.printer({{"legal_entity"}, {"monitored"}});
    ENCOURS_TRY(
        printer.row({Cell::of(request.legal_entity()), Cell::boolean(answer.monitored())}));
    ENCOURS_TRY(printer.end());
    return kExitDone;
  }

 private:
  Result<int> list(Context& context) {
    if (off_) return refused("missing_argument", "ACCOUNT", "Name the company to leave alone.");
    risk::ListMonitoredRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_filter(pages_.filter);
    request.set_order_by(pages_.order_by);
    auto printer = context.printer({{"legal_entity"}, {"monitored"}, {"account_count"},
                                    {"criteria"}, {"providers"}});
    ENCOURS_ASSIGN(const int code,
                   walk_pages<risk::ListMonitoredResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const risk::ListMonitoredResponse& page) -> Status {
                         for (const auto& one : page.companies()) {
                           ENCOURS_TRY(printer.row({Cell::of(one.legal_entity()),
                                                    Cell::boolean(one.monitored()),
                                                    Cell::number(one.account_count()),
                                                    Cell::number(one.criteria_size()),
                                                    Cell::of(outcomes_of(one))}));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

  // "altares ok, sirene stale"
  static std::string outcomes_of(const risk::CompanyRisk& company) {
    std::string text;
    for (const auto& one : company.providers()) {
      text += (text.empty() ? "" : ", ") + one.provider() + " " + Cell::word(one.outcome()).text;
    }
    return text;
  }

  CompanyFlags company_;
  bool off_ = false;
  PageFlags pages_;
};

class RiskRefresh final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "risk", kGroupHelp),
                    "refresh",
                    "Asks providers again now, and says what it costs",
                    "Example: encoursctl risk refresh C-17 --preview --tenant acme");
    company_.describe(app);
    app.add_option("--provider", providers_, "Only these (default: all of the policy)");
    app.add_flag("--preview", preview_, "Only say what it would cost");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    risk::RefreshRiskRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    ENCOURS_ASSIGN(*request.mutable_legal_entity(), company_of(context, company_));
    request.set_request_id(context.new_request_id());
    request.set_preview(preview_);
    for (const auto& one : providers_) request.add_providers(one);
    ENCOURS_ASSIGN(const auto answer, installation->ask<risk::RefreshRiskResponse>(request));
    auto printer = context.printer({{"provider"}, {"cost"}, {"currency"}});
    for (const auto& one : answer.costs()) {
      const bool paid = one.has_cost();
      ENCOURS_TRY(printer.row({Cell::of(one.provider()),
                               paid ? Cell::amount(one.cost()) : Cell::absent(),
                               Cell::of(one.cost().currency_code())}));
    }
    ENCOURS_TRY(printer.end());
    const std::string whom = answer.costs().empty() ? "nobody: all are being asked already."
                                                    : "the above.";
    context.note((preview_ ? "preview, nobody was asked; it would be " : "asked: ") + whom);
    return kExitDone;
  }

 private:
  CompanyFlags company_;
  std::vector<std::string> providers_;
  bool preview_ = false;
};

class RiskPolicyPublish final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "risk", kGroupHelp),
                    "policy",
                    "Publishes whom to ask, about whom and how often, from a YAML file",
                    "Example: encoursctl risk policy risk.yaml --tenant acme");
    app.add_option("FILE", file_, "YAML: watch: all|named, providers: [...]")->required();
    app.add_flag("--check", check_, "Only check it");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(const std::string text, read_local_file(file_, "FILE"));
    return publish_text(context, {"risk_policy", "default", text, check_});
  }

 private:
  std::string file_;
  bool check_ = false;
};

}  // namespace

std::unique_ptr<Command> make_risk_show() { return std::make_unique<RiskShow>(); }
std::unique_ptr<Command> make_risk_monitor() { return std::make_unique<RiskMonitor>(); }
std::unique_ptr<Command> make_risk_refresh() { return std::make_unique<RiskRefresh>(); }
std::unique_ptr<Command> make_risk_policy() { return std::make_unique<RiskPolicyPublish>(); }

}  // namespace encours::ctl
