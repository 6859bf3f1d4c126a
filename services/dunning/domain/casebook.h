// CaseBook: an account's dunning during one decision: invoices, actions, cases.
//
// It reads rows when they are first asked for, keeps them while the decision changes them, and at
// the end gives all that has changed as Effects, the case's new state included. A case is all open
// invoices of the account in one currency; its state is computed from counters that are kept by
// difference (case_state.h). Made for one call of decide(). Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/stream/decide.h"
#include "common/stream/row_cache.h"
#include "encours/dunning/v1alpha1/actions.pb.h"
#include "services/dunning/domain/steps.h"
#include "services/dunning/domain/tables.h"

namespace encours::dunning {

using v1alpha1::Action;
using v1alpha1::DunningRecord;

inline constexpr const char* kDunningTopic = "encours.dunning";
inline constexpr std::uint8_t kStepTimer = 1;   // Entity: invoice number.
inline constexpr std::uint8_t kFlushTimer = 2;  // Entity: currency.
inline constexpr std::uint8_t kRetryTimer = 3;  // Entity: action id.
inline constexpr std::uint8_t kSweepTimer = 4;  // Entity: invoice number to go on behind.

// Kinds of effects (Effects::ask).
inline constexpr const char* kCollectEffect = "collect";
inline constexpr const char* kClaimEffect = "claim";
inline constexpr const char* kMailEffect = "mail";

class CaseBook {
 public:
  CaseBook(const stream::View& view, const stream::Record& record,
           const stream::Settings& settings, const Zone& zone);

  const std::string& tenant() const { return record_.tenant(); }
  const std::string& account() const { return account_; }
  Instant at() const { return record_.at; }
  Date today() const { return zone_.local_date(record_.at); }
  const Zone& zone() const { return zone_; }
  const stream::Settings& settings() const { return settings_; }
  // Null where the tenant has none.
  const Scenario* scenario() const { return scenario_; }
  bool live() const { return settings_.live(tenant(), at()); }
  bool in_events_mode() const;

  state::DunnedAccountRow& account_row() { return accounts_.set({}); }
  // Null where the invoice is not known.
  state::DunnedInvoiceRow* invoice(const std::string& number);
  state::DunnedInvoiceRow& add_invoice(const std::string& number);
  state::ActionRow* action(const std::string& id);
  state::ActionRow& add_action(const std::string& id);

  state::DunningCaseRow& case_row(const std::string& currency) {
    return cases_.set(KeyWriter().text(currency));
  }
  // Whether a message of today has been made up for the case.
  bool has_had_its_message(const std::string& currency);

  // Puts the invoice's timer where its next step is due, or takes it away. One whose step is due
  // now, in the midst of the sending hours, is among those that take_due_now() gives.
  void arm(const std::string& number, const state::DunnedInvoiceRow& row);
  std::set<std::string> take_due_now() { return std::exchange(due_now_, {}); }
  // What go-live makes of an invoice, decided when it is first looked at after it.
  void admit(state::DunnedInvoiceRow* row);

  void emit(const DunningRecord& fact);
  stream::Effects& effects() { return effects_; }
  const stream::View& view() const { return view_; }

  // All that is to be done. The book is used up.
  stream::Effects finish() &&;

 private:
  bool says_at_once(const std::string& currency);
  void count(const state::DunnedInvoiceRow& row, std::int64_t difference);
  void conclude_invoices();
  void conclude_cases();

  const stream::View& view_;
  const stream::Record& record_;
  const stream::Settings& settings_;
  const Zone& zone_;
  std::string account_;
  const Scenario* scenario_;
  stream::Effects effects_;
  stream::RowCache<state::DunnedAccountRow> accounts_;
  stream::RowCache<state::DunnedInvoiceRow> invoices_;
  stream::RowCache<state::ActionRow> actions_;
  stream::RowCache<state::DunningCaseRow> cases_;
  std::set<std::string> changed_currencies_;
  std::set<std::string> due_now_;
};

inline bool is_open(const state::DunnedInvoiceRow& row) { return row.open_amount().minor() > 0; }

}  // namespace encours::dunning
