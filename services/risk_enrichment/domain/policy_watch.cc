#include "services/risk_enrichment/domain/policy_watch.h"

#include "common/base/hash.h"
#include "services/risk_enrichment/domain/dates.h"

namespace encours::risk {
namespace {

constexpr Duration kLookEvery = std::chrono::minutes(1);

state::RiskTenantRow standing_now(const Decision& decision) {
  state::RiskTenantRow row;
  const api::RiskPolicy* policy = policy_of(decision.settings, decision.tenant());
  if (policy != nullptr) row.set_policy_digest(sha256_hex(stream::Effects::serialise(*policy)));
  row.set_live(decision.settings.live(decision.tenant(), decision.record.at));
  return row;
}

Instant next_look(const Decision& decision) {
  const auto* tenant = decision.settings.tenant(decision.tenant());
  const Instant at = decision.record.at;
  if (tenant != nullptr && tenant->clock_mode() == stream::TenantSetting::CLOCK_MODE_EVENTS) {
    return zone_of(decision.settings, decision.tenant()).next_day_instant(at);
  }
  return at + kLookEvery;
}

void look_again_later(const Decision& decision) {
  decision.effects.set_timer(kPolicyTimer, KeyWriter().text(""), next_look(decision));
}

// From the company behind `after` on.
void set_reviews(const Decision& decision, const std::string& after) {
  std::string last;
  int count = 0;
  decision.view.scan(
      kCompanyTable, KeyWriter(), [&](std::string_view key, const state::CompanyRow&) {
        const std::string entity = KeyReader(key).text().value_or("");
        if (entity <= after) return true;
        if (count == kReviewsAtOnce) {
          decision.effects.set_timer(kPolicyTimer, KeyWriter().text(last), decision.record.at);
          return false;
        }
        decision.effects.set_timer(kReviewTimer, KeyWriter().text(entity), decision.record.at);
        last = entity;
        ++count;
        return true;
      });
}

}  // namespace

void begin_policy_watch(const Decision& decision) {
  if (decision.view.get(kTenantTable)) return;
  decision.effects.put(kTenantTable, standing_now(decision));
  look_again_later(decision);
}

void policy_timer(const Decision& decision) {
  const std::string after = KeyReader(decision.record.timer.entity).text().value_or("");
  if (!after.empty()) return set_reviews(decision, after);
  look_again_later(decision);
  const state::RiskTenantRow now = standing_now(decision);
  const auto before = decision.view.get(kTenantTable);
  if (before && before->policy_digest() == now.policy_digest() && before->live() == now.live()) {
    return;
  }
  decision.effects.put(kTenantTable, now);
  set_reviews(decision, "");
}

}  // namespace encours::risk
