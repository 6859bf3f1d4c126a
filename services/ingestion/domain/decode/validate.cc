#include "services/ingestion/domain/decode/validate.h"

#include <string>

#include "services/ingestion/domain/decode/sense.h"

namespace encours::ingestion {
namespace {

using google::protobuf::FieldDescriptor;

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

bool consists_of(std::string_view text, const std::string& characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

void check_head(const ErpEvent& event, Findings* findings) {
  if (event.id().empty()) {
    findings->add("id_missing",
                  "id",
                  "Give the event the id that your system knows it by, the same at each sending.");
  }
  if (event.source().empty()) {
    findings->add("missing_field", "source", "Give the name of the system that sends it.");
  } else if (!is_source_name(event.source())) {
    findings->add(
        "invalid_source", "source", "A source has letters, digits and . _ : - only, at most 64.");
  }
}

// The name of the oneof's case that is set, which is the name of its message in lower case.
std::string event_name(const ErpEvent& event) {
  const auto* event_oneof = ErpEvent::descriptor()->FindOneofByName("event");
  const FieldDescriptor* field = event.GetReflection()->GetOneofFieldDescriptor(event, event_oneof);
  return field == nullptr ? std::string() : field->name();
}

}  // namespace

bool is_source_name(std::string_view text) {
  static const std::string allowed = std::string(kLetters) + std::string(kDigits) + "._:-";
  return !text.empty() && text.size() <= 64 && consists_of(text, allowed);
}

void check_sense(const ErpEvent& event, Findings* findings) {
  check_head(event, findings);
  const Sense sense(event_name(event), findings);
  switch (event.event_case()) {
    case ErpEvent::kCustomerUpserted:
      return check(event.customer_upserted(), sense);
    case ErpEvent::kInvoiceIssued:
      return check(event.invoice_issued(), sense);
    case ErpEvent::kCreditNoteIssued:
      return check(event.credit_note_issued(), sense);
    case ErpEvent::kInvoiceCancelled:
      return check(event.invoice_cancelled(), sense);
    case ErpEvent::kPaymentReceived:
      return check(event.payment_received(), sense);
    case ErpEvent::kPaymentAllocated:
      return check(event.payment_allocated(), sense);
    case ErpEvent::kAllocationReversed:
      return check(event.allocation_reversed(), sense);
    case ErpEvent::kPaymentRejected:
      return check(event.payment_rejected(), sense);
    case ErpEvent::kOrderPlaced:
      return check(event.order_placed(), sense);
    case ErpEvent::kOrderInvoiced:
      return check(event.order_invoiced(), sense);
    case ErpEvent::kTermPaperAccepted:
      return check(event.term_paper_accepted(), sense);
    case ErpEvent::kDownPaymentReceived:
      return check(event.down_payment_received(), sense);
    case ErpEvent::kDisputeOpened:
      return check(event.dispute_opened(), sense);
    case ErpEvent::kDisputeResolved:
      return check(event.dispute_resolved(), sense);
    case ErpEvent::kPromiseRecorded:
      return check(event.promise_recorded(), sense);
    case ErpEvent::kHoldPlaced:
      return check(event.hold_placed(), sense);
    case ErpEvent::kHoldReleased:
      return check(event.hold_released(), sense);
    case ErpEvent::kWriteOffRecorded:
      return check(event.write_off_recorded(), sense);
    case ErpEvent::kSetOffRecorded:
      return check(event.set_off_recorded(), sense);
    case ErpEvent::kInternalLimitSet:
      return check(event.internal_limit_set(), sense);
    case ErpEvent::kEinvoiceStatusChanged:
      return check(event.einvoice_status_changed(), sense);
    case ErpEvent::EVENT_NOT_SET:
      findings->add("missing_field",
                    "event",
                    "Say what happened by one of the fields such as invoice_issued.");
  }
}

std::vector<Error> validate(const ErpEvent& event) {
  Findings findings;
  check_fields(event, &findings);
  check_sense(event, &findings);
  return findings.take();
}

}  // namespace encours::ingestion
