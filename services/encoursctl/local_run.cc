#include "services/encoursctl/local_run.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace encours::ctl {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFileName = "endpoints.yaml";

bool is_file(const fs::path& path) {
  std::error_code ignored;  // A folder that may not be entered has no file for us.
  return fs::is_regular_file(path, ignored);
}

std::optional<fs::path> upwards_from(fs::path folder) {
  while (!folder.empty()) {
    const fs::path file = folder / ".run" / kFileName;
    if (is_file(file)) return file;
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

std::string text_of(const YAML::Node& node) {
  return node && node.IsScalar() ? node.as<std::string>() : std::string();
}

Result<LocalRun> read(const fs::path& file) {
  LocalRun run;
  run.file = file.string();
  try {
    const YAML::Node root = YAML::LoadFile(run.file);
    run.kafka_bootstrap_servers = text_of(root["kafka_bootstrap_servers"]);
    run.token_file = text_of(root["token_file"]);
    run.clock_mode = text_of(root["tenant_clock_mode"]);
    for (const auto& server : root["servers"]) {
      run.instances.push_back({text_of(server["service"]), text_of(server["address"])});
    }
  } catch (const std::exception& failed) {
    return refused(
        "unreadable_endpoints",
        run.file,
        "The file can't be read: " + std::string(failed.what()) + ". deploy/run writes it anew.");
  }
  if (run.instances.empty()) {
    return refused(
        "unreadable_endpoints", run.file, "The file names no servers. deploy/run writes it anew.");
  }
  return run;
}

}  // namespace

Result<LocalRun> find_local_run(const LocalRunPlaces& places) {
  if (!places.run_folder.empty()) {
    const fs::path file = fs::path(places.run_folder) / kFileName;
    if (is_file(file)) return read(file);
  } else {
    if (const auto file = upwards_from(places.current_folder)) return read(*file);
    if (const auto file = upwards_from(fs::path(places.program_path).parent_path())) {
      return read(*file);
    }
  }
  return refused("local_run_not_found",
                 "",
                 "No local run was found here. Start one with deploy/run, or name a server with "
                 "--server and --token-file.");
}

}  // namespace encours::ctl
