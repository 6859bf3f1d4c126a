// The fleet: all instances of all services as they are now, for the commands that need each of them
// (status, dump, verify).
//
// An instance that does not answer is part of the fleet, with the reason. A fleet is complete when
// of every service each partition runs on exactly one instance that answered: only then do the
// answers of all instances together stand for the whole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "encours/stream/v1alpha1/runtime_service.pb.h"
#include "services/encoursctl/command.h"

namespace encours::ctl {

struct FleetMember {
  std::string service;
  std::string address;
  std::optional<encours::stream::v1alpha1::GetStatusResponse> status;
  std::string problem;  // Why there is no status.

  std::vector<std::int32_t> partitions(encours::stream::v1alpha1::TaskState state) const;
};

using Fleet = std::vector<FleetMember>;

// Asks each instance once, each for two seconds at most.
Result<Fleet> read_fleet(Context& context);

// What is missing, as an error of code "fleet_incomplete". With `only` nothing but that service is
// looked at.
Status check_complete(const Fleet& fleet, const std::string& only = {});

// A complete one, of all services or of `only`; waits for it as long as reads have patience.
Result<Fleet> await_complete_fleet(Context& context, const std::string& only = {});

// True where the same partitions run on the same instances.
bool same_placement(const Fleet& left, const Fleet& right);

}  // namespace encours::ctl
