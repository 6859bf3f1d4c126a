// The fold of dunning: counts of messages and the state of the case, per currency.
//
// In flight is what is planned and neither sent nor given up; an attempt that failed and is tried
// again, or whose end is not known, still is. Held back is what ended suppressed or failed for
// good, since the last message that left and since there was something to chase: then whatever
// stood in the way is mended, or no matter. What is suppressed before the tenant's go-live is not
// held back: nobody has to mend it.
#include "common/stream/decode.h"
#include "services/portfolio/domain/fold.h"

namespace encours::portfolio {
namespace {

namespace dunning = encours::dunning::v1alpha1;
using stream::Effects;
using stream::View;

constexpr const char* kBeforeGoLive = "before_go_live";

void mend(state::CustomerDunningRow* row) {
  row->set_held_count(0);
  row->clear_held_reason_code();
  row->set_held_round(row->held_round() + 1);
}

class DunningFold {
 public:
  DunningFold(const View& view, const DunningRecord& record, const Zone& zone)
      : view_(view), record_(record), zone_(zone), effects_(view) {}

  Result<Effects> run() && {
    ENCOURS_TRY(apply());
    state::TimelineRow entry;
    *entry.mutable_dunning() = record_;
    put_timeline(record_.envelope(), entry, &effects_);
    return std::move(effects_);
  }

 private:
  Status apply() {
    switch (record_.fact_case()) {
      case DunningRecord::kActionPlanned:
        return begin(record_.action_planned().action(), true, "");
      case DunningRecord::kActionSuppressed: {
        const auto& action = record_.action_suppressed().action();
        return begin(action, false, action.reason_code());
      }
      case DunningRecord::kActionClaimed:
        return move(record_.action_claimed().action(), true, "");
      case DunningRecord::kActionUnknown:
        return move(record_.action_unknown().action(), true, "");
      case DunningRecord::kActionSuperseded:
        return move(record_.action_superseded().action(), false, "");
      case DunningRecord::kActionFailed: {
        const auto& failed = record_.action_failed();
        if (failed.has_retry_at()) return move(failed.action(), true, "");
        return move(failed.action(), false, failed.reason_code());
      }
      case DunningRecord::kActionSent:
        return sent(record_.action_sent());
      case DunningRecord::kCaseStateChanged:
        return change_state(record_.case_state_changed());
      case DunningRecord::FACT_NOT_SET:
        break;
    }
    return poison("unknown_fact", "fact", "This build does not know the kind of this fact.");
  }

  Status begin(const dunning::Action& action, bool in_flight, const std::string& held_reason) {
    if (action.id().empty() || action.currency_code().empty()) {
      return poison("missing_field", "action", "An action has an id and a currency.");
    }
    const KeyWriter key = KeyWriter().text(action.id());
    auto row = view_.get(kActionTable, key).value_or(state::CustomerActionRow());
    row.set_currency_code(action.currency_code());
    auto sums = sums_of(row);
    count(in_flight, held_reason, &row, &sums);
    keep(action.id(), row, sums);
    return {};
  }

  Status move(const std::string& action, bool in_flight, const std::string& held_reason) {
    ENCOURS_ASSIGN(auto row, known(action));
    auto sums = sums_of(row);
    count(in_flight, held_reason, &row, &sums);
    keep(action, row, sums);
    return {};
  }

  Status sent(const dunning::ActionSent& fact) {
    ENCOURS_ASSIGN(auto row, known(fact.action()));
    auto sums = sums_of(row);
    count(false, "", &row, &sums);
    mend(&sums);
    sums.set_sent_count(sums.sent_count() + 1);
    sums.set_last_step(fact.step());
    set_date(zone_.local_date(stream::to_instant(record_.envelope().occurred_at())),
             sums.mutable_last_sent_on());
    keep(fact.action(), row, sums);
    return {};
  }

  Status change_state(const dunning::CaseStateChanged& fact) {
    if (fact.currency_code().empty()) {
      return poison("missing_field", "currency_code", "A case has a currency.");
    }
    const KeyWriter key = KeyWriter().text(fact.currency_code());
    auto sums = view_.get(kDunningTable, key).value_or(state::CustomerDunningRow());
    sums.set_case_state(fact.to());
    sums.set_level(fact.to() == dunning::CASE_STATE_LEVEL ? fact.level() : 0);
    if (fact.to() == dunning::CASE_STATE_CLEAR) mend(&sums);
    effects_.put(kDunningTable, sums, key);
    return {};
  }

  // The counts move by what the action was and is now.
  void count(bool in_flight,
             const std::string& held_reason,
             state::CustomerActionRow* row,
             state::CustomerDunningRow* sums) const {
    if (sums->held_round() == 0) sums->set_held_round(1);
    sums->set_planned_count(sums->planned_count() + (in_flight ? 1 : 0) -
                            (row->in_flight() ? 1 : 0));
    row->set_in_flight(in_flight);
    if (row->held_in_round() == sums->held_round()) sums->set_held_count(sums->held_count() - 1);
    row->clear_held_in_round();
    if (!held_reason.empty() && held_reason != kBeforeGoLive) {
      row->set_held_in_round(sums->held_round());
      sums->set_held_count(sums->held_count() + 1);
      sums->set_held_reason_code(held_reason);
    } else if (sums->held_count() == 0) {
      sums->clear_held_reason_code();
    }
  }

  Result<state::CustomerActionRow> known(const std::string& action) const {
    auto row = view_.get(kActionTable, KeyWriter().text(action));
    if (row) return *std::move(row);
    return poison("unknown_action", "action", "This action was never planned.");
  }
  state::CustomerDunningRow sums_of(const state::CustomerActionRow& row) const {
    return view_.get(kDunningTable, KeyWriter().text(row.currency_code()))
        .value_or(state::CustomerDunningRow());
  }
  void keep(const std::string& action,
            const state::CustomerActionRow& row,
            const state::CustomerDunningRow& sums) {
    effects_.put(kActionTable, row, KeyWriter().text(action));
    effects_.put(kDunningTable, sums, KeyWriter().text(row.currency_code()));
  }

  const View& view_;
  const DunningRecord& record_;
  const Zone& zone_;
  Effects effects_;
};

}  // namespace

Result<Effects> fold_dunning(const View& view, const DunningRecord& record, const Zone& zone) {
  return DunningFold(view, record, zone).run();
}

}  // namespace encours::portfolio
