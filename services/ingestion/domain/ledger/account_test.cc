// Goal: master data of an account change with their versions, and no personal field reaches a fact
// or a row. Method: short histories; personal fields are marked words, searched for in all bytes.
#include <gtest/gtest.h>

#include "services/ingestion/domain/ledger/ledger_script_test.h"

namespace encours::ingestion::ledger {
namespace {

TEST(Account, IsImplicitUntilItsMasterDataCome) {
  Script script;
  EXPECT_EQ(script.run({
                "2026-01-10 payment P1 1.00",
                "2026-01-11 customer strategic",
                "2026-01-12 payment P2 1.00",
            }),
            (Lines{
                "2026-01-10 AccountChanged implicit",
                "2026-01-10 PaymentRecorded P1 1.00 -> cash 1.00",
                "2026-01-11 AccountChanged strategic",
                "2026-01-12 PaymentRecorded P2 1.00 -> cash 2.00",
            }));
}

TEST(Account, VersionsOfMasterData) {
  Script script;
  EXPECT_EQ(script.run({
                "2026-01-10 customer a v2",
                "2026-01-11 customer b v1",  // Superseded.
                "2026-01-12 customer a v3",  // Nothing new but the version.
                "2026-01-13 customer c v3",  // The same version with other content.
                "2026-01-14 customer d v4",
                "2026-01-15 customer e",  // Without one, the order of arrival counts.
            }),
            (Lines{
                "2026-01-10 AccountChanged a",
                "2026-01-14 AccountChanged d",
                "2026-01-15 AccountChanged e",
            }));
  EXPECT_EQ(script.refusals(), Lines{"conflicting_duplicate customer_upserted.account"});
}

LedgerRecord customer_with_persons() {
  LedgerRecord record;
  record.set_account(Script::kAccount);
  auto& event = *record.mutable_event();
  event.set_source("erp");
  event.set_id("1");
  event.set_sequence(1);
  auto& customer = *event.mutable_customer_upserted();
  customer.add_contacts()->set_id("anna");
  customer.add_contacts()->set_id("ben");
  erp::ErpEvent personal;
  personal.mutable_customer_upserted()->set_name("SECRET-company");
  personal.mutable_customer_upserted()->add_contacts()->set_name("SECRET-anna");
  personal.mutable_customer_upserted()->add_contacts()->set_name("SECRET-ben");
  record.set_personal(personal.SerializeAsString());
  return record;
}

TEST(Account, FactsSayHowToReachAContactAndNotWhoItIs) {
  LedgerRecord record = customer_with_persons();
  auto& customer = *record.mutable_event()->mutable_customer_upserted();
  customer.set_natural_person(true);
  auto& identifier = *customer.add_identifiers();
  identifier.set_scheme("SIRET");
  identifier.set_value("732 829 320 00074");
  customer.mutable_contacts(0)->add_roles(erp::CONTACT_ROLE_ACCOUNTING);
  customer.mutable_contacts(0)->set_primary(true);
  customer.mutable_contacts(0)->set_language("fr");
  customer.mutable_contacts(1)->add_opted_out_channels("sms");
  erp::ErpEvent personal;
  auto& anna = *personal.mutable_customer_upserted()->add_contacts();
  anna.set_email("SECRET@anna");
  auto& ben = *personal.mutable_customer_upserted()->add_contacts();
  ben.set_mobile("SECRET");
  record.set_personal(personal.SerializeAsString());
  Script script;
  script.give(record, paris().at(day("2026-01-10"), 6, 0));
  const auto facts = script.harness().bodies<ReceivableRecord>(kReceivablesTopic);
  ASSERT_EQ(facts.size(), 1u);
  const auto& changed = facts[0].account_changed();
  EXPECT_EQ(changed.legal_entity(), "siren:732829320");
  EXPECT_TRUE(changed.natural_person());
  ASSERT_EQ(changed.contacts_size(), 2);
  const auto& first = changed.contacts(0);
  EXPECT_EQ(first.id() + " " + first.roles(0) + " " + first.language(), "anna accounting fr");
  EXPECT_TRUE(first.primary());
  ASSERT_EQ(first.channels_size(), 1);
  EXPECT_EQ(first.channels(0), "email");
  // A mobile can be called; text messages were refused.
  ASSERT_EQ(changed.contacts(1).channels_size(), 1);
  EXPECT_EQ(changed.contacts(1).channels(0), "call");
}

TEST(Account, AWrongSirenIsNobodys) {
  LedgerRecord record = customer_with_persons();
  auto& identifier = *record.mutable_event()->mutable_customer_upserted()->add_identifiers();
  identifier.set_scheme("SIREN");
  identifier.set_value("123456789");
  Script script;
  script.give(record, paris().at(day("2026-01-10"), 6, 0));
  const auto facts = script.harness().bodies<ReceivableRecord>(kReceivablesTopic);
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(facts[0].account_changed().legal_entity(), "");
}

LedgerRecord limit(const std::string& sum, int sequence) {
  LedgerRecord record;
  record.set_account(Script::kAccount);
  auto& event = *record.mutable_event();
  event.set_source("erp");
  event.set_id("limit " + sum + std::to_string(sequence));
  event.set_sequence(sequence);
  set_date(day("2026-01-10"), event.mutable_occurred_on());
  auto& set = *event.mutable_internal_limit_set();
  set.set_account(Script::kAccount);
  if (!sum.empty()) *set.mutable_amount() = amount(sum);
  return record;
}

TEST(Account, TheNewestLimitCounts) {
  Script script;
  const Instant at = paris().at(day("2026-01-10"), 6, 0);
  script.give(limit("5000.00", 2), at);
  script.give(limit("4000.00", 1), at);  // Superseded.
  script.give(limit("", 3), at);
  std::vector<std::string> said;
  for (const auto& fact : script.harness().bodies<ReceivableRecord>(kReceivablesTopic)) {
    if (!fact.has_internal_limit_changed()) continue;
    const auto& changed = fact.internal_limit_changed();
    EXPECT_FALSE(fact.has_balance());
    EXPECT_EQ(changed.valid_from().day(), 10);
    said.push_back(changed.has_amount() ? std::to_string(changed.amount().minor()) : "none");
  }
  EXPECT_EQ(said, (std::vector<std::string>{"500000", "none"}));
}

TEST(Persons, EachContactIsAPersonAndTheAccountAnother) {
  Script script;
  script.give(customer_with_persons(), paris().at(day("2026-01-10"), 6, 0));
  std::map<std::string, std::string> names;
  for (const auto& emitted : script.harness().facts()) {
    if (emitted.fact.topic != kPersonsTopic) continue;
    EXPECT_TRUE(emitted.fact.sealed);
    EXPECT_EQ(emitted.fact.account, "C-1");
    EXPECT_EQ(emitted.fact.type, "encours.erp.v1alpha1.ErpEvent");
    const auto event = emitted.as<erp::ErpEvent>();
    const auto& data = event.customer_upserted();
    names[emitted.fact.key] = data.contacts_size() > 0 ? data.contacts(0).name() : data.name();
  }
  EXPECT_EQ(names,
            (std::map<std::string, std::string>{{"acme/C-1/anna/", "SECRET-anna"},
                                                {"acme/C-1/ben/", "SECRET-ben"},
                                                {"acme/C-1//", "SECRET-company"}}));
}

TEST(Persons, DataOfADocumentAreFiledUnderIt) {
  Script script;
  LedgerRecord record;
  record.set_account(Script::kAccount);
  auto& received = *record.mutable_event()->mutable_payment_received();
  received.set_payment("P1");
  *received.mutable_amount() = amount("1.00");
  erp::ErpEvent personal;
  personal.mutable_payment_received()->set_payer_name("SECRET");
  record.set_personal(personal.SerializeAsString());
  script.give(record, paris().at(day("2026-01-10"), 6, 0));
  const auto& last = script.harness().facts().back().fact;
  EXPECT_EQ(last.key, "acme/C-1//payment:P1");
  EXPECT_EQ(last.record, "payment:P1");
}

TEST(Persons, NoRowAndNoOtherTopicHoldsThem) {
  Script script;
  script.give(customer_with_persons(), paris().at(day("2026-01-10"), 6, 0));
  // A parked event is kept whole, but for its personal fields.
  LedgerRecord parked;
  parked.set_account(Script::kAccount);
  parked.mutable_event()->mutable_payment_rejected()->set_payment("unknown");
  parked.set_personal("SECRET");
  script.give(parked, paris().at(day("2026-01-11"), 6, 0));
  bool has_parked = false;
  script.view().scan(
      kParkedTable, {}, [&](std::string_view, const auto&) { return has_parked = true; });
  EXPECT_TRUE(has_parked);
  for (const auto& [key, value] : script.harness().rows().all()) {
    EXPECT_EQ(value.find("SECRET"), std::string::npos);
  }
  for (const auto& emitted : script.harness().facts()) {
    if (emitted.fact.topic == kPersonsTopic) continue;
    EXPECT_EQ(emitted.fact.body.find("SECRET"), std::string::npos);
  }
}

TEST(Persons, ASupersededVersionDoesNotBringOldDataBack) {
  Script script;
  script.run({"2026-01-09 customer a v2"});
  script.give(customer_with_persons(), paris().at(day("2026-01-10"), 6, 0));
  for (const auto& emitted : script.harness().facts()) {
    EXPECT_NE(emitted.fact.topic, kPersonsTopic);
  }
}

}  // namespace
}  // namespace encours::ingestion::ledger
