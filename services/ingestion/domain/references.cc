#include "services/ingestion/domain/references.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "services/ingestion/domain/identifiers.h"

namespace encours::ingestion {
namespace {

namespace erp = encours::erp::v1alpha1;
namespace proto = encours::ingestion::v1alpha1;

// Adds a reference that has a name and is not there yet.
class List {
 public:
  void add(ReferenceKind kind, const std::string& name, const std::string& entity) {
    Reference reference{kind, name, entity};
    if (normal_reference(name).empty() ||
        std::find(references_.begin(), references_.end(), reference) != references_.end()) {
      return;
    }
    references_.push_back(std::move(reference));
  }
  // Where name and entity are the same.
  void add(ReferenceKind kind, const std::string& name) { add(kind, name, name); }

  std::vector<Reference> take() { return std::move(references_); }

 private:
  std::vector<Reference> references_;
};

constexpr auto kInvoice = proto::REFERENCE_KIND_INVOICE_NUMBER;
constexpr auto kCreditNote = proto::REFERENCE_KIND_CREDIT_NOTE_NUMBER;
constexpr auto kPayment = proto::REFERENCE_KIND_PAYMENT_ID;
constexpr auto kStructured = proto::REFERENCE_KIND_STRUCTURED_REFERENCE;
constexpr auto kBank = proto::REFERENCE_KIND_BANK_REFERENCE;
constexpr auto kDispute = proto::REFERENCE_KIND_DISPUTE_ID;
constexpr auto kPromise = proto::REFERENCE_KIND_PROMISE_ID;
constexpr auto kHold = proto::REFERENCE_KIND_HOLD_ID;

// Banks write this where the payer gave no reference.
bool is_given(const std::string& end_to_end_id) { return end_to_end_id != "NOTPROVIDED"; }

// The first invoice that a list of parts names.
template <class Parts>
std::string first_invoice(const Parts& parts) {
  const auto part = std::find_if(
      parts.begin(), parts.end(), [](const auto& each) { return !each.invoice().empty(); });
  return part == parts.end() ? std::string() : part->invoice();
}

// The first of the alternatives that has a name.
std::optional<Reference> first_of(
    std::initializer_list<std::pair<ReferenceKind, std::string>> alternatives) {
  for (const auto& [kind, name] : alternatives) {
    if (!normal_reference(name).empty()) return Reference{kind, name, name};
  }
  return std::nullopt;
}

std::optional<Reference> ask_for(const erp::PaymentRejected& rejected) {
  const std::string end_to_end =
      is_given(rejected.end_to_end_id()) ? rejected.end_to_end_id() : std::string();
  return first_of(
      {{kPayment, rejected.payment()}, {kBank, end_to_end}, {kBank, rejected.bank_reference()}});
}

std::optional<Reference> ask_for(const erp::PromiseRecorded& promise) {
  // A promise that is taken back was registered when it was given.
  if (promise.withdrawn()) return first_of({{kPromise, promise.promise()}});
  return promise.invoices().empty() ? std::nullopt : first_of({{kInvoice, promise.invoices(0)}});
}

}  // namespace

const std::string& account_of(const ErpEvent& event) {
  static const std::string none;
  switch (event.event_case()) {
    case ErpEvent::kCustomerUpserted:
      return event.customer_upserted().account();
    case ErpEvent::kInvoiceIssued:
      return event.invoice_issued().account();
    case ErpEvent::kCreditNoteIssued:
      return event.credit_note_issued().account();
    case ErpEvent::kInvoiceCancelled:
      return event.invoice_cancelled().account();
    case ErpEvent::kPaymentReceived:
      return event.payment_received().account();
    case ErpEvent::kPaymentAllocated:
      return event.payment_allocated().account();
    case ErpEvent::kAllocationReversed:
      return event.allocation_reversed().account();
    case ErpEvent::kPaymentRejected:
      return event.payment_rejected().account();
    case ErpEvent::kOrderPlaced:
      return event.order_placed().account();
    case ErpEvent::kOrderInvoiced:
      return event.order_invoiced().account();
    case ErpEvent::kTermPaperAccepted:
      return event.term_paper_accepted().account();
    case ErpEvent::kDownPaymentReceived:
      return event.down_payment_received().account();
    case ErpEvent::kDisputeOpened:
      return event.dispute_opened().account();
    case ErpEvent::kDisputeResolved:
      return event.dispute_resolved().account();
    case ErpEvent::kPromiseRecorded:
      return event.promise_recorded().account();
    case ErpEvent::kHoldPlaced:
      return event.hold_placed().account();
    case ErpEvent::kHoldReleased:
      return event.hold_released().account();
    case ErpEvent::kWriteOffRecorded:
      return event.write_off_recorded().account();
    case ErpEvent::kSetOffRecorded:
      return event.set_off_recorded().account();
    case ErpEvent::kInternalLimitSet:
      return event.internal_limit_set().account();
    case ErpEvent::kEinvoiceStatusChanged:
      return event.einvoice_status_changed().account();
    case ErpEvent::EVENT_NOT_SET:
      return none;
  }
  return none;
}

std::vector<Reference> references_brought_by(const ErpEvent& event) {
  List list;
  if (event.has_invoice_issued()) {
    const auto& invoice = event.invoice_issued();
    list.add(kInvoice, invoice.number());
    list.add(kStructured, invoice.structured_reference(), invoice.number());
    for (const auto& part : invoice.instalments()) {
      list.add(kStructured, part.structured_reference(), invoice.number());
    }
  } else if (event.has_credit_note_issued()) {
    const auto& note = event.credit_note_issued();
    list.add(kCreditNote, note.number());
    list.add(kStructured, note.structured_reference(), note.number());
  } else if (event.has_payment_received()) {
    const auto& payment = event.payment_received();
    list.add(kPayment, payment.payment());
    list.add(kBank, payment.bank_reference(), payment.payment());
    if (is_given(payment.end_to_end_id())) {
      list.add(kBank, payment.end_to_end_id(), payment.payment());
    }
  } else if (event.has_down_payment_received()) {
    const auto& payment = event.down_payment_received();
    list.add(kPayment, payment.down_payment());
    list.add(kBank, payment.bank_reference(), payment.down_payment());
  } else if (event.has_customer_upserted()) {
    list.add(kStructured, event.customer_upserted().structured_reference(), "");
  } else if (event.has_dispute_opened()) {
    list.add(kDispute, event.dispute_opened().dispute());
  } else if (event.has_promise_recorded()) {
    list.add(kPromise, event.promise_recorded().promise());
  } else if (event.has_hold_placed()) {
    list.add(kHold, event.hold_placed().hold());
  }
  return list.take();
}

std::optional<Reference> reference_to_ask(const ErpEvent& event) {
  switch (event.event_case()) {
    case ErpEvent::kInvoiceCancelled:
      return first_of({{kInvoice, event.invoice_cancelled().invoice()}});
    case ErpEvent::kPaymentReceived:
      return first_of({{kInvoice, first_invoice(event.payment_received().allocations())},
                       {kStructured, event.payment_received().structured_reference()}});
    case ErpEvent::kDownPaymentReceived:
      return first_of({{kInvoice, event.down_payment_received().invoice()},
                       {kStructured, event.down_payment_received().structured_reference()}});
    case ErpEvent::kPaymentAllocated:
      return first_of({{kPayment, event.payment_allocated().payment()},
                       {kCreditNote, event.payment_allocated().credit_note()},
                       {kPayment, event.payment_allocated().down_payment()}});
    case ErpEvent::kAllocationReversed:
      return first_of({{kPayment, event.allocation_reversed().payment()},
                       {kInvoice, event.allocation_reversed().invoice()}});
    case ErpEvent::kPaymentRejected:
      return ask_for(event.payment_rejected());
    case ErpEvent::kOrderInvoiced:
      return first_of({{kInvoice, event.order_invoiced().invoice()}});
    case ErpEvent::kDisputeOpened:
      return first_of({{kInvoice, event.dispute_opened().invoice()}});
    case ErpEvent::kDisputeResolved:
      return first_of({{kDispute, event.dispute_resolved().dispute()}});
    case ErpEvent::kPromiseRecorded:
      return ask_for(event.promise_recorded());
    case ErpEvent::kHoldPlaced:
      return first_of({{kInvoice, event.hold_placed().invoice()}});
    case ErpEvent::kHoldReleased:
      return first_of({{kHold, event.hold_released().hold()}});
    case ErpEvent::kWriteOffRecorded:
      return first_of({{kInvoice, event.write_off_recorded().invoice()}});
    case ErpEvent::kSetOffRecorded:
      return first_of({{kInvoice, first_invoice(event.set_off_recorded().invoices())}});
    case ErpEvent::kEinvoiceStatusChanged:
      return first_of({{kInvoice, event.einvoice_status_changed().invoice()}});
    default:
      return std::nullopt;
  }
}

}  // namespace encours::ingestion
