// Goal: an event finds the account that owns its reference, before or after that is registered,
// and what never finds one is seen by somebody. Method: the stage harness; events as text.
#include "services/ingestion/domain/reference_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/ingestion/domain/personal.h"
#include "services/ingestion/domain/testing.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;
using stream::testing::StageHarness;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ReferenceStageTest : public ::testing::Test {
 protected:
  void enter(const std::string& account, const std::string& entity, bool withdrawn = false) {
    proto::LookupRecord lookup;
    auto& entry = *lookup.mutable_register_reference();
    entry.set_kind(proto::REFERENCE_KIND_INVOICE_NUMBER);
    entry.set_reference("7");
    entry.set_account(account);
    entry.set_entity(entity);
    entry.set_withdrawn(withdrawn);
    handle(lookup);
  }

  // Event `id` asks for the account of what it names, in all tests a form of invoice 7.
  void ask(const std::string& text) {
    ErpEvent event = event_of(text);
    proto::LookupRecord lookup;
    lookup.mutable_source()->set_line(9);
    auto& resolve = *lookup.mutable_resolve_reference();
    resolve.set_kind(proto::REFERENCE_KIND_INVOICE_NUMBER);
    resolve.set_reference("7");
    resolve.set_personal(take_personal(&event));
    resolve.set_content_digest("d" + event.id());
    *resolve.mutable_event() = event;
    handle(lookup);
  }

  void ask_cancellation(const std::string& id, const std::string& number) {
    ask("id: \"" + id + "\" invoice_cancelled { invoice: \"" + number + "\" }");
  }

  void handle(const proto::LookupRecord& lookup) {
    const std::string id = "r" + std::to_string(++records_);
    ASSERT_TRUE(
        harness_.handle(StageHarness::fact_record("acme", "invoice_number/7", now_, id, lookup)));
    now_ = now_ + std::chrono::seconds(1);
  }

  // "account event-id matched-entity" of what went to the ledger since the last call.
  std::vector<std::string> sent() {
    std::vector<std::string> out;
    for (const auto& emitted : harness_.take_facts()) {
      if (emitted.fact.topic != "encours.ingestion.ledger") continue;
      const auto body = emitted.as<proto::LedgerRecord>();
      EXPECT_EQ(emitted.fact.key, "acme/" + body.account());
      out.push_back(body.account() + " " + body.event().id() + " " + body.matched_entity());
    }
    return out;
  }

  std::size_t row_count() const { return harness_.rows().all().size(); }

  ReferenceStage stage_;
  StageHarness harness_{stage_};
  Instant now_ = at("2026-01-31T05:00:00Z");
  int records_ = 0;
};

TEST_F(ReferenceStageTest, finds_the_owner) {
  enter("C1", "007");
  EXPECT_THAT(sent(), IsEmpty());
  ask(R"(id: "1" payment_received { payment: "P1" payer_name: "Morel"
         allocations { invoice: "7" } })");
  const auto ledger = harness_.bodies<proto::LedgerRecord>("encours.ingestion.ledger");
  ASSERT_THAT(ledger, SizeIs(1));
  EXPECT_EQ(ledger[0].matched_by().kind(), proto::REFERENCE_KIND_INVOICE_NUMBER);
  EXPECT_EQ(ledger[0].matched_by().reference(), "7");
  EXPECT_EQ(ledger[0].content_digest(), "d1");
  EXPECT_EQ(ledger[0].source().line(), 9);
  EXPECT_THAT(ledger[0].personal(), HasSubstr("Morel"));
  EXPECT_THAT(sent(), ElementsAre("C1 1 007"));
  EXPECT_EQ(row_count(), 1u);
}

TEST_F(ReferenceStageTest, waits_until_the_owner_is_known) {
  ask_cancellation("1", "007");
  ask_cancellation("2", "7");
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(harness_.timer_count(), 2u);
  enter("C1", "007");
  EXPECT_THAT(sent(), ElementsAre("C1 1 007", "C1 2 007"));
  EXPECT_EQ(harness_.timer_count(), 0u);
  EXPECT_EQ(row_count(), 1u);
  EXPECT_THAT(harness_.take_refusals(), IsEmpty());
}

TEST_F(ReferenceStageTest, two_invoices_of_one_account_are_no_question) {
  enter("C1", "007");
  enter("C1", "7");
  ask_cancellation("1", "7");
  EXPECT_THAT(sent(), ElementsAre("C1 1 7"));
  ask_cancellation("2", "07");
  EXPECT_THAT(sent(), ElementsAre("C1 2 007"));
}

TEST_F(ReferenceStageTest, two_accounts_are_a_question_unless_one_is_named_exactly) {
  enter("C1", "007");
  enter("C2", "7");
  ask_cancellation("1", "07");
  EXPECT_THAT(refusals_of(harness_), ElementsAre("reference_ambiguous invoice_number"));
  ask_cancellation("2", "7");
  ask_cancellation("3", "007");
  EXPECT_THAT(sent(), ElementsAre("C2 2 7", "C1 3 007"));
  enter("C3", "7");
  ask_cancellation("4", "7");
  EXPECT_THAT(refusals_of(harness_), ElementsAre("reference_ambiguous invoice_number"));
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(ReferenceStageTest, registering_twice_changes_nothing) {
  enter("C1", "7");
  const auto rows = harness_.rows().all();
  enter("C1", "7");
  EXPECT_EQ(harness_.rows().all(), rows);
}

TEST_F(ReferenceStageTest, a_withdrawn_reference_has_no_owner) {
  enter("C1", "7");
  enter("C1", "7", true);
  EXPECT_EQ(row_count(), 0u);
  ask_cancellation("1", "7");
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(harness_.timer_count(), 1u);
}

TEST_F(ReferenceStageTest, no_row_holds_personal_data_and_none_is_lost) {
  ask(R"(id: "1" payment_received { payment: "P1" payer_name: "Morel"
         allocations { invoice: "7" } })");
  for (const auto& [key, row] : harness_.rows().all()) EXPECT_THAT(row, Not(HasSubstr("Morel")));
  const auto facts = harness_.take_facts();
  ASSERT_THAT(facts, SizeIs(1));
  EXPECT_EQ(facts[0].fact.topic, "encours.persons");
  EXPECT_TRUE(facts[0].fact.sealed);
  EXPECT_EQ(facts[0].fact.account, "~suspense");
  EXPECT_EQ(facts[0].fact.record, "payment:P1");
  EXPECT_EQ(facts[0].fact.key, "acme/~suspense//payment:P1");
  EXPECT_EQ(facts[0].fact.type, "encours.erp.v1alpha1.ErpEvent");
  EXPECT_EQ(facts[0].as<ErpEvent>().payment_received().payer_name(), "Morel");
}

TEST_F(ReferenceStageTest, after_seven_days_money_is_booked_and_the_rest_refused) {
  ask(R"(id: "1" payment_received { payment: "P1" allocations { invoice: "7" } })");
  ask_cancellation("2", "7");
  harness_.advance(at("2026-02-07T04:59:59Z"));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(refusals_of(harness_), IsEmpty());
  harness_.advance(at("2026-02-07T05:00:01Z"));
  EXPECT_THAT(sent(), ElementsAre("~suspense 1 "));
  EXPECT_THAT(refusals_of(harness_), ElementsAre("reference_unknown invoice_number"));
  EXPECT_EQ(row_count(), 0u);
  enter("C1", "7");
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(ReferenceStageTest, no_more_than_a_thousand_wait) {
  for (int i = 0; i < 1000; ++i) ask_cancellation(std::to_string(i), "7");
  EXPECT_THAT(harness_.take_refusals(), IsEmpty());
  ask_cancellation("last", "7");
  EXPECT_THAT(refusals_of(harness_), ElementsAre("reference_unknown invoice_number"));
  enter("C1", "7");
  EXPECT_THAT(sent(), SizeIs(1000));
  EXPECT_EQ(row_count(), 1u);
}

TEST_F(ReferenceStageTest, references_do_not_meet) {
  enter("C1", "7");
  proto::LookupRecord lookup;
  lookup.mutable_resolve_reference()->set_kind(proto::REFERENCE_KIND_INVOICE_NUMBER);
  lookup.mutable_resolve_reference()->set_reference("77");
  *lookup.mutable_resolve_reference()->mutable_event() =
      event_of(R"(id: "1" invoice_cancelled { invoice: "77" })");
  ASSERT_TRUE(
      harness_.handle(StageHarness::fact_record("acme", "invoice_number/77", now_, "x", lookup)));
  ASSERT_TRUE(
      harness_.handle(StageHarness::fact_record("globex", "invoice_number/7", now_, "y", lookup)));
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(ReferenceStageTest, a_record_without_body_is_poison) {
  const Status done = harness_.handle(
      StageHarness::fact_record("acme", "invoice_number/7", now_, "r1", proto::LookupRecord()));
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().reaction, Reaction::kPoison);
}

}  // namespace
}  // namespace encours::ingestion
