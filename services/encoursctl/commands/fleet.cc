#include "services/encoursctl/commands/fleet.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace encours::ctl {
namespace {

namespace runtime = encours::stream::v1alpha1;

constexpr std::int64_t kStatusMs = 2'000;
// Those of every installation: one whose instances are all gone must not be overlooked.
constexpr const char* kServices[] = {"ingestion", "portfolio",       "alerting",
                                     "scoring",   "risk-enrichment", "dunning"};

// Service -> partition -> on how many instances it runs.
using Placement = std::map<std::string, std::map<std::int32_t, int>>;

Placement placement_of(const Fleet& fleet, const std::string& only) {
  Placement placement;
  for (const std::string service : kServices) {
    if (only.empty() || service == only) placement[service];
  }
  for (const auto& member : fleet) {
    auto& partitions = placement[member.service];
    for (const std::int32_t p : member.partitions(runtime::TASK_STATE_RUNNING)) ++partitions[p];
  }
  placement.erase("");  // An address of which nothing is known.
  return placement;
}

Error incomplete(const std::string& what) {
  return error(Reaction::kRetry,
               "fleet_incomplete",
               what + " Ask again when 'encoursctl status' shows every partition running.");
}

// A refusal of the caller is an error of the command; all else is said of the instance.
Result<FleetMember> ask_member(Installation& installation, const Instance& instance) {
  FleetMember member{instance.service, instance.address, {}, {}};
  auto status = installation.ask_at<runtime::GetStatusResponse>(
      instance.address, runtime::GetStatusRequest(), kStatusMs);
  if (!status) {
    if (status.failure().reaction == Reaction::kRefused) return status.failure();
    member.problem = status.failure().message;
    return member;
  }
  if (!status->service().empty()) member.service = status->service();
  member.status = std::move(*status);
  return member;
}

}  // namespace

std::vector<std::int32_t> FleetMember::partitions(runtime::TaskState state) const {
  std::set<std::int32_t> found;  // A partition has a task per stage.
  if (status) {
    for (const auto& task : status->tasks()) {
      if (task.state() == state) found.insert(task.partition());
    }
  }
  return {found.begin(), found.end()};
}

Result<Fleet> read_fleet(Context& context) {
  ENCOURS_ASSIGN(Installation * installation, context.installation());
  ENCOURS_ASSIGN(auto instances, installation->instances(""));
  std::sort(instances.begin(), instances.end(), [](const Instance& left, const Instance& right) {
    return std::pair(left.service, left.address) < std::pair(right.service, right.address);
  });
  Fleet fleet;
  for (const auto& instance : instances) {
    ENCOURS_ASSIGN(FleetMember member, ask_member(*installation, instance));
    fleet.push_back(std::move(member));
  }
  return fleet;
}

Status check_complete(const Fleet& fleet, const std::string& only) {
  const Placement placement = placement_of(fleet, only);
  std::int32_t count = 0;
  for (const auto& [service, partitions] : placement) {
    if (!partitions.empty()) count = std::max(count, partitions.rbegin()->first + 1);
  }
  if (count == 0) return incomplete("No partition runs anywhere.");
  for (const auto& [service, partitions] : placement) {
    for (std::int32_t p = 0; p < count; ++p) {
      const auto found = partitions.find(p);
      const std::string name = service + ": partition " + std::to_string(p);
      if (found == partitions.end()) return incomplete(name + " runs nowhere.");
      if (found->second > 1) return incomplete(name + " runs on two instances.");
    }
  }
  return {};
}

Result<Fleet> await_complete_fleet(Context& context, const std::string& only) {
  ENCOURS_ASSIGN(Installation * installation, context.installation());
  const Patience& patience = installation->patience();
  const std::int64_t deadline_ms = context.clock().monotonic_ms() + patience.read_ms;
  for (;;) {
    auto fleet = read_fleet(context);
    if (fleet && !only.empty()) {
      std::erase_if(*fleet, [&](const FleetMember& member) { return member.service != only; });
    }
    if (!fleet && !worth_another_try(fleet.failure())) return fleet.failure();
    const Status complete = fleet ? check_complete(*fleet, only) : Status(fleet.failure());
    if (complete) return fleet;
    if (context.clock().monotonic_ms() >= deadline_ms) return complete.failure();
    context.progress().show("waiting: " + complete.failure().message);
    context.clock().sleep_for(patience.min_pause_ms);
    installation->forget_instances();
  }
}

bool same_placement(const Fleet& left, const Fleet& right) {
  const auto owners = [](const Fleet& fleet) {
    std::map<std::string, std::vector<std::int32_t>> found;
    for (const auto& member : fleet) {
      found[member.service + "@" + member.address] = member.partitions(runtime::TASK_STATE_RUNNING);
    }
    return found;
  };
  return owners(left) == owners(right);
}

}  // namespace encours::ctl
