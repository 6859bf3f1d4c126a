// The checks of `verify`: what must hold of a running service, each looked up from the outside.
//
//   open_transactions  no partition of our topics has records that no transaction has ended
//   changelog          the store's rows are exactly what its changelog says
//   inputs_accounted   every input up to the moment of the check is taken and committed
//   ledger_sums        the service's own sums agree with its rows (given by the service)
//
// Read-only; what the check of the changelog builds to compare with has a folder of its own, for
// that run only. Where the service goes on working meanwhile, changelog and inputs are compared at
// the moment of a snapshot, so a busy system has no findings either.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/service/service_shell.h"

namespace encours {

struct VerifyFinding {
  std::string check;
  std::int32_t partition = 0;
  std::string message;
};

std::vector<std::string> verify_checks(bool has_ledger);

// Removes what a process that was killed in the middle of a check has left. At start only.
Status clear_verify_folders(const ServiceConfig& config, const stream::Topology& topology);

// Runs one check over the partitions that run here; returns how many items it looked at.
Result<std::int64_t> run_check(ServiceParts& parts, const LedgerCheck& ledger_check,
                               const std::string& check,
                               const std::function<void(const VerifyFinding&)>& report);

}  // namespace encours
