// tenants list|open.
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

}  // namespace

std::unique_ptr<Command> make_tenants_list() { return std::make_unique<TenantsList>(); }
std::unique_ptr<Command> make_tenants_open() { return std::make_unique<TenantsOpen>(); }

}  // namespace encours::ctl
