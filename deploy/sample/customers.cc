#include "deploy/sample/customers.h"

#include <algorithm>

#include "deploy/sample/identifiers.h"

namespace encours::sample {
namespace {

constexpr const char* kCrm = "crm";
constexpr std::string_view kActivities[] = {
    "56.10A", "56.21Z", "55.10Z", "10.71C", "46.38B", "87.10A", "56.29A", "47.11B"};

void add_identifier(const char* scheme, const std::string& value, erp::CustomerUpserted* customer) {
  if (value.empty()) return;
  auto& identifier = *customer->add_identifiers();
  identifier.set_scheme(scheme);
  identifier.set_value(value);
}

void fill_identifiers(const Account& account, erp::CustomerUpserted* customer) {
  if (!account.siren.empty()) {
    add_identifier("SIREN", account.siren, customer);
    add_identifier("SIRET", siret_of(account.siren, account.establishment), customer);
    add_identifier("VAT", vat_number("FR", std::stoll(account.siren)), customer);
    return;
  }
  add_identifier("VAT", vat_number(account.country->code, 9'000'000 + account.number), customer);
}

void fill_address(const Account& account, Random& random, erp::Address* address) {
  address->add_lines(std::to_string(random.between(1, 140)) + " " +
                     std::string(random.pick(account.country->streets)));
  address->set_postal_code(std::string(account.town.postal_code));
  address->set_city(std::string(account.town.name));
  address->set_country(std::string(account.country->code));
}

void add_contact(const Account& account,
                 const char* id,
                 erp::ContactRole role,
                 Random& random,
                 erp::CustomerUpserted* customer) {
  auto& contact = *customer->add_contacts();
  const std::string first(random.pick(account.country->first_names));
  const std::string last(random.pick(account.country->last_names));
  contact.set_id(id);
  contact.add_roles(role);
  contact.set_name(first + " " + last);
  contact.set_email(slug(first + " " + last) + "@" + slug(account.name) + ".example");
  contact.set_phone(phone_of(account.country->code, account.number));
  contact.set_mobile(mobile_of(account.country->code, account.number));
  contact.set_language(account.language);
  // Some speak another language than their house, and of some nobody has noted it.
  if (!account.named && random.chance(30)) contact.set_language(account.french() ? "en" : "fr");
  if (!account.named && random.chance(30)) contact.clear_language();
}

void fill_contacts(const Account& account, Random& random, erp::CustomerUpserted* customer) {
  add_contact(account, "1", erp::CONTACT_ROLE_ACCOUNTING, random, customer);
  auto& first = *customer->mutable_contacts(0);
  first.set_primary(true);
  if (account.natural_person) first.set_name(account.name);
  // Some have no address for mails, and some have refused them.
  if (!account.named && random.chance(25)) first.clear_email();
  if (!account.named && random.chance(20)) first.add_opted_out_channels("email");
  if (account.segment == "small") return;
  add_contact(account, "2", erp::CONTACT_ROLE_MANAGEMENT, random, customer);
  if (account.segment == "standard") return;
  add_contact(account, "3", erp::CONTACT_ROLE_DISPUTES, random, customer);
}

void clear_emails(erp::CustomerUpserted* customer) {
  for (auto& contact : *customer->mutable_contacts()) contact.clear_email();
}

void fill_bank_account(const Account& account, erp::CustomerUpserted* customer) {
  auto& bank = *customer->add_bank_accounts();
  const std::string iban = iban_of(account.country->code, account.number);
  if (iban.empty()) {
    bank.set_account_number("99900" + account.id.substr(1));
  } else {
    bank.set_iban(iban);
  }
  bank.set_bic(bic_of(account.country->code));
  bank.set_holder(account.name);
}

// Now and then somebody moves, changes the bank or gets another collector.
void change_sometimes(const Options& options, Desk* desk, Random& random) {
  const Account& account = desk->account();
  if (account.named || !random.chance(120)) return;
  const Date day = std::min(account.first_day + random.between(30, 400), options.end);
  const auto what = random.between(1, 3);
  desk->change_customer(day, [&account, random, what](erp::CustomerUpserted* customer) mutable {
    if (what == 1) {
      customer->clear_address();
      fill_address(account, random, customer->mutable_address());
    } else if (what == 2) {
      const std::string iban = iban_of(account.country->code, 5'000'000 + account.number);
      if (!iban.empty()) customer->mutable_bank_accounts(0)->set_iban(iban);
    } else {
      customer->set_owner("anna.keller");
    }
  });
}

}  // namespace

erp::CustomerUpserted customer_of(const Account& account) {
  Random random(static_cast<std::uint64_t>(account.number), "customer");
  erp::CustomerUpserted customer;
  customer.set_account(account.id);
  customer.set_name(account.name);
  customer.set_legal_entity(account.legal_entity);
  fill_identifiers(account, &customer);
  customer.set_natural_person(account.natural_person);
  customer.set_public_buyer(account.public_buyer);
  customer.set_group(account.group);
  customer.set_group_parent(account.group_parent);
  customer.set_creditor_entity(account.currency == "GBP" ? "KERLANN-UK" : "KERLANN-FR");
  customer.set_segment(account.segment);
  customer.set_owner(account.owner);
  customer.set_sales_owner(account.sales_owner);
  customer.set_language(account.language);
  customer.set_time_zone(std::string(account.country->time_zone));
  customer.set_currency_code(account.currency);
  *customer.mutable_payment_terms() = account.terms;
  fill_address(account, random, customer.mutable_address());
  fill_contacts(account, random, &customer);
  if (account.by_post) clear_emails(&customer);
  fill_bank_account(account, &customer);
  customer.set_paying_account(account.paying_account);
  customer.set_invoiced_account(account.invoiced_account);
  if (account.terms.means() == erp::PAYMENT_MEANS_DIRECT_DEBIT) {
    customer.set_direct_debit_mandate("MANDAT-" + account.id);
  }
  const std::int64_t years = random.between(0, 14);
  set_date(account.first_day.plus_months(-12 * years), customer.mutable_customer_since());
  customer.set_strategic(account.strategic);
  customer.set_activity_code(std::string(random.pick(kActivities)));
  return customer;
}

void send_customer(Desk* desk) {
  erp::CustomerUpserted customer = customer_of(desk->account());
  int version = 0;
  const auto send = [&](Date day) {
    erp::ErpEvent event;
    *event.mutable_customer_upserted() = customer;
    desk->send(kCrm, "customer/" + desk->account().id, ++version, day, std::move(event));
  };
  send(desk->account().first_day);
  for (const auto& change : desk->take_customer_changes()) {
    change.make(&customer);
    send(change.day);
  }
}

void set_limit(Desk* desk, const Limit& limit) {
  const Account& account = desk->account();
  erp::ErpEvent event;
  auto& body = *event.mutable_internal_limit_set();
  if (limit.of_company) {
    body.set_legal_entity(account.legal_entity);
  } else {
    body.set_account(account.id);
  }
  if (limit.minor >= 0) set_money(account.currency, limit.minor, body.mutable_amount());
  set_date(limit.day, body.mutable_valid_from());
  if (limit.until) set_date(*limit.until, body.mutable_valid_until());
  if (limit.review) set_date(*limit.review, body.mutable_review_on());
  body.set_decided_by("Direction financière");
  body.set_reason(limit.reason);
  // Days count up, so a later decision has the higher version.
  event.set_sequence(limit.day.days());
  desk->send_as_is(kCrm, desk->new_id("LIM"), limit.day, std::move(event));
}

std::int64_t usual_exposure(const Account& account) {
  const std::int64_t days = std::max(30, account.last_day - account.first_day);
  // An invoice stands for about 75 days, and the mean of the amounts is 1.4 times their median.
  const std::int64_t each = account.median_net * (1000 + account.tax_per_thousand) / 1000 * 14 / 10;
  return std::max<std::int64_t>(each, each * account.invoice_count * 75 / days);
}

void introduce(const Options& options, Desk* desk) {
  const Account& account = desk->account();
  Random random(options.seed, "master/" + account.id);
  change_sometimes(options, desk, random);
  if (account.natural_person || (!account.named && random.chance(150))) return;
  // Rounded up to a thousand.
  const std::int64_t wanted = usual_exposure(account) * random.between(15, 32) / 10;
  const std::int64_t minor = (wanted / 100'000 + 1) * 100'000;
  set_limit(desk, {.day = account.first_day, .minor = minor, .reason = "Ouverture de compte"});
}

}  // namespace encours::sample
