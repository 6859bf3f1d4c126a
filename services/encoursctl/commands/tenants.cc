// tenants list|open|go-live.
#include "common/time/instant.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;
using encours::stream::v1alpha1::TenantSetting;

constexpr int kPageSize = 1000;
constexpr const char* kGroupHelp = "Tenants, their clocks and what may leave in their name";

std::vector<Column> tenant_columns() {
  return {{"tenant"},
          {"clock_mode"},
          {"time_zone"},
          {"live_from"},
          {"last_tick"},
          {"display_name"}};
}

std::vector<Cell> tenant_cells(const ingestion::Tenant& tenant) {
  const auto& setting = tenant.setting();
  return {Cell::of(tenant.tenant()),
          Cell::word(setting.clock_mode()),
          Cell::of(setting.time_zone()),
          Cell::instant(setting.live_from()),
          Cell::instant(tenant.last_tick()),
          Cell::of(setting.display_name())};
}

class TenantsList final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "tenants", kGroupHelp),
                    "list",
                    "The tenants that the token may see",
                    "Example: encoursctl tenants list --output json");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    auto printer = context.printer(tenant_columns());
    ENCOURS_ASSIGN(const int code,
                   walk_pages<ingestion::ListTenantsResponse>(
                       context,
                       pages_,
                       kPageSize,
                       ingestion::ListTenantsRequest(),
                       [&](const ingestion::ListTenantsResponse& page) -> Status {
                         for (const auto& tenant : page.tenants()) {
                           ENCOURS_TRY(printer.row(tenant_cells(tenant)));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  PageFlags pages_;
};

class TenantsOpen final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "tenants", kGroupHelp),
                    "open",
                    "Opens the tenant that --tenant names; one that is open so stays as it is",
                    "Example: encoursctl tenants open --tenant acme --clock events");
    app.add_option("--clock", clock_, "wall (real time) or events (moved by imports)")
        ->required()
        ->check(CLI::IsMember({"wall", "events"}));
    app.add_option("--time-zone", time_zone_, "The creditor's zone (default Europe/Paris)");
    app.add_option("--display-name", display_name_, "Name for people");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    ingestion::OpenTenantRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_request_id(context.new_request_id());
    auto& setting = *request.mutable_setting();
    setting.set_clock_mode(clock_ == "wall" ? TenantSetting::CLOCK_MODE_WALL
                                            : TenantSetting::CLOCK_MODE_EVENTS);
    setting.set_time_zone(time_zone_);
    setting.set_display_name(display_name_);
    ENCOURS_ASSIGN(const auto answer, installation->ask<ingestion::OpenTenantResponse>(request));
    auto printer = context.printer(tenant_columns());
    ENCOURS_TRY(printer.row(tenant_cells(answer.tenant())));
    ENCOURS_TRY(printer.end());
    return kExitDone;
  }

 private:
  std::string clock_;
  std::string time_zone_ = "Europe/Paris";
  std::string display_name_;
};

class TenantsGoLive final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "tenants", kGroupHelp),
                    "go-live",
                    "Lets messages leave from now on; shows what the first day sends",
                    "Example: encoursctl tenants go-live --preview --tenant acme");
    app.add_flag("--preview", preview_, "Only show what the first day would send");
    app.add_option("--backlog", backlog_, "What is late today: first-step, step or none")
        ->check(CLI::IsMember({"first-step", "step", "none"}));
    app.add_option("--step", step_, "The step to start with, with --backlog step")
        ->check(CLI::PositiveNumber);
    app.add_option("--from", from_, "Instant, e.g. 2026-11-23T08:00:00Z (default: the next tick)");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(auto request, request_of(context));
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    ENCOURS_ASSIGN(const auto answer, installation->ask<ingestion::GoLiveResponse>(request));
    const Cell live_from = Cell::instant(answer.live_from());
    auto printer = context.printer(
        {{"channel"}, {"step"}, {"message_count"}, {"account_count"}, {"live_from", true}});
    for (const auto& one : answer.first_day()) {
      ENCOURS_TRY(printer.row({Cell::of(one.channel()),
                               Cell::number(one.step()),
                               Cell::number(one.message_count()),
                               Cell::number(one.account_count()),
                               live_from}));
    }
    ENCOURS_TRY(printer.end());
    const std::string what = answer.first_day().empty() ? "the first day sends nothing"
                                                        : "the first day sends the above";
    context.note((preview_ ? "preview, nothing was changed: " : "live: ") + what +
                 (live_from.text.empty() ? "." : "; from " + live_from.text + "."));
    return kExitDone;
  }

 private:
  Result<ingestion::GoLiveRequest> request_of(Context& context) const {
    ingestion::GoLiveRequest request;
    request.set_preview(preview_);
    auto& backlog = *request.mutable_backlog();
    using Backlog = ingestion::GoLiveBacklog;
    if (backlog_ == "first-step") backlog.set_choice(Backlog::CHOICE_FIRST_STEP);
    if (backlog_ == "none") backlog.set_choice(Backlog::CHOICE_NONE);
    if (backlog_ == "step") {
      if (step_ == 0) return refused("step_needed", "--step", "Say which step with --step N.");
      backlog.set_choice(Backlog::CHOICE_STEP);
      backlog.set_step(step_);
    }
    if (!from_.empty()) {
      const auto at = Instant::parse(from_);
      if (!at) {
        return refused("invalid_instant",
                       "--from",
                       "'" + from_ + "' is no instant; write it as 2026-11-23T08:00:00Z.");
      }
      request.mutable_live_from()->set_seconds(at->unix_seconds());
      request.mutable_live_from()->set_nanos(at->nanos_of_second());
    }
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_request_id(context.new_request_id());
    return request;
  }

  bool preview_ = false;
  std::string backlog_;
  int step_ = 0;
  std::string from_;
};

}  // namespace

std::unique_ptr<Command> make_tenants_list() { return std::make_unique<TenantsList>(); }
std::unique_ptr<Command> make_tenants_open() { return std::make_unique<TenantsOpen>(); }
std::unique_ptr<Command> make_tenants_go_live() { return std::make_unique<TenantsGoLive>(); }

}  // namespace encours::ctl
