// Command: one command of the program, e.g. "invoices list", with its own flags.
//
// Lifecycle: describe() adds it to the parser before the command line is read; run() is called for
// the one that was named. Context is what a command works with: the installation (opened when it is
// first asked for), the tenant, the printer and progress. One thread.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "encours/common/v1alpha1/position.pb.h"
#include "services/encoursctl/environment.h"
#include "services/encoursctl/output/printer.h"
#include "services/encoursctl/output/progress.h"
#include "services/encoursctl/rpc/installation.h"

namespace encours::ctl {

using Position = encours::common::v1alpha1::Position;

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
// Some or all records were refused.
inline constexpr int kExitRefused = 3;

struct GlobalFlags {
  std::string server;
  std::string token_file;
  std::string ca_file;
  std::string tenant;
  std::string output = "table";
};

class Context {
 public:
  Context(Environment& environment, const GlobalFlags& flags);

  Environment& environment() { return environment_; }
  std::ostream& out() { return environment_.out; }
  std::ostream& err() { return environment_.err; }
  Clock& clock() { return environment_.clock; }
  Progress& progress() { return progress_; }
  const GlobalFlags& flags() const { return flags_; }
  OutputFormat format() const;
  std::string new_request_id() { return environment_.new_request_id(); }

  Result<Installation*> installation();
  // --tenant, else the one that the token is for.
  Result<std::string> tenant();

  Printer printer(std::vector<Column> columns) {
    return Printer(format(), environment_.out, std::move(columns));
  }
  // A line for people on standard error.
  void note(const std::string& text);

 private:
  Result<InstallationConfig> where();

  Environment& environment_;
  const GlobalFlags& flags_;
  Progress progress_;
  std::unique_ptr<Installation> installation_;
};

class Command {
 public:
  Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  virtual void describe(CLI::App& root) = 0;
  // The exit code.
  virtual Result<int> run(Context& context) = 0;

  bool chosen() const { return app_ != nullptr && app_->parsed(); }

 protected:
  // Adds "name" to `parent`; `help` ends with an example.
  CLI::App& add(CLI::App& parent,
                const std::string& name,
                const std::string& help,
                const std::string& footer);

 private:
  CLI::App* app_ = nullptr;
};

// The group "tenants" of "tenants list": made when it is first asked for.
CLI::App& command_group(CLI::App& root, const std::string& name, const std::string& help);

}  // namespace encours::ctl
