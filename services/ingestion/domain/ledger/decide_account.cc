// Master data of the account. The row keeps what decisions may need; names and addresses go to
// encours.persons.
#include <algorithm>

#include "services/ingestion/domain/identifiers.h"
#include "services/ingestion/domain/ledger/decide_event.h"
#include "services/ingestion/domain/ledger/persons.h"

namespace encours::ingestion::ledger {
namespace {

// By the identifiers of the source; a SIRET begins with the SIREN. What is no SIREN is left out:
// nobody is to be looked up by a wrong number.
std::string siren_of(const erp::CustomerUpserted& customer) {
  for (const auto& identifier : customer.identifiers()) {
    std::string digits;
    for (const char c : identifier.value()) {
      if (c >= '0' && c <= '9') digits += c;
    }
    if (identifier.scheme() == "SIREN" && is_siren(digits)) return digits;
    if (identifier.scheme() == "SIRET" && is_siret(digits)) return digits.substr(0, 9);
  }
  return {};
}

// What all services call the company. A SIREN wins, because providers know it.
std::string legal_entity_of(const erp::CustomerUpserted& customer) {
  const std::string siren = siren_of(customer);
  if (!siren.empty()) return "siren:" + siren;
  return customer.legal_entity().empty() ? "" : "entity:" + customer.legal_entity();
}

const char* word_of(erp::ContactRole role) {
  switch (role) {
    case erp::CONTACT_ROLE_ACCOUNTING:
      return "accounting";
    case erp::CONTACT_ROLE_ORDERING:
      return "ordering";
    case erp::CONTACT_ROLE_DELIVERY:
      return "delivery";
    case erp::CONTACT_ROLE_MANAGEMENT:
      return "management";
    case erp::CONTACT_ROLE_LEGAL:
      return "legal";
    case erp::CONTACT_ROLE_DISPUTES:
      return "disputes";
    default:
      return nullptr;
  }
}

// Whom to write to and how, without saying who it is: that a mail address is known is no personal
// data, the address itself stays in encours.persons.
void add_contact_refs(const erp::CustomerUpserted& customer, const erp::CustomerUpserted& personal,
                      state::AccountRow* row) {
  const bool known = personal.contacts_size() == customer.contacts_size();
  for (int i = 0; i < customer.contacts_size(); ++i) {
    const auto& contact = customer.contacts(i);
    auto& ref = *row->add_contact_refs();
    ref.set_id(contact.id());
    ref.set_language(contact.language());
    ref.set_primary(contact.primary());
    for (const int role : contact.roles()) {
      if (const char* word = word_of(static_cast<erp::ContactRole>(role))) ref.add_roles(word);
    }
    if (!known) continue;
    const auto& data = personal.contacts(i);
    const auto add = [&](bool reachable, const char* channel) {
      const auto& refused = contact.opted_out_channels();
      if (reachable && std::find(refused.begin(), refused.end(), channel) == refused.end()) {
        ref.add_channels(channel);
      }
    };
    add(!data.email().empty(), "email");
    add(!data.mobile().empty(), "sms");
    add(!data.phone().empty() || !data.mobile().empty(), "call");
    add(data.address().lines_size() > 0 || personal.address().lines_size() > 0, "letter");
  }
}

state::AccountRow row_of(const erp::ErpEvent& event, const erp::CustomerUpserted& personal) {
  const auto& customer = event.customer_upserted();
  state::AccountRow row;
  row.set_segment(customer.segment());
  row.set_owner(customer.owner());
  row.set_legal_entity(legal_entity_of(customer));
  row.set_group(customer.group());
  row.set_language(customer.language());
  row.set_country(customer.address().country());
  row.set_payment_terms(customer.payment_terms().code());
  row.set_paying_account(customer.paying_account());
  row.set_invoiced_account(customer.invoiced_account());
  row.set_structured_reference(customer.structured_reference());
  for (const auto& contact : customer.contacts()) row.add_contacts(contact.id());
  add_contact_refs(customer, personal, &row);
  row.set_natural_person(customer.natural_person());
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
  account.set_natural_person(row.natural_person());
  *account.mutable_contacts() = row.contact_refs();
  return fact;
}

}  // namespace

Status decide_customer(Book& book) {
  erp::ErpEvent personal;
  if (!personal.ParseFromString(book.input().personal())) personal.Clear();
  state::AccountRow next = row_of(book.event(), personal.customer_upserted());
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

// A limit of one account; that of a legal entity over several accounts has no decision yet.
Status decide_internal_limit(Book& book) {
  const auto& event = book.event().internal_limit_set();
  if (event.account().empty()) return {};
  state::InternalLimitRow next;
  if (event.has_amount()) *next.mutable_amount() = event.amount();
  set_date(book.occurred_on(), next.mutable_valid_from());
  if (event.has_valid_from()) *next.mutable_valid_from() = event.valid_from();
  if (event.has_valid_until()) *next.mutable_valid_until() = event.valid_until();
  *next.mutable_version() = version_of(book.event());
  if (const state::InternalLimitRow* known = book.internal_limit()) {
    if (version_number(book.event()) < version_number(known->version())) return {};
  }
  book.ensure_account();
  book.set_internal_limit(next);
  ReceivableRecord fact;
  auto& changed = *fact.mutable_internal_limit_changed();
  if (next.has_amount()) *changed.mutable_amount() = next.amount();
  *changed.mutable_valid_from() = next.valid_from();
  if (next.has_valid_until()) *changed.mutable_valid_until() = next.valid_until();
  book.emit(fact, {}, book.occurred_on());
  return {};
}

}  // namespace encours::ingestion::ledger
