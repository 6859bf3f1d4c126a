// The rows of scoring's store and the topics between its stages.
//
// Rows of one account stand behind the scope (tenant, account), those of a segment behind (tenant,
// segment). A segment may be called like an account: their tables differ. Written by decisions
// only; the queries of this service read them through snapshots.
#pragma once

#include "common/stream/decide.h"
#include "encours/scoring/v1alpha1/internal.pb.h"
#include "encours/scoring/v1alpha1/scores.pb.h"
#include "encours/state/v1alpha1/scoring.pb.h"

namespace encours::scoring {

namespace state = encours::state::v1alpha1;
namespace api = encours::scoring::v1alpha1;

inline constexpr const char* kReceivablesTopic = "encours.receivables";
inline constexpr const char* kRiskTopic = "encours.risk";
inline constexpr const char* kHistoriesTopic = "encours.scoring.histories";
inline constexpr const char* kContributionsTopic = "encours.scoring.contributions";
inline constexpr const char* kMeansTopic = "encours.scoring.means";
inline constexpr const char* kScoresTopic = "encours.scores";

inline constexpr const char* kHistoryStage = "history";
inline constexpr const char* kSegmentStage = "segment";
inline constexpr const char* kScoreStage = "score";

// Stage history.
// tenant, account
inline constexpr Table<state::PayerRow> kPayerTable{0x20, "payer", "ss"};
// tenant, account, currency
inline constexpr Table<state::PayerCurrencyRow> kPayerCurrencyTable{0x21, "payer_currency", "sss"};
// tenant, account, number
inline constexpr Table<state::FollowedInvoiceRow> kInvoiceTable{0x22, "followed_invoice", "sss"};
// tenant, account, block
inline constexpr Table<state::PaidDaysRow> kPaidDaysTable{0x23, "paid_days", "ssn"};
// tenant, account, day, recorded at, record id
inline constexpr Table<state::WaitingFactRow> kWaitingFactTable{0x24, "waiting_fact", "ssnns"};
// tenant, account, criterion, provider
inline constexpr Table<state::OutsideFigureRow> kOutsideTable{0x25, "outside_figure", "ssns"};

// Stage segment.
// tenant, segment
inline constexpr Table<state::SegmentRow> kSegmentTable{0x28, "segment", "ss"};

// Stage score.
// tenant, account, midnight
inline constexpr Table<api::HistoryRecord> kWaitingHistoryTable{0x2A, "waiting_history", "ssn"};
// tenant, segment, midnight
inline constexpr Table<api::MeanRecord> kMeanTable{0x2B, "segment_mean", "ssn"};
// tenant, account
inline constexpr Table<api::Score> kScoreTable{0x2C, "score", "ss"};

}  // namespace encours::scoring
