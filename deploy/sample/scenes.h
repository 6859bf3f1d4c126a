// Scenes: short lives of documents that ordinary trade does not bring, each played on an account.
//
// A scene makes its own documents and is told a day, `now`, on which the state that it is named
// after holds. It goes on after that day as such things do; what comes after the last day of the
// sample is cut. So each is played once so that its state is there today, and more often in the
// past, where it has come to its end. Days are counted from `now`, negative before it. Nothing
// happens earlier than kSceneDays before `now`.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "deploy/sample/desk.h"

namespace encours::sample {

inline constexpr int kSceneDays = 240;

struct Scene {
  const Options& options;
  Desk& desk;
  Random& random;
  // A business day.
  Date now;
};

struct SceneKind {
  std::string_view name;
  void (*play)(const Scene& scene);
  // How often among 1,000 accounts in the past; once today besides.
  int per_thousand;
  // Settles an invoice in a way that no service reads yet: for accounts that get no mails.
  bool settles_unread = false;
};

std::span<const SceneKind> invoice_scenes();
std::span<const SceneKind> einvoice_scenes();
std::span<const SceneKind> money_scenes();
std::span<const SceneKind> promise_scenes();
std::span<const SceneKind> dispute_scenes();
std::span<const SceneKind> customer_scenes();
// For the head of a group only: the account after it is one of its houses.
std::span<const SceneKind> group_scenes();

// All of them on accounts that suit, and those of the named accounts on these.
void play_scenes(const Options& options, std::vector<Desk>* desks);

// Words that scenes share.

inline constexpr const char* kErp = "erp";
inline constexpr const char* kBank = "bank";
inline constexpr const char* kCollection = "collection";
inline constexpr const char* kPlatform = "platform";

// An amount without tax as the account is used to, at least 100.00.
std::int64_t some_net(const Scene& scene);
// An invoice due `days` before now (after it, where negative); issued 35 days before that, and two
// weeks ago at the latest.
Invoice draft_due(const Scene& scene, int days);
Invoice sell_due(const Scene& scene, int days);
// The same scene as of `days` later.
Scene later(const Scene& scene, int days);
// The first business day `days` after now.
Date day_after(const Scene& scene, int days);
// An event about an entity with an id of its own, e.g. "dispute/LT-00042-1".
void tell(const Scene& scene,
          const char* source,
          const std::string& id,
          int version,
          int days,
          erp::ErpEvent event);

}  // namespace encours::sample
