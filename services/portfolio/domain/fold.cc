#include "services/portfolio/domain/fold.h"

#include <algorithm>
#include <vector>

#include "common/stream/decode.h"
#include "services/portfolio/domain/movements.h"

namespace encours::portfolio {
namespace {

namespace receivables = encours::receivables::v1alpha1;
using stream::Effects;
using stream::Envelope;
using stream::View;

// Order key and id keep records of one instant apart; both inputs of the stage file here.
KeyWriter timeline_key(const Envelope& envelope) {
  return std::move(KeyWriter()
                       .number(stream::to_instant(envelope.recorded_at()).unix_micros())
                       .text(envelope.order_key())
                       .text(envelope.id()));
}

class AccountFold {
 public:
  AccountFold(const View& view, const ReceivableRecord& record, const Zone& zone)
      : view_(view),
        record_(record),
        zone_(zone),
        effects_(view),
        movements_(view, record.envelope(), effects_) {}

  Result<Effects> run() &&;

 private:
  Status apply();
  Status apply(const receivables::AccountChanged& fact);
  Status apply(const receivables::InvoiceRecorded& fact);
  Status apply(const receivables::InvoiceCancelled& fact);
  Status apply(const receivables::InvoiceSettled& fact);
  Status apply(const receivables::CreditNoteRecorded& fact);
  Status apply(const receivables::PaymentRecorded& fact);
  Status apply(const receivables::PaymentRejected& fact);
  Status apply(const receivables::AllocationRecorded& fact);
  Status apply(const receivables::AllocationReversed& fact);
  Status apply(const receivables::InternalLimitChanged& fact);

  void ensure_customer();
  void keep_balance();

  state::InvoiceViewRow invoice_row(const std::string& number) const;
  void keep(const state::InvoiceViewRow& row) {
    effects_.put(kInvoiceTable, row, KeyWriter().text(row.number()));
  }
  // Takes back the cancellations of an invoice that has come back, each at its own date.
  Status revive(state::InvoiceViewRow* row);
  Status record_credit(const CreditName& name, state::MovementKind kind, const Worth& worth);
  // Moves money between an invoice and a payment or credit note: `worth` is added at both ends.
  template <class Fact>
  Status move_between(const Fact& fact, state::MovementKind kind, const Worth& worth);

  const View& view_;
  const ReceivableRecord& record_;
  const Zone& zone_;
  Effects effects_;
  Movements movements_;
};

Result<Effects> AccountFold::run() && {
  ENCOURS_TRY(apply());
  keep_balance();
  state::TimelineRow entry;
  *entry.mutable_receivable() = record_;
  put_timeline(record_.envelope(), entry, &effects_);
  return std::move(effects_);
}

Status AccountFold::apply() {
  if (!record_.has_account_changed()) ensure_customer();
  switch (record_.fact_case()) {
    case ReceivableRecord::kAccountChanged:
      return apply(record_.account_changed());
    case ReceivableRecord::kInvoiceRecorded:
      return apply(record_.invoice_recorded());
    case ReceivableRecord::kInvoiceCancelled:
      return apply(record_.invoice_cancelled());
    case ReceivableRecord::kInvoiceSettled:
      return apply(record_.invoice_settled());
    case ReceivableRecord::kCreditNoteRecorded:
      return apply(record_.credit_note_recorded());
    case ReceivableRecord::kPaymentRecorded:
      return apply(record_.payment_recorded());
    case ReceivableRecord::kPaymentRejected:
      return apply(record_.payment_rejected());
    case ReceivableRecord::kAllocationRecorded:
      return apply(record_.allocation_recorded());
    case ReceivableRecord::kAllocationReversed:
      return apply(record_.allocation_reversed());
    case ReceivableRecord::kInternalLimitChanged:
      return apply(record_.internal_limit_changed());
    // These say what follows from the day, which a query computes for its own day.
    case ReceivableRecord::kInvoiceOverdue:
    case ReceivableRecord::kAgingBucketCrossed:
    case ReceivableRecord::kConflictDetected:
      return {};
    case ReceivableRecord::FACT_NOT_SET:
      break;
  }
  return poison("unknown_fact", "fact", "This build does not know the kind of this fact.");
}

Status AccountFold::apply(const receivables::AccountChanged& fact) {
  state::CustomerViewRow row;
  row.set_segment(fact.segment());
  row.set_owner(fact.owner());
  row.set_legal_entity(fact.legal_entity());
  row.set_group(fact.group());
  row.set_language(fact.language());
  row.set_country(fact.country());
  row.set_payment_terms(fact.payment_terms());
  row.set_implicit(fact.implicit());
  *row.mutable_recorded_at() = record_.envelope().recorded_at();
  effects_.put(kCustomerTable, row);
  return {};
}

// Lists go by the customers' rows, so whoever has a fact has one.
void AccountFold::ensure_customer() {
  if (view_.get(kCustomerTable)) return;
  state::CustomerViewRow row;
  row.set_implicit(true);
  *row.mutable_recorded_at() = record_.envelope().recorded_at();
  effects_.put(kCustomerTable, row);
}

void AccountFold::keep_balance() {
  if (record_.balance().currency_code().empty()) return;
  state::CustomerBalanceRow row;
  *row.mutable_balance() = record_.balance();
  *row.mutable_recorded_at() = record_.envelope().recorded_at();
  effects_.put(kBalanceTable, row, KeyWriter().text(record_.balance().currency_code()));
}

state::InvoiceViewRow AccountFold::invoice_row(const std::string& number) const {
  if (auto row = view_.get(kInvoiceTable, KeyWriter().text(number))) return *std::move(row);
  state::InvoiceViewRow row;
  row.set_number(number);
  row.set_state(state::INVOICE_VIEW_STATE_OPEN);
  return row;
}

Status AccountFold::apply(const receivables::InvoiceRecorded& fact) {
  ENCOURS_TRY(need_text(fact.invoice(), "invoice"));
  ENCOURS_ASSIGN(const Worth after, worth_of(fact.gross_amount(), fact.issue_date(), "issue_date"));
  ENCOURS_TRY(need_date(fact.due_date(), "due_date"));
  state::InvoiceViewRow row = invoice_row(fact.invoice());
  std::optional<Worth> before;
  if (row.has_issue_date()) {
    before = Worth{row.currency_code(),
                   row.gross_amount_minor(),
                   to_date(row.issue_date()).value_or(Date::min())};
    movements_.follow_invoice(row.number());
  }
  if (row.state() == state::INVOICE_VIEW_STATE_CANCELLED) ENCOURS_TRY(revive(&row));
  ENCOURS_ASSIGN(const std::vector<Worth> changes, differences(before, after));
  for (const Worth& change : changes) {
    const ProtoDate* due_date = &change == &changes.back() ? &fact.due_date() : nullptr;
    ENCOURS_TRY(movements_.move_invoice(&row, state::MOVEMENT_KIND_INVOICE, change, due_date));
  }
  *row.mutable_issue_date() = fact.issue_date();
  *row.mutable_due_date() = fact.due_date();
  row.set_currency_code(after.currency);
  row.set_gross_amount_minor(after.minor);
  row.set_tax_amount_minor(fact.tax_amount().minor());
  row.set_structured_reference(fact.structured_reference());
  *row.mutable_source() = record_.source();
  *row.mutable_recorded_at() = record_.envelope().recorded_at();
  keep(row);
  return {};
}

Status AccountFold::revive(state::InvoiceViewRow* row) {
  std::vector<Worth> cancellations;
  view_.scan(kInvoiceMovementTable,
             KeyWriter().text(row->number()),
             [&](std::string_view, const state::InvoiceMovementRow& one) {
               if (one.kind() == state::MOVEMENT_KIND_CANCELLATION) {
                 cancellations.push_back(worth_of(one));
               }
               return true;
             });
  for (const Worth& one : cancellations) {
    ENCOURS_ASSIGN(const Worth back, negated(one));
    ENCOURS_TRY(movements_.move_invoice(row, state::MOVEMENT_KIND_CANCELLATION, back));
  }
  row->set_state(state::INVOICE_VIEW_STATE_OPEN);
  row->clear_settled_on();
  return {};
}

Status AccountFold::apply(const receivables::InvoiceCancelled& fact) {
  ENCOURS_TRY(need_text(fact.invoice(), "invoice"));
  ENCOURS_ASSIGN(const Worth open,
                 worth_of(fact.open_amount(), fact.cancelled_on(), "cancelled_on"));
  ENCOURS_ASSIGN(const Worth lost, negated(open));
  state::InvoiceViewRow row = invoice_row(fact.invoice());
  ENCOURS_TRY(movements_.move_invoice(&row, state::MOVEMENT_KIND_CANCELLATION, lost));
  row.set_state(state::INVOICE_VIEW_STATE_CANCELLED);
  *row.mutable_settled_on() = fact.cancelled_on();
  keep(row);
  return {};
}

Status AccountFold::apply(const receivables::InvoiceSettled& fact) {
  ENCOURS_TRY(need_text(fact.invoice(), "invoice"));
  state::InvoiceViewRow row = invoice_row(fact.invoice());
  row.set_state(state::INVOICE_VIEW_STATE_SETTLED);
  *row.mutable_settled_on() = fact.settled_on();
  keep(row);
  return {};
}

Status AccountFold::apply(const receivables::CreditNoteRecorded& fact) {
  ENCOURS_TRY(need_text(fact.credit_note(), "credit_note"));
  ENCOURS_ASSIGN(const Worth worth, worth_of(fact.gross_amount(), fact.issue_date(), "issue_date"));
  return record_credit(
      {CreditKind::kCreditNote, fact.credit_note()}, state::MOVEMENT_KIND_CREDIT_NOTE, worth);
}

Status AccountFold::apply(const receivables::PaymentRecorded& fact) {
  ENCOURS_TRY(need_text(fact.payment(), "payment"));
  ENCOURS_ASSIGN(const Worth worth, worth_of(fact.amount(), fact.value_date(), "value_date"));
  return record_credit({CreditKind::kPayment, fact.payment()}, state::MOVEMENT_KIND_PAYMENT, worth);
}

Status AccountFold::record_credit(const CreditName& name,
                                  state::MovementKind kind,
                                  const Worth& worth) {
  std::optional<Worth> before;
  if (const auto row = view_.get(kCreditTable, name.key())) {
    before = worth_of(*row);
    movements_.follow_credit(name, worth.currency);
  }
  ENCOURS_ASSIGN(const std::vector<Worth> changes, differences(before, worth));
  for (const Worth& change : changes) movements_.move_credit(name, kind, change);
  effects_.put(kCreditTable, movements_.row_of(kind, worth), name.key());
  return {};
}

Status AccountFold::apply(const receivables::PaymentRejected& fact) {
  ENCOURS_TRY(need_text(fact.payment(), "payment"));
  ENCOURS_ASSIGN(const Worth worth, worth_of(fact.amount(), fact.rejected_on(), "rejected_on"));
  ENCOURS_ASSIGN(const Worth lost, negated(worth));
  movements_.move_credit(
      {CreditKind::kPayment, fact.payment()}, state::MOVEMENT_KIND_PAYMENT_REJECTED, lost);
  return {};
}

Status AccountFold::apply(const receivables::AllocationRecorded& fact) {
  ENCOURS_ASSIGN(const Worth worth,
                 worth_of(fact.amount(), fact.effective_date(), "effective_date"));
  ENCOURS_ASSIGN(const Worth taken, negated(worth));
  return move_between(fact, state::MOVEMENT_KIND_ALLOCATION, taken);
}

Status AccountFold::apply(const receivables::AllocationReversed& fact) {
  ENCOURS_ASSIGN(const Worth worth,
                 worth_of(fact.amount(), fact.effective_date(), "effective_date"));
  return move_between(fact, state::MOVEMENT_KIND_ALLOCATION_REVERSED, worth);
}

// As alerting reads it: one of a passed day holds from the day on which it was recorded.
Status AccountFold::apply(const receivables::InternalLimitChanged& fact) {
  Date first = zone_.local_date(stream::to_instant(record_.envelope().recorded_at()));
  if (fact.has_valid_from()) {
    const auto day = to_date(fact.valid_from());
    if (!day) return poison("invalid_date", "valid_from", "A limit begins on a day.");
    first = std::max(first, *day);
  }
  state::CustomerLimitRow row;
  if (fact.has_amount()) *row.mutable_amount() = fact.amount();
  if (fact.has_valid_until()) *row.mutable_valid_until() = fact.valid_until();
  effects_.put(kLimitTable, row, KeyWriter().number(first.days()));
  return {};
}

template <class Fact>
Status AccountFold::move_between(const Fact& fact, state::MovementKind kind, const Worth& worth) {
  ENCOURS_TRY(need_text(fact.invoice(), "invoice"));
  if (fact.payment().empty() == fact.credit_note().empty()) {
    return poison("missing_field", "payment", "Money comes from a payment or a credit note.");
  }
  state::InvoiceViewRow row = invoice_row(fact.invoice());
  ENCOURS_TRY(movements_.move_invoice(&row, kind, worth));
  if (row.currency_code().empty()) row.set_currency_code(worth.currency);
  keep(row);
  movements_.move_credit(fact.payment().empty()
                             ? CreditName{CreditKind::kCreditNote, fact.credit_note()}
                             : CreditName{CreditKind::kPayment, fact.payment()},
                         kind,
                         worth);
  return {};
}

}  // namespace

Result<Effects> fold_receivable(const View& view,
                                const ReceivableRecord& record,
                                const Zone& zone) {
  return AccountFold(view, record, zone).run();
}

void put_timeline(const Envelope& envelope, const state::TimelineRow& entry, Effects* effects) {
  effects->put(kTimelineTable, entry, timeline_key(envelope));
}

Result<Effects> fold_alert(const View& view, const AlertRecord& record) {
  if (record.change_case() == AlertRecord::CHANGE_NOT_SET) {
    return poison("unknown_change", "change", "This build does not know this change of an alert.");
  }
  Effects effects(view);
  state::TimelineRow entry;
  *entry.mutable_alert() = record;
  put_timeline(record.envelope(), entry, &effects);
  return effects;
}

}  // namespace encours::portfolio
