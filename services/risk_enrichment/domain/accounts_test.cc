// Goal: an account's company is told when it changes, and only then. Method: AccountChanged facts
// by hand through the stage; the records of the companies' topic as text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/stream/testing/harness.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/risk/v1alpha1/internal.pb.h"
#include "services/risk_enrichment/domain/accounts_stage.h"
#include "services/risk_enrichment/domain/legal_entity.h"
#include "services/risk_enrichment/domain/tables.h"

namespace encours::risk {
namespace {

using encours::receivables::v1alpha1::ReceivableRecord;
using testing::ElementsAre;
using testing::IsEmpty;

struct Accounts : testing::Test {
  AccountsStage stage;
  stream::testing::StageHarness harness{stage};
  int records = 0;

  std::vector<std::string> change(const std::string& legal_entity) {
    ReceivableRecord fact;
    fact.set_account("C-1");
    fact.mutable_account_changed()->set_legal_entity(legal_entity);
    return take(fact);
  }
  std::vector<std::string> take(const ReceivableRecord& fact) {
    ++records;
    const auto record = stream::testing::StageHarness::fact_record(
        "acme", "C-1", Instant::from_unix_seconds(records), std::to_string(records), fact);
    EXPECT_TRUE(harness.handle(record).ok());
    std::vector<std::string> out;
    for (const auto& emitted : harness.take_facts()) {
      const auto told = emitted.as<api::CompanyRecord>();
      EXPECT_EQ(emitted.fact.topic, kCompaniesTopic);
      EXPECT_EQ(emitted.fact.key, "acme/" + told.legal_entity());
      const bool linked = told.has_account_linked();
      EXPECT_EQ(linked ? told.account_linked().account() : told.account_unlinked().account(),
                "C-1");
      out.push_back((linked ? "+" : "-") + told.legal_entity());
    }
    return out;
  }
};

TEST_F(Accounts, FollowTheirCompany) {
  EXPECT_THAT(change(""), IsEmpty());
  EXPECT_THAT(change("entity:E1"), ElementsAre("+entity:E1"));
  EXPECT_THAT(change("entity:E1"), IsEmpty());
  EXPECT_THAT(change("siren:552032534"), ElementsAre("-entity:E1", "+siren:552032534"));
  EXPECT_THAT(change("siren:552032534"), IsEmpty());
  EXPECT_THAT(change(""), ElementsAre("-siren:552032534"));
  EXPECT_THAT(change(""), IsEmpty());
  EXPECT_THAT(harness.rows().all(), IsEmpty());
}

TEST_F(Accounts, OtherFactsSayNothing) {
  ReceivableRecord fact;
  fact.set_account("C-1");
  fact.mutable_invoice_settled()->set_invoice("F-1");
  EXPECT_THAT(take(fact), IsEmpty());
}

TEST_F(Accounts, PoisonIsRefused) {
  ReceivableRecord fact;
  fact.set_account("C-2");
  fact.mutable_account_changed();
  const auto record = stream::testing::StageHarness::fact_record(
      "acme", "C-1", Instant::from_unix_seconds(1), "r", fact);
  const Status refused = harness.handle(record);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code, "account_mismatch");
}

TEST(LegalEntity, IsCheckedAtTheDoor) {
  EXPECT_EQ(siren_of("siren:552032534"), "552032534");
  for (const char* other : {"siren:55203253", "siren:55203253a", "entity:552032534", ""}) {
    EXPECT_EQ(siren_of(other), std::nullopt) << other;
  }
  EXPECT_TRUE(check_legal_entity("siren:552032534").ok());
  EXPECT_TRUE(check_legal_entity("entity:a b").ok());
  for (const char* other : {"siren:", "siren:1", "entity:", "552032534"}) {
    EXPECT_EQ(check_legal_entity(other).failure().code, "invalid_legal_entity") << other;
  }
  EXPECT_EQ(check_legal_entity("").failure().code, "missing_field");
}

}  // namespace
}  // namespace encours::risk
