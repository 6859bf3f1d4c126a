#include "common/sim/network.h"

namespace encours::sim {

Network::Fate Network::draw(const std::string& process, std::int64_t timeout_ms) {
  Random& random = scheduler_.random();
  const std::int64_t now = scheduler_.now_ms();
  // A broken connection is noticed soon, a silent one at the time-out.
  const auto given_up = [&] {
    return now + (random.chance(500) ? timeout_ms : random.between(1, timeout_ms));
  };
  if (is_cut(process)) {
    // What was sent into a cut may come out of it at its end.
    if (random.chance(700)) return {std::nullopt, false, given_up()};
    return {cuts_.at(process) + draw_way(), false, given_up()};
  }
  if (random.chance(weather_.lost)) {
    journal_.visit("request lost");
    return {std::nullopt, false, given_up()};
  }
  const std::int64_t arrives = now + draw_way();
  if (random.chance(weather_.answers_lost)) {
    journal_.visit("answer lost");
    return {arrives, false, given_up()};
  }
  if (random.chance(weather_.late)) {
    journal_.visit("request late");
    const std::int64_t until = given_up();
    return {until + random.between(0, weather_.late_ms), false, until};
  }
  return {arrives, true, std::nullopt};
}

void Connection::after(std::int64_t ms, std::function<void()> action) {
  scheduler().at(scheduler().now_ms() + ms, process_,
                 [self = shared_from_this(), action = std::move(action)] {
                   if (!self->closed_) action();
                 });
}

}  // namespace encours::sim
