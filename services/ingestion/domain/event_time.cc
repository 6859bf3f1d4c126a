#include "services/ingestion/domain/event_time.h"

#include "services/ingestion/domain/decode/proto_date.h"

namespace encours::ingestion {
namespace {

std::optional<Instant> undated(const std::optional<Date>& day, const Zone& zone) {
  if (!day) return std::nullopt;
  return zone.at(*day, kUndatedHour);
}

Instant instant_of(const google::protobuf::Timestamp& timestamp) {
  return Instant::from_unix_seconds(timestamp.seconds(), timestamp.nanos());
}

}  // namespace

std::optional<Date> day_of_business(const ErpEvent& event) {
  switch (event.event_case()) {
    case ErpEvent::kInvoiceIssued:
      return date_of(event.invoice_issued().issue_date());
    case ErpEvent::kCreditNoteIssued:
      return date_of(event.credit_note_issued().issue_date());
    case ErpEvent::kInvoiceCancelled:
      return date_of(event.invoice_cancelled().cancelled_on());
    case ErpEvent::kPaymentReceived:
      return date_of(event.payment_received().has_value_date()
                         ? event.payment_received().value_date()
                         : event.payment_received().booking_date());
    case ErpEvent::kPaymentAllocated:
      return date_of(event.payment_allocated().effective_date());
    case ErpEvent::kAllocationReversed:
      return date_of(event.allocation_reversed().reversed_on());
    case ErpEvent::kPaymentRejected:
      return date_of(event.payment_rejected().rejected_on());
    case ErpEvent::kOrderPlaced:
      return date_of(event.order_placed().ordered_on());
    case ErpEvent::kOrderInvoiced:
      return date_of(event.order_invoiced().invoiced_on());
    case ErpEvent::kTermPaperAccepted:
      return date_of(event.term_paper_accepted().accepted_on());
    case ErpEvent::kDownPaymentReceived:
      return date_of(event.down_payment_received().value_date());
    case ErpEvent::kDisputeOpened:
      return date_of(event.dispute_opened().opened_on());
    case ErpEvent::kDisputeResolved:
      return date_of(event.dispute_resolved().resolved_on());
    case ErpEvent::kPromiseRecorded:
      return date_of(event.promise_recorded().given_on());
    case ErpEvent::kHoldPlaced:
      return date_of(event.hold_placed().from());
    case ErpEvent::kHoldReleased:
      return date_of(event.hold_released().released_on());
    case ErpEvent::kWriteOffRecorded:
      return date_of(event.write_off_recorded().written_off_on());
    case ErpEvent::kSetOffRecorded:
      return date_of(event.set_off_recorded().effective_date());
    case ErpEvent::kInternalLimitSet:
      return date_of(event.internal_limit_set().valid_from());
    case ErpEvent::kCustomerUpserted:
    case ErpEvent::kEinvoiceStatusChanged:
    case ErpEvent::EVENT_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Instant> occurred_time_of(const ErpEvent& event, const Zone& zone) {
  if (event.has_occurred_at()) return instant_of(event.occurred_at());
  if (event.has_occurred_on()) return undated(date_of(event.occurred_on()), zone);
  return undated(day_of_business(event), zone);
}

std::optional<Instant> recorded_time_of(const ErpEvent& event, const Zone& zone) {
  if (event.has_recorded_at()) return instant_of(event.recorded_at());
  if (event.has_recorded_on()) return undated(date_of(event.recorded_on()), zone);
  return occurred_time_of(event, zone);
}

}  // namespace encours::ingestion
