// The rows of alerting's store: alerts, which of them are alive, the feed that streams follow, and
// what is known of the accounts (who may see the alerts of whom, limits, exposures, scores).
//
// Keys begin with the tenant, so a decision of this service may see all rows of one tenant on one
// partition (its scope is the tenant, see decide.h). Written by decisions only; the queries of
// this service read them through snapshots.
#pragma once

#include <string>

#include "common/stream/decide.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/state/v1alpha1/alerting.pb.h"

namespace encours::alerting {

namespace state = encours::state::v1alpha1;

// tenant, account, alert id
inline constexpr Table<state::AlertRow> kAlertTable{0x20, "alert", "sss"};
// tenant, account, invoice, kind
inline constexpr Table<state::ActiveAlertRow> kActiveTable{0x21, "active_alert", "sssn"};
// tenant, sequence
inline constexpr Table<state::AlertFeedRow> kFeedTable{0x22, "alert_feed", "sn"};
// tenant
inline constexpr Table<state::AlertFeedHeadRow> kFeedHeadTable{0x23, "alert_feed_head", "s"};
// tenant, account
inline constexpr Table<encours::receivables::v1alpha1::AccountChanged> kAccountTable{
    0x24, "account", "ss"};
// tenant, account, first day
inline constexpr Table<state::LimitRow> kLimitTable{0x25, "limit", "ssn"};
// tenant, account, currency
inline constexpr Table<state::ExposureRow> kExposureTable{0x26, "exposure", "sss"};
// tenant, account, first day
inline constexpr Table<state::ScoreStandingRow> kScoreStandingTable{0x27, "score_standing", "ssn"};

// Everything that one tenant has on one partition.
inline std::string tenant_scope(std::string_view tenant) { return KeyWriter().text(tenant).take(); }

}  // namespace encours::alerting
