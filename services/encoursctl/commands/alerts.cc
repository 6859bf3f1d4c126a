// alerts list|ack.
#include <utility>

#include "encours/alerting/v1alpha1/alerting.pb.h"
#include "services/encoursctl/commands/alert_row.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace alerting = encours::alerting::v1alpha1;

constexpr int kPageSize = 1000;
constexpr const char* kGroupHelp = "Alerts: list, follow, acknowledge";

class AlertsList final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "alerts", kGroupHelp),
                    "list",
                    "Alerts, the newest first",
                    "Example: encoursctl alerts list --filter 'state = RAISED' --tenant acme");
    pages_.describe_filter(app, "state = RAISED AND account = \"C-17\"");
    pages_.describe_order(app, "day, id");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    alerting::ListAlertsRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_filter(pages_.filter);
    request.set_order_by(pages_.order_by);
    auto printer = context.printer(alert_columns());
    ENCOURS_ASSIGN(const int code,
                   walk_pages<alerting::ListAlertsResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const alerting::ListAlertsResponse& page) -> Status {
                         for (const auto& alert : page.alerts()) {
                           ENCOURS_TRY(printer.row(alert_cells(alert)));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  PageFlags pages_;
};

// A text as the filter language writes it.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

class AlertsAck final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "alerts", kGroupHelp),
                    "ack",
                    "Takes note of alerts",
                    "Example: encoursctl alerts ack 3f2a91c0 --tenant acme");
    app.add_option("ID", ids_, "Ids of alerts, as alerts list shows them")->required();
    app.add_option("--account", account_, "Their account; it is looked up where it is not given");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(const std::string tenant, context.tenant());
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    auto printer = context.printer(alert_columns());
    for (const auto& id : ids_) {
      alerting::AcknowledgeAlertRequest request;
      request.set_tenant(tenant);
      request.set_request_id(context.new_request_id());
      request.set_alert(id);
      ENCOURS_ASSIGN(*request.mutable_account(), account_of(context, tenant, id));
      ENCOURS_ASSIGN(const auto answer,
                     installation->ask<alerting::AcknowledgeAlertResponse>(request));
      ENCOURS_TRY(printer.row(alert_cells(answer.alert())));
    }
    ENCOURS_TRY(printer.end());
    return kExitDone;
  }

 private:
  Result<std::string> account_of(Context& context,
                                 const std::string& tenant,
                                 const std::string& id) const {
    if (!account_.empty()) return account_;
    alerting::ListAlertsRequest request;
    request.set_tenant(tenant);
    request.set_filter("id = " + quoted(id));
    request.set_page_size(1);
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    CoverageWatch watch(context);
    for (;;) {
      ENCOURS_ASSIGN(const auto page, installation->ask<alerting::ListAlertsResponse>(request));
      if (!page.alerts().empty()) return page.alerts(0).account();
      if (watch.try_again(page.coverage())) continue;
      if (page.coverage().missing_partitions().empty()) {
        return refused("alert_not_found", "ID", "There is no alert '" + id + "'.");
      }
      // It may be on one of those.
      return error(Reaction::kRetry,
                   "answer_incomplete",
                   "The alert '" + id + "' was not found, but " + missing_words(page.coverage()) +
                       ". Ask again when they do, or name its --account.");
    }
  }

  std::vector<std::string> ids_;
  std::string account_;
};

}  // namespace

std::unique_ptr<Command> make_alerts_list() { return std::make_unique<AlertsList>(); }
std::unique_ptr<Command> make_alerts_ack() { return std::make_unique<AlertsAck>(); }

}  // namespace encours::ctl
