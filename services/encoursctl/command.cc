#include "services/encoursctl/command.h"

#include <utility>

#include "common/rpc/address.h"
#include "common/rpc/watched_file.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/encoursctl/local_run.h"
#include "services/encoursctl/token_tenants.h"

namespace encours::ctl {
namespace {

constexpr std::size_t kMaxTokenBytes = 16 * 1024;
constexpr int kShownTenants = 20;

std::string trimmed(const std::string& text) {
  constexpr const char* kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The tenants that there are, for a message; empty where nobody answers.
std::string tenants_there(Installation& installation) {
  const auto answer = installation.ask<encours::ingestion::v1alpha1::ListTenantsResponse>(
      encours::ingestion::v1alpha1::ListTenantsRequest());
  if (!answer || answer->tenants().empty()) return {};
  std::string text = " There are: ";
  for (int i = 0; i < answer->tenants_size() && i < kShownTenants; ++i) {
    text += (i ? ", " : "") + answer->tenants(i).tenant();
  }
  return text + (answer->tenants_size() > kShownTenants ? ", ..." : ".");
}

}  // namespace

Context::Context(Environment& environment, const GlobalFlags& flags)
    : environment_(environment),
      flags_(flags),
      progress_(environment.err, environment.err_is_terminal, environment.clock) {}

OutputFormat Context::format() const {
  if (flags_.output == "json") return OutputFormat::kJson;
  if (flags_.output == "csv") return OutputFormat::kCsv;
  return OutputFormat::kTable;
}

void Context::note(const std::string& text) {
  progress_.clear();
  environment_.err << printable(text) << std::endl;
}

Result<InstallationConfig> Context::where() {
  InstallationConfig config;
  config.seed = flags_.server;
  config.token_file = flags_.token_file;
  config.ca_file = flags_.ca_file;
  config.patience = environment_.patience;
  config.on_wait = [this](const std::string& text) { progress_.show(printable(text)); };
  if (!config.seed.empty() && !config.token_file.empty()) return config;
  const auto local = find_local_run(
      {environment_.run_folder, environment_.current_folder, environment_.program_path});
  if (config.seed.empty()) {
    if (!local) return local.failure();
    config.instances = local->instances;
  } else if (!local || !rpc::is_loopback(config.seed)) {
    // The development token is for this machine and goes nowhere else.
    return refused("token_file_needed",
                   "--token-file",
                   "Name the file of your token for " + config.seed + " with --token-file.");
  }
  if (config.token_file.empty()) config.token_file = local->token_file;
  return config;
}

Result<Installation*> Context::installation() {
  if (!installation_) {
    ENCOURS_ASSIGN(InstallationConfig config, where());
    ENCOURS_ASSIGN(installation_, Installation::open(std::move(config), environment_.clock));
  }
  return installation_.get();
}

Result<std::string> Context::tenant() {
  if (!flags_.tenant.empty()) return flags_.tenant;
  ENCOURS_ASSIGN(Installation * installation, this->installation());
  auto content = rpc::read_small_file(installation->token_file(), kMaxTokenBytes);
  if (!content) {
    return refused("invalid_token_file", installation->token_file(), content.failure().message);
  }
  const std::vector<std::string> tenants = token_tenants(trimmed(*content));
  if (tenants.size() == 1 && tenants.front() != "*") return tenants.front();
  std::string message = "Your token is for more than one tenant: choose one with --tenant NAME.";
  if (tenants.empty()) message = "Your token names no tenant: choose one with --tenant NAME.";
  return refused("tenant_needed", "--tenant", message + tenants_there(*installation));
}

CLI::App& Command::add(CLI::App& parent,
                       const std::string& name,
                       const std::string& help,
                       const std::string& footer) {
  app_ = parent.add_subcommand(name, help);
  app_->footer(footer + "\nGlobal flags (encoursctl --help) may stand here too.");
  return *app_;
}

CLI::App& command_group(CLI::App& root, const std::string& name, const std::string& help) {
  for (CLI::App* group : root.get_subcommands(nullptr)) {
    if (group->get_name() == name) return *group;
  }
  CLI::App* group = root.add_subcommand(name, help);
  group->require_subcommand(1);
  return *group;
}

}  // namespace encours::ctl
