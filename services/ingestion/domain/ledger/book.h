// Book: the account's ledger during one decision.
//
// It reads rows when they are first asked for, keeps them while events change them, and at the end
// gives all that has changed as Effects. Facts are emitted as the decision goes on, each with the
// balance as it stands then. It is made for one call of decide() and lives no longer. Several
// events may be applied in one decision: those that were parked follow the one they waited for.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/stream/decide.h"
#include "common/stream/row_cache.h"
#include "services/ingestion/domain/ledger/model.h"

namespace encours::ingestion::ledger {

using stream::RowCache;

class Book {
 public:
  Book(const stream::View& view, const stream::Record& record, const Zone& zone);

  const Zone& zone() const { return zone_; }
  const std::string& account() const { return account_; }
  const std::string& tenant() const { return record_.tenant(); }
  // The instant that decides: of a timer the one it was set for, whatever the step of the tick.
  Instant now() const { return now_; }
  Date today() const { return zone_.local_date(now_); }

  // The event whose effects follow. Null for a timer.
  void begin(const LedgerRecord* input) { input_ = input; }
  const LedgerRecord& input() const { return *input_; }
  const erp::ErpEvent& event() const { return input_->event(); }
  // When the event happened, and its local day.
  Instant occurred_at() const;
  Date occurred_on() const { return zone_.local_date(occurred_at()); }

  // Rows; null where there is none. Pointers stay good as long as the Book.
  InvoiceRow* invoice(const std::string& number) { return invoices_.find(one_key(number)); }
  PaymentRow* payment(const std::string& id) { return payments_.find(one_key(id)); }
  CreditNoteRow* credit_note(const std::string& id) { return credit_notes_.find(one_key(id)); }
  AllocationRow* allocation(const std::string& id) { return allocations_.find(one_key(id)); }
  state::AccountRow* account_row() { return accounts_.find({}); }
  const state::InternalLimitRow* internal_limit() { return limits_.find({}); }
  void set_internal_limit(const state::InternalLimitRow& row) { limits_.set({}) = row; }
  // Sums to change; all zero where there were none. A row of zeros only is not kept.
  AccountBalance& balance(const std::string& currency);
  const AccountBalance* find_balance(const std::string& currency);

  InvoiceRow& add_invoice(const std::string& number);
  PaymentRow& add_payment(const std::string& id);
  CreditNoteRow& add_credit_note(const std::string& number);
  state::AccountRow& add_account_row() { return accounts_.create({}); }
  // Files it under both its ends, which must be set.
  AllocationRow& add_allocation(const std::string& id,
                                const End& origin,
                                const std::string& invoice);
  // False where the same event has been kept before.
  bool add_reversal(const KeyWriter& key, const ReversalRow& row);

  // Ids of the allocations at an end, in order; with `other`, only those that join the two.
  std::set<std::string> allocations_at(const End& end, const std::string* other = nullptr) const;
  // The reversals below a key, in order of their events' names.
  std::vector<ReversalRow> reversals_at(const KeyWriter& prefix) const;

  // Keeps the current event until `end` is known.
  void park(const End& end);
  // Takes out what waited for `end`, in the order of their names.
  std::vector<LedgerRecord> take_parked(const End& end);

  // An account that has no master data is known from its first document on.
  void ensure_account();

  // Adds a fact dated 00:00 of `on`, with the balance in `currency` (empty: without one).
  void emit(ReceivableRecord fact, const std::string& currency, Date on);
  // A dead letter of an event, with its personal fields where they are at hand.
  void refuse(Error why, const erp::ErpEvent& original, std::string_view personal = {});
  void set_timer(const std::string& number, std::optional<Instant> due);
  stream::Effects& effects() { return effects_; }

  // Remembers the day from which the last change of an invoice's open amount holds.
  void note_change(const std::string& invoice, Date on) { changed_on_[invoice] = on; }
  std::optional<Date> changed_on(const std::string& invoice) const;

  // Invoices that this decision has read, with what they were before it (null: new).
  template <class Visit>
  void each_invoice(Visit visit) {
    invoices_.each(visit);
  }

  // All that is to be done. The Book is used up.
  stream::Effects finish() &&;

 private:
  void drop_empty_balances();

  const stream::Record& record_;
  const Zone& zone_;
  std::string account_;
  Instant now_;
  const LedgerRecord* input_ = nullptr;
  stream::Effects effects_;

  RowCache<state::AccountRow> accounts_;
  RowCache<state::InternalLimitRow> limits_;
  RowCache<state::BalanceRow> balances_;
  RowCache<InvoiceRow> invoices_;
  RowCache<PaymentRow> payments_;
  RowCache<CreditNoteRow> credit_notes_;
  RowCache<AllocationRow> allocations_;
  RowCache<state::AllocationIndexRow> index_;
  RowCache<ReversalRow> reversals_;
  RowCache<state::ParkedEventRow> parked_;
  std::map<std::string, Date> changed_on_;
};

}  // namespace encours::ingestion::ledger
