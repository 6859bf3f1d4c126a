// dunning scenarios apply|list, dunning actions list|show|suspend|resume.
#include <nlohmann/json.hpp>
#include <utility>

#include "encours/dunning/v1alpha1/dunning.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/local_file.h"
#include "services/encoursctl/commands/paging.h"
#include "services/encoursctl/commands/publish.h"

namespace encours::ctl {
namespace {

namespace dunning = encours::dunning::v1alpha1;

constexpr int kPageSize = 1000;
constexpr const char* kDunningHelp = "Reminders: scenarios, actions, stop and go";

CLI::App& group(CLI::App& root, const char* name, const char* help) {
  return command_group(command_group(root, "dunning", kDunningHelp), name, help);
}
constexpr const char* kScenariosHelp = "When to write to whom, and what";
constexpr const char* kActionsHelp = "Messages: planned, sent, held back";

class ScenariosApply final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(group(root, "scenarios", kScenariosHelp),
                    "apply",
                    "Publishes a scenario; steps that have been said are never said again",
                    "Example: encoursctl dunning scenarios apply standard.yaml --tenant acme");
    app.add_option("FILE", file_, "YAML of the scenario")->required();
    app.add_flag("--check", check_, "Only check it");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(const std::string text, read_local_file(file_, "FILE"));
    return publish_text(context, {"scenario", "default", text, check_});
  }

 private:
  std::string file_;
  bool check_ = false;
};

class ScenariosList final : public Command {
 public:
  void describe(CLI::App& root) override {
    add(group(root, "scenarios", kScenariosHelp),
        "list",
        "Versions of the tenant's scenario, the newest last",
        "Example: encoursctl dunning scenarios list --tenant acme");
  }
  Result<int> run(Context& context) override { return list_versions(context, "scenario"); }
};

std::vector<Column> action_columns() {
  return {{"day"},    {"account"},  {"step"},    {"state"}, {"reason"},              {"invoices"},
          {"amount"}, {"currency"}, {"contact"}, {"id"},    {"message_sha256", true}};
}

std::vector<Cell> action_cells(const dunning::Action& action) {
  std::string invoices;
  for (const auto& line : action.lines()) {
    invoices += (invoices.empty() ? "" : " ") + line.invoice();
  }
  return {Cell::date(action.day()),
          Cell::of(action.account()),
          Cell::of(action.step()),
          Cell::word(action.state()),
          Cell::of(action.reason_code()),
          Cell::of(invoices),
          Cell::amount(action.amount()),
          Cell::of(action.currency_code()),
          Cell::of(action.contact()),
          Cell::of(action.id()),
          Cell::of(action.message_sha256())};
}

class ActionsList final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(group(root, "actions", kActionsHelp),
                    "list",
                    "Actions, the newest first",
                    "Example: encoursctl dunning actions list --filter 'state = PLANNED'");
    pages_.describe_filter(app, "state = SUPPRESSED AND account = \"C-17\"");
    pages_.describe_order(app, "day, id");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    dunning::ListActionsRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_filter(pages_.filter);
    request.set_order_by(pages_.order_by);
    auto printer = context.printer(action_columns());
    ENCOURS_ASSIGN(const int code,
                   walk_pages<dunning::ListActionsResponse>(
                       context, pages_, kPageSize, request,
                       [&](const dunning::ListActionsResponse& page) -> Status {
                         for (const auto& action : page.actions()) {
                           ENCOURS_TRY(printer.row(action_cells(action)));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  PageFlags pages_;
};

// Stops or allows sending, of all channels or of one.
class ActionsSwitch final : public Command {
 public:
  explicit ActionsSwitch(bool suspend) : suspend_(suspend) {}

  void describe(CLI::App& root) override {
    auto& app =
        add(group(root, "actions", kActionsHelp),
            suspend_ ? "suspend" : "resume",
            suspend_ ? "Stops all sending within a second" : "Lets messages leave again",
            suspend_ ? "Example: encoursctl dunning actions suspend --reason 'wrong prices'"
                     : "Example: encoursctl dunning actions resume --tenant acme");
    app.add_option("--channel", channel_, "all or email")->check(CLI::IsMember({"all", "email"}));
    if (suspend_) app.add_option("--reason", reason_, "Why, without personal data")->required();
  }

  Result<int> run(Context& context) override {
    // JSON is YAML too, and quotes what a person has typed.
    const nlohmann::json body = {{"suspended", suspend_}, {"reason", reason_}};
    return publish_text(context, {"sending", channel_, body.dump(), false});
  }

 private:
  bool suspend_;
  std::string channel_ = "all";
  std::string reason_;
};

}  // namespace

std::unique_ptr<Command> make_scenarios_apply() { return std::make_unique<ScenariosApply>(); }
std::unique_ptr<Command> make_scenarios_list() { return std::make_unique<ScenariosList>(); }
std::unique_ptr<Command> make_actions_list() { return std::make_unique<ActionsList>(); }
std::unique_ptr<Command> make_actions_suspend() { return std::make_unique<ActionsSwitch>(true); }
std::unique_ptr<Command> make_actions_resume() { return std::make_unique<ActionsSwitch>(false); }

}  // namespace encours::ctl
