// clock advance: moves the clock of a tenant in events mode, and waits until portfolio has
// followed.
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/dates.h"
#include "services/encoursctl/commands/wait.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;

class ClockAdvance final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& group = command_group(root, "clock", "The clock of a tenant in events mode");
    auto& app = add(group,
                    "advance",
                    "Moves it to 00:00 of a day, in the creditor's zone",
                    "Ends when portfolio has followed.\n"
                    "Example: encoursctl clock advance --to 2026-11-23 --tenant acme");
    app.add_option("--to", to_, "Day, e.g. 2026-11-23")->required();
    app.add_option("--from", from_,
                   "Day on which a clock that has never ticked begins (default: that of --to)");
  }

  Result<int> run(Context& context) override {
    ingestion::AdvanceClockRequest request;
    ENCOURS_ASSIGN(*request.mutable_to(), parse_day(to_, "--to"));
    if (!from_.empty()) {
      ENCOURS_ASSIGN(*request.mutable_from(), parse_day(from_, "--from"));
    }
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    ENCOURS_ASSIGN(const std::string tenant, context.tenant());
    request.set_tenant(tenant);
    request.set_request_id(context.new_request_id());
    ENCOURS_ASSIGN(const auto answer, installation->ask<ingestion::AdvanceClockResponse>(request));
    ENCOURS_TRY(wait_for_portfolio(context, tenant, answer.position()));
    auto printer = context.printer({{"tenant"}, {"clock"}, {"instant"}, {"tick_count"}});
    ENCOURS_TRY(printer.row({Cell::of(tenant),
                             Cell::of(answer.position().clock()),
                             Cell::instant(answer.position().instant()),
                             Cell::number(answer.tick_count())}));
    ENCOURS_TRY(printer.end());
    return kExitDone;
  }

 private:
  std::string to_;
  std::string from_;
};

}  // namespace

std::unique_ptr<Command> make_clock_advance() { return std::make_unique<ClockAdvance>(); }

}  // namespace encours::ctl
