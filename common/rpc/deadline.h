// How long a call may still take, between gRPC's own clocks and ours.
//
// gRPC keeps deadlines on clocks of its own; asking them is not reading the time of day, and what
// is left of a deadline becomes a point on the injected Clock at once. Pure but for that; any
// thread.
#pragma once

#include <grpc/support/time.h>
#include <grpcpp/server_context.h>

#include <cstdint>
#include <limits>

namespace encours::rpc {

// No deadline: further away than any.
inline constexpr std::int64_t kNoDeadline = std::numeric_limits<std::int64_t>::max();

// What is left of the client's deadline; kNoDeadline where it has set none.
inline std::int64_t remaining_ms(const grpc::ServerContext& context) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return kNoDeadline;
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  return gpr_time_to_millis(left);
}

// The deadline of a call that begins now.
inline gpr_timespec deadline_in(std::int64_t length_ms) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(length_ms, GPR_TIMESPAN));
}

}  // namespace encours::rpc
