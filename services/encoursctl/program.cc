#include "services/encoursctl/program.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/explain.h"

namespace encours::ctl {
namespace {

constexpr const char* kFooter =
    R"(Exit codes: 0 done, 3 some or all records refused, 1 anything else.
With --output json each row is one object on a line of its own; amounts are strings in major units.
CSV follows RFC 4180 with a header line and LF line ends.

Examples:
  encoursctl --tenant acme import invoices.csv --mapping invoices.yaml
  encoursctl aged-balance --as-of 2026-10-31 --output csv --tenant acme)";

void describe_globals(CLI::App& app, GlobalFlags* flags) {
  app.add_option("--server",
                 flags->server,
                 "Address host:port of any server; default: those of the local run");
  app.add_option(
      "--token-file", flags->token_file, "File with the token; default: that of the local run");
  app.add_option("--ca-file",
                 flags->ca_file,
                 "Trusted certificates (PEM) for a server that is not on this machine");
  app.add_option("--tenant", flags->tenant, "Tenant; default: the one that the token is for");
  app.add_option("--output", flags->output, "table, json (one object per line) or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}));
}

int run_chosen(const std::vector<std::unique_ptr<Command>>& commands, Context& context) {
  const auto chosen = std::find_if(
      commands.begin(), commands.end(), [](const auto& command) { return command->chosen(); });
  if (chosen == commands.end()) return kExitFailed;
  const Result<int> outcome = (*chosen)->run(context);
  context.progress().clear();
  if (outcome) return *outcome;
  if (outcome.failure().code != "output_closed") {
    context.err() << "error: " << explain(outcome.failure()) << std::endl;
  }
  return kExitFailed;
}

}  // namespace

int run_program(std::vector<std::string> arguments, Environment& environment) {
  CLI::App app("The commands of Encours, B2B credit management.", "encoursctl");
  app.require_subcommand(1);
  app.fallthrough();  // Inherited: global flags may stand after the command.
  app.footer(kFooter);
  GlobalFlags flags;
  describe_globals(app, &flags);
  const auto commands = all_commands();
  for (const auto& command : commands) command->describe(app);
  std::reverse(arguments.begin(), arguments.end());  // As CLI11 wants them.
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& wrong) {
    const int code = app.exit(wrong, environment.out, environment.err);
    return code == 0 ? kExitDone : kExitFailed;
  }
  Context context(environment, flags);
  return run_chosen(commands, context);
}

}  // namespace encours::ctl
