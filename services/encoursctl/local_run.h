// LocalRun: where the local run of deploy/run is: its servers and its development token.
//
// Read from the file endpoints.yaml of its run folder, which is looked for in the folder that the
// environment names, then as .run in the current folder and those above it, then in the folders
// above the program itself. Pure but for reading the file.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "services/encoursctl/rpc/installation.h"

namespace encours::ctl {

struct LocalRun {
  std::string file;
  std::string kafka_bootstrap_servers;
  std::string token_file;
  // "wall" or "events": the clock of tenants that are opened by naming them.
  std::string clock_mode;
  std::vector<Instance> instances;
};

struct LocalRunPlaces {
  std::string run_folder;
  std::string current_folder;
  std::string program_path;
};

// "local_run_not_found" where there is none.
Result<LocalRun> find_local_run(const LocalRunPlaces& places);

}  // namespace encours::ctl
