// control(): a write that the control stage decides, sent to the instance that owns its partition.
//
// Tenants and settings of the whole installation are numbered in one order, so all such commands
// have one key and go to one partition, whoever was asked.
#pragma once

#include "common/rpc/command_call.h"
#include "common/rpc/peers.h"
#include "common/service/service_shell.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {

template <class Request, class Response>
Result<Response> control(ServiceParts& parts, rpc::Call& call, const Request& request) {
  auto command = rpc::command_of(call, "settings", request);
  command.key = kSettingsKey;
  if (command.deadline_ms == rpc::kNoDeadline) {
    command.deadline_ms = parts.clock.monotonic_ms() + 15'000;
  }
  return parts.router.on_owner<Response>(
      call, parts.commands.partition_of(command), request,
      [&] { return parts.commands.submit_as<Response>(command); });
}

}  // namespace encours::ingestion
