#include "services/encoursctl/commands/wait.h"

#include <utility>

#include "encours/portfolio/v1alpha1/portfolio.pb.h"

namespace encours::ctl {
namespace {

namespace portfolio = encours::portfolio::v1alpha1;

// Less than the servers' own limit of a query.
constexpr int kOneWaitMs = 3'000;

std::string how_far(const Position& seen, const Position& wanted) {
  const Cell at = Cell::instant(seen.instant());
  return "portfolio has seen " + (at.text.empty() ? std::string("nothing yet") : at.text) + " of " +
         Cell::instant(wanted.instant()).text;
}

bool may_pass(const Error& failure) {
  return worth_another_try(failure) || failure.code == "deadline_exceeded";
}

}  // namespace

const Position& later(const Position& left, const Position& right) {
  const auto key = [](const Position& position) {
    return std::pair(position.instant().seconds(), position.instant().nanos());
  };
  if (left.clock().empty()) return right;
  if (right.clock().empty()) return left;
  return key(left) < key(right) ? right : left;
}

Status wait_for_portfolio(Context& context, const std::string& tenant, const Position& position) {
  if (position.clock().empty()) return {};
  ENCOURS_ASSIGN(Installation * installation, context.installation());
  Clock& clock = context.clock();
  portfolio::AwaitPositionRequest request;
  request.set_tenant(tenant);
  *request.mutable_position() = position;
  request.set_timeout_ms(kOneWaitMs);
  std::int64_t moved_ms = clock.monotonic_ms();
  std::string last_seen;
  for (;;) {
    const auto answer = installation->ask<portfolio::AwaitPositionResponse>(request);
    if (answer && answer->reached()) {
      context.progress().clear();
      return {};
    }
    if (!answer && !may_pass(answer.failure())) return answer.failure();
    if (answer) {
      const std::string seen = how_far(answer->coverage().position(), position);
      if (seen != last_seen) moved_ms = clock.monotonic_ms();
      last_seen = seen;
    }
    context.progress().show(last_seen.empty() ? "waiting for portfolio" : last_seen);
    if (clock.monotonic_ms() - moved_ms >= installation->patience().stall_ms) {
      return error(Reaction::kFatal,
                   "portfolio_stalled",
                   "It is written, but portfolio does not move on: " +
                       (last_seen.empty() ? "it does not answer" : last_seen) +
                       ". 'encoursctl status' shows how the services are.");
    }
    // A server that answers at once must not be asked without a pause.
    clock.sleep_for(installation->patience().min_pause_ms);
  }
}

}  // namespace encours::ctl
