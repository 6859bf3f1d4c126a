// command_of: the command that a call asks for, from the call and its request.
#pragma once

#include <string>
#include <utility>

#include "common/rpc/commands.h"
#include "common/rpc/guard.h"

namespace encours::rpc {

// `scope` is the entity that decides the partition (an account), empty for the whole tenant. A
// command whose key is not "tenant/scope" gets another one from its handler.
template <class Request>
CommandRequest command_of(const Call& call, std::string scope, const Request& request) {
  CommandRequest command;
  command.tenant = call.tenant();
  command.key = call.tenant() + "/" + scope;
  command.scope = std::move(scope);
  command.request_id = request.request_id();
  command.type = Request::descriptor()->full_name();
  command.body = command_bytes(request);
  command.actor = call.caller().actor();
  command.traceparent = call.trace().to_string();
  command.deadline_ms = call.deadline_ms();
  return command;
}

}  // namespace encours::rpc
