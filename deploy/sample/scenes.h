// Scenes: short lives of documents that ordinary trade does not bring, each played on an account.
//
// A scene makes its own documents and is told a day, `now`, on which the state that it is named
// after holds. It goes on after that day as such things do; what comes after the last day of the
// sample is cut. So each is played once so that its state is there today, and more often in the
// past, where it has come to its end.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "deploy/sample/desk.h"

namespace encours::sample {

struct Scene {
  const Options& options;
  Desk& desk;
  Random& random;
  Date now;
};

struct SceneKind {
  std::string_view name;
  void (*play)(const Scene& scene);
  // How often among 1,000 accounts; at least once.
  int per_thousand;
};

std::span<const SceneKind> invoice_scenes();
std::span<const SceneKind> einvoice_scenes();
std::span<const SceneKind> money_scenes();
std::span<const SceneKind> promise_scenes();
std::span<const SceneKind> dispute_scenes();
std::span<const SceneKind> customer_scenes();

// All of them on accounts that suit, and those of the named accounts on these.
void play_scenes(const Options& options, std::vector<Desk>* desks);

// Words that scenes share.

// An amount without tax as the account is used to, at least 100.00.
std::int64_t some_net(const Scene& scene);
// An invoice due `days` before now (after it, where negative), issued 35 days before that.
Invoice draft_due(const Scene& scene, int days);
Invoice sell_due(const Scene& scene, int days);
// A business day `days` after now.
Date day_after(const Scene& scene, int days);

}  // namespace encours::sample
