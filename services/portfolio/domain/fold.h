// The fold: one fact and the rows of its account in, the changed rows out.
//
// Every fact becomes an entry of the timeline. Facts that move money become movements, which are
// only ever added: a new version of a document takes back what the last one said, at its date, and
// says its own. Rows of invoices are kept by the same differences, so an invoice's row is the sum
// of its movements. `zone` is that of the creditor's days. Pure; fails with poison only.
#pragma once

#include "common/base/result.h"
#include "common/stream/effects.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

Result<stream::Effects> fold_receivable(const stream::View& view,
                                        const ReceivableRecord& record,
                                        const Zone& zone);
Result<stream::Effects> fold_alert(const stream::View& view, const AlertRecord& record);
// What providers, scoring and dunning say (fold_outside.cc, fold_dunning.cc).
Result<stream::Effects> fold_risk(const stream::View& view,
                                  const RiskRecord& record,
                                  const Zone& zone);
Result<stream::Effects> fold_score(const stream::View& view, const ScoreRecord& record);
Result<stream::Effects> fold_dunning(const stream::View& view,
                                     const DunningRecord& record,
                                     const Zone& zone);

// Files an entry of the timeline; all inputs of the stage file under keys of this form.
void put_timeline(const stream::Envelope& envelope,
                  const state::TimelineRow& entry,
                  stream::Effects* effects);

}  // namespace encours::portfolio
