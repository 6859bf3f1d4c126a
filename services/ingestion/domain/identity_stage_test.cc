// Goal: an event is taken once, whatever comes under its id again, and goes to where its account
// is known. Method: the stage harness with events written as text.
#include "services/ingestion/domain/identity_stage.h"

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
using ::testing::SizeIs;

class IdentityStageTest : public ::testing::Test {
 protected:
  void handle(const std::string& text, const std::string& digest = "d1",
              const std::string& refused_letter = "") {
    ErpEvent event = event_of(text);
    proto::LookupRecord lookup;
    lookup.mutable_source()->set_file_name("a.csv");
    lookup.mutable_source()->set_line(3);
    proto::CheckIdentity& check = *lookup.mutable_check_identity();
    check.set_personal(take_personal(&event));
    *check.mutable_event() = event;
    check.set_content_digest(digest);
    check.set_refused_letter(refused_letter);
    ASSERT_TRUE(harness_.handle(StageHarness::fact_record(
        "acme", "id/sap/" + event.id(), at("2026-01-31T05:00:00Z"), "r1", lookup)));
  }

  // "topic key" of each fact since the last call.
  std::vector<std::string> sent() {
    std::vector<std::string> out;
    for (const auto& emitted : harness_.take_facts()) {
      out.push_back(emitted.fact.topic.substr(std::string("encours.ingestion.").size()) + " " +
                    emitted.fact.key);
    }
    return out;
  }

  IdentityStage stage_;
  StageHarness harness_{stage_};
};

constexpr const char* kInvoice =
    R"(id: "1" invoice_issued { number: "00F 1" account: "C1" structured_reference: "RF1"
                               note: "x" })";

TEST_F(IdentityStageTest, a_new_event_goes_to_its_ledger_and_registers_what_it_brings) {
  handle(kInvoice);
  const auto ledger = harness_.bodies<proto::LedgerRecord>("encours.ingestion.ledger");
  ASSERT_THAT(ledger, SizeIs(1));
  EXPECT_EQ(ledger[0].account(), "C1");
  EXPECT_EQ(ledger[0].event().invoice_issued().number(), "00F 1");
  EXPECT_EQ(ledger[0].event().invoice_issued().note(), "");
  EXPECT_THAT(ledger[0].personal(), HasSubstr("x"));
  EXPECT_EQ(ledger[0].content_digest(), "d1");
  EXPECT_EQ(ledger[0].source().line(), 3);
  EXPECT_FALSE(ledger[0].has_matched_by());
  const auto entries = harness_.bodies<proto::LookupRecord>("encours.ingestion.reference");
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[0].register_reference().kind(), proto::REFERENCE_KIND_INVOICE_NUMBER);
  EXPECT_EQ(entries[0].register_reference().reference(), "F1");
  EXPECT_EQ(entries[0].register_reference().account(), "C1");
  EXPECT_EQ(entries[0].register_reference().entity(), "00F 1");
  EXPECT_EQ(entries[1].register_reference().entity(), "00F 1");
  EXPECT_THAT(sent(),
              ElementsAre("ledger acme/C1",
                          "reference acme/invoice_number/F1",
                          "reference acme/structured_reference/RF1"));
}

TEST_F(IdentityStageTest, the_same_content_again_changes_nothing) {
  handle(kInvoice);
  const auto rows = harness_.rows().all();
  ASSERT_THAT(rows, SizeIs(1));
  sent();
  handle(kInvoice);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(harness_.take_refusals(), IsEmpty());
  EXPECT_EQ(harness_.rows().all(), rows);
}

TEST_F(IdentityStageTest, other_content_is_a_conflict_and_the_first_stands) {
  handle(kInvoice);
  const auto rows = harness_.rows().all();
  sent();
  handle(R"(id: "1" invoice_issued { number: "F2" account: "C1" note: "Morel" })", "d2");
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(harness_.rows().all(), rows);
  const auto refusals = harness_.take_refusals();
  ASSERT_THAT(refusals, SizeIs(1));
  EXPECT_EQ(refusals[0].error.code, "conflicting_duplicate");
  EXPECT_EQ(refusals[0].error.field, "id");
  EXPECT_THAT(refusals[0].original, HasSubstr(R"("number":"F2")"));
  EXPECT_THAT(refusals[0].original, HasSubstr("Morel"));
  EXPECT_EQ(refusals[0].position.line(), 3);
  handle(kInvoice);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(IdentityStageTest, a_replay_of_what_was_refused_later_passes_once_for_each_letter) {
  handle(kInvoice);
  sent();
  handle(kInvoice, "d1", "letter-1");  // As it was, after what it needs has come.
  EXPECT_THAT(sent(), SizeIs(3));
  handle(kInvoice, "d2", "letter-1");
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(harness_.take_refusals(), SizeIs(1));
  handle(kInvoice, "d3", "letter-2");
  EXPECT_THAT(sent(), SizeIs(3));
  handle(kInvoice, "d3");  // What stands now is the content of the replay.
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(harness_.take_refusals(), IsEmpty());
  handle(kInvoice, "d1");
  EXPECT_THAT(harness_.take_refusals(), SizeIs(1));
}

TEST_F(IdentityStageTest, ids_of_two_events_do_not_meet) {
  handle(kInvoice);
  sent();
  handle(R"(id: "2" invoice_issued { number: "F2" account: "C1" })", "d2");
  EXPECT_THAT(sent(), ElementsAre("ledger acme/C1", "reference acme/invoice_number/F2"));
  EXPECT_THAT(harness_.rows().all(), SizeIs(2));
}

TEST_F(IdentityStageTest, an_event_without_account_is_looked_up) {
  handle(R"(id: "1" payment_received { payment: "P1" payer_name: "Morel"
            allocations { invoice: "00F 1" } })");
  const auto questions = harness_.bodies<proto::LookupRecord>("encours.ingestion.reference");
  ASSERT_THAT(questions, SizeIs(1));
  const auto& resolve = questions[0].resolve_reference();
  EXPECT_EQ(resolve.kind(), proto::REFERENCE_KIND_INVOICE_NUMBER);
  EXPECT_EQ(resolve.reference(), "F1");
  EXPECT_EQ(resolve.event().payment_received().payment(), "P1");
  EXPECT_EQ(resolve.event().payment_received().payer_name(), "");
  EXPECT_THAT(resolve.personal(), HasSubstr("Morel"));
  EXPECT_EQ(resolve.content_digest(), "d1");
  EXPECT_EQ(questions[0].source().line(), 3);
  EXPECT_THAT(sent(), ElementsAre("reference acme/invoice_number/F1"));
}

TEST_F(IdentityStageTest, money_of_nobody_goes_to_the_suspense_account) {
  handle(R"(id: "1" payment_received { payment: "P1" })");
  EXPECT_THAT(sent(), ElementsAre("ledger acme/~suspense"));
}

TEST_F(IdentityStageTest, a_record_that_asks_for_nothing_is_poison) {
  const Status done = harness_.handle(StageHarness::fact_record(
      "acme", "id/sap/1", at("2026-01-31T05:00:00Z"), "r1", proto::LookupRecord()));
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().reaction, Reaction::kPoison);
}

}  // namespace
}  // namespace encours::ingestion
