#include "services/encoursctl/testing/terminal.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/base/check.h"
#include "common/rpc/testing/tokens.h"
#include "services/encoursctl/program.h"
#include "services/encoursctl/request_id.h"

namespace encours::ctl::testing {

std::string token_for(const std::string& tenants) {
  return rpc::testing::base64url(R"({"alg":"none"})") + "." +
         rpc::testing::base64url(R"({"sub":"test","tenants":)" + tenants + "}") + ".c2ln";
}

Terminal::Terminal() {
  patience = {300, 600, 5'000, 5, 20, 500};
  std::string pattern = std::filesystem::temp_directory_path().string() + "/encoursctl-XXXXXX";
  ENCOURS_CHECK(mkdtemp(pattern.data()) != nullptr, "a folder for the test");
  folder_ = pattern;
  file("token", token_for(R"(["*"])") + "\n");
}

Terminal::~Terminal() {
  std::error_code ignored;  // A test must not fail for what it left in /tmp.
  std::filesystem::remove_all(folder_, ignored);
}

std::string Terminal::file(const std::string& name, const std::string& content) {
  const std::filesystem::path path = std::filesystem::path(folder_) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
  return path.string();
}

void Terminal::local_run(const std::vector<Instance>& instances) {
  std::string yaml = "token_file: \"" + folder_ + "/token\"\ntenant_clock_mode: events\nservers:\n";
  for (const auto& one : instances) {
    yaml += "  - {service: " + one.service + ", address: \"" + one.address + "\"}\n";
  }
  file(".run/endpoints.yaml", yaml);
}

void Terminal::local_run(const std::string& address) {
  local_run({{"ingestion", address},
             {"portfolio", address},
             {"alerting", address},
             {"dunning", address},
             {"scoring", address},
             {"risk-enrichment", address}});
}

namespace {

// Says when it is flushed.
class WatchedBuffer final : public std::stringbuf {
 public:
  explicit WatchedBuffer(const std::function<void()>& on_flush) : on_flush_(on_flush) {}

 private:
  int sync() override {
    on_flush_();
    return std::stringbuf::sync();
  }
  const std::function<void()>& on_flush_;
};

}  // namespace

Ran Terminal::run(const std::vector<std::string>& arguments) {
  WatchedBuffer buffer(on_output);
  std::ostream out(&buffer);
  std::ostringstream err;
  Environment environment(out, err, *clock);
  environment.err_is_terminal = err_is_terminal;
  environment.ask = ask;
  environment.current_folder = folder_;
  environment.patience = patience;
  environment.new_request_id = random_request_id;
  environment.catch_interrupts = [] {};
  environment.interrupted = [this] { return interrupted.load(); };
  Ran ran;
  ran.code = run_program(arguments, environment);
  ran.out = buffer.str();
  ran.err = err.str();
  return ran;
}

}  // namespace encours::ctl::testing
