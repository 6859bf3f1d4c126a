#include "services/encoursctl/commands/wait.h"

#include <functional>
#include <utility>

#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "encours/portfolio/v1alpha1/portfolio.pb.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;
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

struct Sight {
  bool reached = false;
  // How far it has come, in words.
  std::string seen;
};

// Looks again and again until it is reached, or nothing has moved for the stall time.
Status wait_while_moving(Context& context,
                         const std::string& whom,
                         const std::function<Result<Sight>()>& look) {
  ENCOURS_ASSIGN(Installation * installation, context.installation());
  Clock& clock = context.clock();
  std::int64_t moved_ms = clock.monotonic_ms();
  std::string last_seen;
  for (;;) {
    const auto sight = look();
    if (sight && sight->reached) {
      context.progress().clear();
      return {};
    }
    if (!sight && !may_pass(sight.failure())) return sight.failure();
    if (sight) {
      if (sight->seen != last_seen) moved_ms = clock.monotonic_ms();
      last_seen = sight->seen;
    }
    context.progress().show(last_seen.empty() ? "waiting for " + whom : last_seen);
    if (clock.monotonic_ms() - moved_ms >= installation->patience().stall_ms) {
      return error(Reaction::kFatal,
                   "stalled",
                   "It is written, but nothing has moved for " +
                       std::to_string(installation->patience().stall_ms / 1000) + " s in " + whom +
                       ": " + (last_seen.empty() ? "no answer" : last_seen) +
                       ". 'encoursctl status' shows how the services are.");
    }
    // A server that answers at once must not be asked without a pause.
    clock.sleep_for(installation->patience().min_pause_ms);
  }
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
  portfolio::AwaitPositionRequest request;
  request.set_tenant(tenant);
  *request.mutable_position() = position;
  request.set_timeout_ms(kOneWaitMs);
  return wait_while_moving(context, "portfolio", [&]() -> Result<Sight> {
    ENCOURS_ASSIGN(const auto answer,
                   installation->ask<portfolio::AwaitPositionResponse>(request));
    return Sight{answer.reached(), how_far(answer.coverage().position(), position)};
  });
}

Status wait_for_letters(Context& context, const std::string& tenant, const Position& position) {
  if (position.clock().empty()) return {};
  ENCOURS_ASSIGN(Installation * installation, context.installation());
  ingestion::ListDeadLettersRequest request;
  request.set_tenant(tenant);
  request.set_page_size(1);
  *request.mutable_min_position() = position;
  return wait_while_moving(context, "the dead letters", [&]() -> Result<Sight> {
    ENCOURS_ASSIGN(const auto answer,
                   installation->ask<ingestion::ListDeadLettersResponse>(request));
    const Coverage& coverage = answer.coverage();
    return Sight{coverage.missing_partitions().empty(), missing_words(coverage)};
  });
}

}  // namespace encours::ctl
