#include "services/ingestion/domain/ledger/persons.h"

#include "common/stream/record.h"

namespace encours::ingestion::ledger {
namespace {

stream::Fact& emit_one(Book& book,
                       const std::string& person,
                       const std::string& record,
                       const erp::ErpEvent& personal) {
  const std::string entity = book.account() + "/" + person + "/" + record;
  auto& fact =
      book.effects().emit(kPersonsTopic, stream::make_key(book.tenant(), entity), personal);
  fact.sealed = true;
  fact.account = book.account();
  fact.person = person;
  fact.record = record;
  fact.type = erp::ErpEvent::descriptor()->full_name();
  return fact;
}

// The document that an event's personal fields belong to; empty for master data.
std::string document_of(const erp::ErpEvent& event) {
  switch (event.event_case()) {
    case erp::ErpEvent::kCustomerUpserted:
      return {};
    case erp::ErpEvent::kInvoiceIssued:
      return "invoice:" + event.invoice_issued().number();
    case erp::ErpEvent::kCreditNoteIssued:
      return "credit_note:" + event.credit_note_issued().number();
    case erp::ErpEvent::kPaymentReceived:
      return "payment:" + event.payment_received().payment();
    default:
      return "event:" + event.source() + ":" + event.id();
  }
}

}  // namespace

void emit_persons(Book& book) {
  const std::string& bytes = book.input().personal();
  if (bytes.empty()) return;
  const erp::ErpEvent& event = book.event();
  erp::ErpEvent personal;
  if (!personal.ParseFromString(bytes)) {
    // The door made these bytes; what can't be read is kept as it is rather than lost.
    emit_one(book, {}, document_of(event), {}).body = bytes;
    return;
  }
  if (event.has_customer_upserted() && personal.has_customer_upserted()) {
    // Each contact is a person with a key of his own, so that one can be erased without the others.
    const auto& contacts = event.customer_upserted().contacts();
    auto& data = *personal.mutable_customer_upserted();
    if (data.contacts_size() == contacts.size()) {
      for (int i = 0; i < contacts.size(); ++i) {
        erp::ErpEvent one;
        *one.mutable_customer_upserted()->add_contacts() = data.contacts(i);
        emit_one(book, contacts.Get(i).id(), {}, one);
      }
      data.clear_contacts();
    }
  }
  emit_one(book, {}, document_of(event), personal);
}

}  // namespace encours::ingestion::ledger
