// The rule "score drop": an account's score has fallen by kScoreDropHundredths or more.
//
// A published score is compared with the best that stood on one of the kScoreWindowDays days before
// it (rules.h says why). One alert at a time: it keeps that best as its old score, and ends
// (score_recovered) when the score is back above old score - kScoreDropHundredths; how far it falls
// meanwhile, and how old the best becomes, changes nothing. Of the window only scores that may
// still be its best are kept, a row each: a later score that is as good takes their place. Pure.
#pragma once

#include "common/base/result.h"
#include "encours/scoring/v1alpha1/scores.pb.h"
#include "services/alerting/domain/alert_book.h"

namespace encours::alerting {

inline constexpr const char* kScoreDropRule = "score_drop";

// Poison where the score can't be one.
Status apply_score(const stream::View& view,
                   stream::Effects& effects,
                   const stream::Record& record,
                   const encours::scoring::v1alpha1::Score& score,
                   AlertBook& book);

}  // namespace encours::alerting
