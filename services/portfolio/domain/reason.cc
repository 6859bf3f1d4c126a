#include "services/portfolio/domain/reason.h"

#include "common/money/money.h"

namespace encours::portfolio {
namespace {

namespace receivables = encours::receivables::v1alpha1;
namespace alerting = encours::alerting::v1alpha1;

std::string range_text(AgingBucket bucket) {
  switch (bucket) {
    case AgingBucket::AGING_BUCKET_NOT_DUE:
      return "not due";
    case AgingBucket::AGING_BUCKET_1_30:
      return "1 to 30 days late";
    case AgingBucket::AGING_BUCKET_31_60:
      return "31 to 60 days late";
    case AgingBucket::AGING_BUCKET_61_90:
      return "61 to 90 days late";
    case AgingBucket::AGING_BUCKET_91_120:
      return "91 to 120 days late";
    case AgingBucket::AGING_BUCKET_OVER_120:
      return "over 120 days late";
    default:
      return "an unknown range";
  }
}

template <class Fact>
std::string origin_text(const Fact& fact) {
  return fact.payment().empty() ? "credit note " + fact.credit_note() : "payment " + fact.payment();
}

template <class Fact>
std::string what_is_left(const Fact& fact) {
  return "; " + amount_text(fact.invoice_open_amount()) + " of the invoice is open, " +
         amount_text(fact.unallocated_amount()) + " of the " +
         (fact.payment().empty() ? "credit note" : "payment") + " is left.";
}

std::string say(const receivables::AccountChanged& fact) {
  if (fact.implicit()) return "The customer is known from its documents only; no master data came.";
  std::string text = "Master data of the customer came";
  if (!fact.segment().empty()) text += ", segment " + fact.segment();
  if (!fact.owner().empty()) text += ", owner " + fact.owner();
  if (!fact.legal_entity().empty()) text += ", legal entity " + fact.legal_entity();
  if (!fact.payment_terms().empty()) text += ", terms " + fact.payment_terms();
  return text + ".";
}

std::string say(const receivables::InvoiceRecorded& fact) {
  return "Invoice " + fact.invoice() + " of " + amount_text(fact.gross_amount()) + ", issued on " +
         date_text(fact.issue_date()) + ", is due on " + date_text(fact.due_date()) + ".";
}

std::string say(const receivables::InvoiceCancelled& fact) {
  return "Invoice " + fact.invoice() + " was cancelled on " + date_text(fact.cancelled_on()) +
         "; " + amount_text(fact.open_amount()) + " was open.";
}

std::string say(const receivables::CreditNoteRecorded& fact) {
  return "Credit note " + fact.credit_note() + " of " + amount_text(fact.gross_amount()) +
         ", issued on " + date_text(fact.issue_date()) +
         (fact.invoice().empty() ? ", names no invoice."
                                 : ", names invoice " + fact.invoice() + ".");
}

std::string say(const receivables::PaymentRecorded& fact) {
  return "Payment " + fact.payment() + " of " + amount_text(fact.amount()) +
         " came with value of " + date_text(fact.value_date()) + ".";
}

std::string say(const receivables::AllocationRecorded& fact) {
  return amount_text(fact.amount()) + " of " + origin_text(fact) + " pays invoice " +
         fact.invoice() + " from " + date_text(fact.effective_date()) + " on" + what_is_left(fact);
}

std::string say(const receivables::AllocationReversed& fact) {
  return amount_text(fact.amount()) + " of " + origin_text(fact) + " no longer pays invoice " +
         fact.invoice() + " from " + date_text(fact.effective_date()) + " on" + what_is_left(fact);
}

std::string say(const receivables::PaymentRejected& fact) {
  return "The bank took back " + amount_text(fact.amount()) + " of payment " + fact.payment() +
         " on " + date_text(fact.rejected_on()) +
         (fact.reason_code().empty() ? "." : ", reason " + fact.reason_code() + ".");
}

std::string say(const receivables::InvoiceOverdue& fact) {
  return "Invoice " + fact.invoice() + " was due on " + date_text(fact.due_date()) + " and " +
         amount_text(fact.open_amount()) + " is still open on the day after.";
}

std::string say(const receivables::AgingBucketCrossed& fact) {
  return "Invoice " + fact.invoice() + " with " + amount_text(fact.open_amount()) +
         " open has come from " + range_text(fact.from()) + " to " + range_text(fact.to()) + ".";
}

std::string say(const receivables::InvoiceSettled& fact) {
  return "Nothing of invoice " + fact.invoice() + " is open since " + date_text(fact.settled_on()) +
         ".";
}

std::string say(const receivables::ConflictDetected& fact) {
  return "Event " + fact.source_id() + " of source " + fact.source() +
         " came again with other content; the first one stands.";
}

std::string say(const receivables::InternalLimitChanged& fact) {
  const std::string from =
      fact.has_valid_from() ? "from " + date_text(fact.valid_from()) + " on" : "from now on";
  if (!fact.has_amount()) return "The customer has no internal limit " + from + ".";
  return "The internal limit is " + amount_text(fact.amount()) + " " + from +
         (fact.has_valid_until() ? ", until " + date_text(fact.valid_until()) + "." : ".");
}

std::string say(const alerting::AlertRaised& change) {
  if (change.kind() == alerting::ALERT_KIND_LIMIT_EXCEEDED) {
    return "Alert: exposure of " + amount_text(change.amount()) + " is above the limit of " +
           amount_text(change.limit()) + " on " + date_text(change.day()) + ".";
  }
  if (change.kind() == alerting::ALERT_KIND_SCORE_DROP) {
    return "Alert: the score of " + date_text(change.day()) + " is " +
           hundredths_text(change.new_score_hundredths()) + ", down from " +
           hundredths_text(change.old_score_hundredths()) + ".";
  }
  const std::string by =
      " by rule " + change.rule() + " (version " + std::to_string(change.rule_version()) + ")";
  if (change.kind() == alerting::ALERT_KIND_OVERDUE) {
    return "Alert" + by + ": invoice " + change.invoice() + " is overdue on " +
           date_text(change.day()) + " with " + amount_text(change.amount()) + " open.";
  }
  return "Alert" + by + " for " + date_text(change.day()) + ".";
}

std::string say(const alerting::AlertResolved& change) {
  return "The alert ended because its cause is gone: " + change.reason_code() + ".";
}

std::string say(const alerting::AlertRetracted& change) {
  return "The alert was taken back: " + change.reason_code() + ".";
}

}  // namespace

std::string amount_text(const ProtoMoney& amount) {
  const Result<Currency> currency = Currency::parse(amount.currency_code());
  if (currency.ok()) {
    return format(Money{*currency, amount.minor()}) + " " + amount.currency_code();
  }
  return std::to_string(amount.minor()) +
         (amount.currency_code().empty() ? "" : " minor units of " + amount.currency_code());
}

std::string hundredths_text(std::int64_t value) {
  const std::uint64_t size =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const std::string rest = std::to_string(size % 100);
  return (value < 0 ? "-" : "") + std::to_string(size / 100) + (rest.size() == 1 ? ".0" : ".") +
         rest;
}

std::string date_text(const ProtoDate& date) {
  const auto day = to_date(date);
  return day ? day->to_string() : "an unknown day";
}

std::string reason_of(const ReceivableRecord& record) {
  switch (record.fact_case()) {
    case ReceivableRecord::kAccountChanged:
      return say(record.account_changed());
    case ReceivableRecord::kInvoiceRecorded:
      return say(record.invoice_recorded());
    case ReceivableRecord::kInvoiceCancelled:
      return say(record.invoice_cancelled());
    case ReceivableRecord::kCreditNoteRecorded:
      return say(record.credit_note_recorded());
    case ReceivableRecord::kPaymentRecorded:
      return say(record.payment_recorded());
    case ReceivableRecord::kAllocationRecorded:
      return say(record.allocation_recorded());
    case ReceivableRecord::kAllocationReversed:
      return say(record.allocation_reversed());
    case ReceivableRecord::kPaymentRejected:
      return say(record.payment_rejected());
    case ReceivableRecord::kInvoiceOverdue:
      return say(record.invoice_overdue());
    case ReceivableRecord::kAgingBucketCrossed:
      return say(record.aging_bucket_crossed());
    case ReceivableRecord::kInvoiceSettled:
      return say(record.invoice_settled());
    case ReceivableRecord::kConflictDetected:
      return say(record.conflict_detected());
    case ReceivableRecord::kInternalLimitChanged:
      return say(record.internal_limit_changed());
    case ReceivableRecord::FACT_NOT_SET:
      break;
  }
  return "A fact of a kind that this build does not know.";
}

std::string reason_of(const AlertRecord& record) {
  switch (record.change_case()) {
    case AlertRecord::kRaised:
      return say(record.raised());
    case AlertRecord::kAcknowledged:
      return record.envelope().actor() + " has taken note of the alert.";
    case AlertRecord::kResolved:
      return say(record.resolved());
    case AlertRecord::kRetracted:
      return say(record.retracted());
    case AlertRecord::CHANGE_NOT_SET:
      break;
  }
  return "A change of a kind that this build does not know.";
}

}  // namespace encours::portfolio
