// Master data of the account. The row keeps what decisions may need; names and addresses go to
// encours.persons.
#include "services/ingestion/domain/ledger/decide_event.h"
#include "services/ingestion/domain/ledger/persons.h"

namespace encours::ingestion::ledger {
namespace {

state::AccountRow row_of(const erp::ErpEvent& event) {
  const auto& customer = event.customer_upserted();
  state::AccountRow row;
  row.set_segment(customer.segment());
  row.set_owner(customer.owner());
  row.set_legal_entity(customer.legal_entity());
  row.set_group(customer.group());
  row.set_language(customer.language());
  row.set_country(customer.address().country());
  row.set_payment_terms(customer.payment_terms().code());
  row.set_paying_account(customer.paying_account());
  row.set_invoiced_account(customer.invoiced_account());
  row.set_structured_reference(customer.structured_reference());
  for (const auto& contact : customer.contacts()) row.add_contacts(contact.id());
  row.set_strategic(customer.strategic());
  row.set_blocked(customer.blocked());
  row.set_closed(customer.closed());
  return row;
}

bool same_content(state::AccountRow left, state::AccountRow right) {
  left.clear_version();
  right.clear_version();
  return stream::Effects::serialise(left) == stream::Effects::serialise(right);
}

ReceivableRecord changed(const state::AccountRow& row) {
  ReceivableRecord fact;
  auto& account = *fact.mutable_account_changed();
  account.set_segment(row.segment());
  account.set_owner(row.owner());
  account.set_legal_entity(row.legal_entity());
  account.set_group(row.group());
  account.set_language(row.language());
  account.set_country(row.country());
  account.set_payment_terms(row.payment_terms());
  return fact;
}

}  // namespace

Status decide_customer(Book& book) {
  state::AccountRow next = row_of(book.event());
  *next.mutable_version() = version_of(book.event());
  state::AccountRow* known = book.account_row();
  if (known != nullptr && !known->implicit()) {
    const std::int64_t old_version = version_number(known->version());
    const std::int64_t new_version = version_number(book.event());
    if (new_version != 0 && new_version < old_version) return {};
    const bool same = same_content(*known, next);
    if (new_version != 0 && new_version == old_version && !same) {
      return conflicting_duplicate("customer_upserted.account");
    }
    emit_persons(book);
    if (same) {
      if (new_version > old_version) *known->mutable_version() = next.version();
      return {};
    }
  } else {
    emit_persons(book);
  }
  if (known == nullptr) known = &book.add_account_row();
  *known = next;
  book.emit(changed(next), {}, book.occurred_on());
  return {};
}

}  // namespace encours::ingestion::ledger
