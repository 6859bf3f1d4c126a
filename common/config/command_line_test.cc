// Goal: the shared command line runs, prints or refuses, with the right exit code and stream.
// Method: argument lists by hand against string streams.
#include "common/config/command_line.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace encours::config {
namespace {

struct SmallConfig {
  int32_t port = 80;
  static void describe(Schema<SmallConfig>& schema) {
    schema.field("port", &SmallConfig::port, "A port.", between(1, 65535));
  }
};

struct Outcome {
  std::optional<SmallConfig> config;
  int exit_code;
  std::string out;
  std::string errors;
};

Outcome run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "service");
  std::ostringstream out;
  std::ostringstream errors;
  const auto started =
      start<SmallConfig>(static_cast<int>(arguments.size()), arguments.data(), out, errors);
  return {started.config, started.exit_code, out.str(), errors.str()};
}

TEST(CommandLine, Runs) {
  EXPECT_EQ(run({}).config->port, 80);
  EXPECT_EQ(run({"--set", "port=81"}).config->port, 81);
  EXPECT_EQ(run({"--set=port=81", "--set", "port=82"}).config->port, 82) << "the last one wins";
}

TEST(CommandLine, Prints) {
  const Outcome printed = run({"--set", "port=81", "--print-config"});
  EXPECT_FALSE(printed.config);
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_EQ(printed.out, "port: 81\n");
  EXPECT_NE(run({"--config-reference"}).out.find("| `port` | whole number |"), std::string::npos);
  EXPECT_NE(run({"--help"}).out.find("--set key=value"), std::string::npos);
}

TEST(CommandLine, Refuses) {
  const Outcome refused = run({"--set", "port=0"});
  EXPECT_FALSE(refused.config);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.errors, "port: \"0\" must be 1 to 65535.\n");
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(run({"--prot"}).exit_code, 2);
  EXPECT_EQ(run({"--config"}).exit_code, 2);
  EXPECT_EQ(run({"--config", "/nonexistent.yaml"}).exit_code, 2);
}

}  // namespace
}  // namespace encours::config
