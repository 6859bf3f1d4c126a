#include "services/portfolio/domain/timeline.h"

#include "services/portfolio/domain/reason.h"

namespace encours::portfolio {
namespace {

using encours::common::v1alpha1::Envelope;

// Master data that was there before its tenant's first tick has no time; nothing is shown for it.
bool is_dated(const google::protobuf::Timestamp& at) {
  return at.seconds() != 0 || at.nanos() != 0;
}

void set_head(const Envelope& envelope, api::TimelineEntry* entry) {
  entry->set_id(envelope.id());
  if (is_dated(envelope.occurred_at())) *entry->mutable_occurred_at() = envelope.occurred_at();
  if (is_dated(envelope.recorded_at())) *entry->mutable_recorded_at() = envelope.recorded_at();
  entry->set_cause(envelope.cause());
  entry->set_correlation(envelope.correlation());
  entry->set_actor(envelope.actor());
  entry->set_settings_version(envelope.settings_version());
  entry->set_decision_version(envelope.decision_version());
}

// The field of a oneof that is set, by its name in the contract.
std::string kind_of(const google::protobuf::Message& record, const char* oneof) {
  const auto* field = record.GetReflection()->GetOneofFieldDescriptor(
      record, record.GetDescriptor()->FindOneofByName(oneof));
  return field == nullptr ? "unknown" : field->name();
}

void set_about(const std::string& document, const ProtoMoney& amount, api::TimelineEntry* entry) {
  entry->set_document(document);
  *entry->mutable_amount() = amount;
}

template <class Fact>
void set_allocation(const Fact& fact, api::TimelineEntry* entry) {
  set_about(fact.invoice(), fact.amount(), entry);
  *entry->mutable_open_amount() = fact.invoice_open_amount();
}

template <class Fact>
void set_open(const Fact& fact, api::TimelineEntry* entry) {
  entry->set_document(fact.invoice());
  *entry->mutable_open_amount() = fact.open_amount();
}

void set_subject(const ReceivableRecord& record, api::TimelineEntry* entry) {
  switch (record.fact_case()) {
    case ReceivableRecord::kInvoiceRecorded:
      return set_about(
          record.invoice_recorded().invoice(), record.invoice_recorded().gross_amount(), entry);
    case ReceivableRecord::kInvoiceCancelled:
      return set_about(
          record.invoice_cancelled().invoice(), record.invoice_cancelled().open_amount(), entry);
    case ReceivableRecord::kCreditNoteRecorded:
      return set_about(record.credit_note_recorded().credit_note(),
                       record.credit_note_recorded().gross_amount(),
                       entry);
    case ReceivableRecord::kPaymentRecorded:
      return set_about(
          record.payment_recorded().payment(), record.payment_recorded().amount(), entry);
    case ReceivableRecord::kPaymentRejected:
      return set_about(
          record.payment_rejected().payment(), record.payment_rejected().amount(), entry);
    case ReceivableRecord::kAllocationRecorded:
      return set_allocation(record.allocation_recorded(), entry);
    case ReceivableRecord::kAllocationReversed:
      return set_allocation(record.allocation_reversed(), entry);
    case ReceivableRecord::kInvoiceOverdue:
      return set_open(record.invoice_overdue(), entry);
    case ReceivableRecord::kAgingBucketCrossed:
      return set_open(record.aging_bucket_crossed(), entry);
    case ReceivableRecord::kInvoiceSettled:
      return entry->set_document(record.invoice_settled().invoice());
    case ReceivableRecord::kInternalLimitChanged:
      *entry->mutable_amount() = record.internal_limit_changed().amount();
      return;
    case ReceivableRecord::kAccountChanged:
    case ReceivableRecord::kConflictDetected:
    case ReceivableRecord::FACT_NOT_SET:
      return;
  }
}

// A message about one invoice is about that invoice.
void set_subject(const DunningRecord& record, api::TimelineEntry* entry) {
  if (record.has_action_sent() && record.action_sent().invoices_size() == 1) {
    entry->set_document(record.action_sent().invoices(0));
  }
  if (!record.has_action_planned() && !record.has_action_suppressed()) return;
  const auto& action = record.has_action_planned() ? record.action_planned().action()
                                                   : record.action_suppressed().action();
  if (action.lines_size() == 1) entry->set_document(action.lines(0).invoice());
  if (action.has_amount()) *entry->mutable_amount() = action.amount();
}

// Facts of the other services are entries of their own name: "score_computed", "action_sent".
template <class Record>
api::TimelineEntry entry_of(const Record& record) {
  api::TimelineEntry entry;
  set_head(record.envelope(), &entry);
  entry.set_kind(kind_of(record, "fact"));
  entry.set_reason(reason_of(record));
  return entry;
}

}  // namespace

api::TimelineEntry timeline_entry(const state::TimelineRow& row) {
  api::TimelineEntry entry;
  if (row.has_alert()) {
    const AlertRecord& record = row.alert();
    set_head(record.envelope(), &entry);
    entry.set_kind("alert_" + kind_of(record, "change"));
    if (record.has_raised()) set_about(record.raised().invoice(), record.raised().amount(), &entry);
    entry.set_reason(reason_of(record));
    *entry.mutable_alert() = record;
    return entry;
  }
  if (row.has_risk()) {
    entry = entry_of(row.risk());
    *entry.mutable_risk() = row.risk();
    return entry;
  }
  if (row.has_score()) {
    entry = entry_of(row.score());
    *entry.mutable_score() = row.score();
    return entry;
  }
  if (row.has_dunning()) {
    entry = entry_of(row.dunning());
    set_subject(row.dunning(), &entry);
    *entry.mutable_dunning() = row.dunning();
    return entry;
  }
  const ReceivableRecord& record = row.receivable();
  set_head(record.envelope(), &entry);
  entry.set_kind(kind_of(record, "fact"));
  set_subject(record, &entry);
  entry.set_reason(reason_of(record));
  *entry.mutable_source() = record.source();
  *entry.mutable_receivable() = record;
  return entry;
}

}  // namespace encours::portfolio
