// verify: asks every instance to check itself; a row per finding, and exit 1 if there is any.
#include <algorithm>
#include <map>
#include <utility>

#include "encours/stream/v1alpha1/runtime_service.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/fleet.h"

namespace encours::ctl {
namespace {

namespace runtime = encours::stream::v1alpha1;

class Verify final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(root,
                    "verify",
                    "Checks ledger sums, transactions, changelogs and inputs",
                    "Checks: ledger_sums, open_transactions, changelog, inputs_accounted.\n"
                    "Each is of whole partitions, with all tenants in them. Exit 1 if there is a\n"
                    "finding. A summary per service is on standard error.\n"
                    "Example: encoursctl verify");
    app.add_option("--check", checks_, "Only this check; any number");
  }

  Result<int> run(Context& context) override {
    if (!context.flags().tenant.empty()) {
      return refused("unsupported_filter",
                     "--tenant",
                     "verify checks whole partitions, with all tenants in them. Leave it out.");
    }
    ENCOURS_ASSIGN(const Fleet fleet, await_complete_fleet(context));
    auto printer = context.printer({{"service"}, {"check"}, {"partition"}, {"message"}});
    Summaries summaries;
    std::int64_t findings = 0;
    for (const auto& member : fleet) {
      if (!member.status) continue;
      ENCOURS_TRY(verify_member(context, member, &printer, &summaries[member.service], &findings));
    }
    // Partitions that moved meanwhile may have been seen by nobody.
    ENCOURS_ASSIGN(const Fleet after, await_complete_fleet(context));
    if (!same_placement(fleet, after)) {
      return error(Reaction::kRetry,
                   "fleet_moving",
                   "Partitions moved between instances during the checks. Ask again.");
    }
    context.progress().clear();
    if (findings > 0 || context.format() != OutputFormat::kTable) ENCOURS_TRY(printer.end());
    for (const auto& [service, summary] : summaries) context.note(summary_line(service, summary));
    ENCOURS_TRY(check_all_ran(summaries));
    if (findings == 0 && context.format() == OutputFormat::kTable) {
      context.out() << "no findings" << std::endl;
    }
    return findings == 0 ? kExitDone : kExitFailed;
  }

 private:
  using Summaries = std::map<std::string, runtime::VerifySummary>;

  // Of a check that no service has, nothing was found because nothing was looked at.
  Status check_all_ran(const Summaries& summaries) const {
    for (const auto& check : checks_) {
      const bool ran = std::any_of(summaries.begin(), summaries.end(), [&](const auto& one) {
        const auto& of_service = one.second.checks();
        return std::find(of_service.begin(), of_service.end(), check) != of_service.end();
      });
      if (ran) continue;
      return refused("check_not_run", "--check", "No service has run the check '" + check + "'.");
    }
    return {};
  }

  Status verify_member(Context& context,
                       const FleetMember& member,
                       Printer* printer,
                       runtime::VerifySummary* sum,
                       std::int64_t* findings) const {
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    runtime::VerifyRequest request;
    for (const auto& check : checks_) request.add_checks(check);
    context.progress().show("checking " + member.service + " on " + member.address);
    bool ended = false;
    ENCOURS_TRY(installation->stream_at<runtime::VerifyResponse>(
        member.address, request, [&](const runtime::VerifyResponse& part) -> Status {
          if (part.has_finding()) {
            ++*findings;
            return print(member.service, part.finding(), printer);
          }
          ended = true;
          sum->set_partition_count(sum->partition_count() + part.summary().partition_count());
          sum->set_items_checked(sum->items_checked() + part.summary().items_checked());
          sum->set_findings(sum->findings() + part.summary().findings());
          if (sum->checks().empty()) *sum->mutable_checks() = part.summary().checks();
          return {};
        }));
    if (ended) return {};
    return error(Reaction::kRetry,
                 "no_summary",
                 member.service + " on " + member.address + " ended without a summary.");
  }

  static Status print(const std::string& service,
                      const runtime::VerifyFinding& finding,
                      Printer* printer) {
    return printer->row({Cell::of(service),
                         Cell::of(finding.check()),
                         Cell::number(finding.partition()),
                         Cell::of(finding.message())});
  }

  static std::string summary_line(const std::string& service, const runtime::VerifySummary& sum) {
    std::string checks;
    for (const auto& check : sum.checks()) checks += (checks.empty() ? "" : ", ") + check;
    return service + ": " + (checks.empty() ? "no check" : checks) + " over " +
           std::to_string(sum.partition_count()) + " partitions, " + grouped(sum.items_checked()) +
           " items, " + grouped(sum.findings()) + " findings";
  }

  std::vector<std::string> checks_;
};

}  // namespace

std::unique_ptr<Command> make_verify() { return std::make_unique<Verify>(); }

}  // namespace encours::ctl
