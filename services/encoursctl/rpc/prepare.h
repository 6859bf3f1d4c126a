// prepare_call: gives a call its token and its deadline (0: none).
//
// A token file that can't be read is no failure of a server: it is told at once, since another
// attempt would only hide it.
#pragma once

#include <grpcpp/client_context.h>

#include <cstdint>

#include "common/rpc/client.h"

namespace encours::ctl {

inline Status prepare_call(rpc::Client& client,
                           grpc::ClientContext* context,
                           std::int64_t timeout_ms) {
  const Status prepared = client.prepare(context, timeout_ms);
  if (prepared) return {};
  Error failure = prepared.failure();
  failure.reaction = Reaction::kRefused;
  return failure;
}

}  // namespace encours::ctl
