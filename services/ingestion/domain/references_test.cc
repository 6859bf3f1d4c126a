// Goal: whose an event is, what it brings and by what it is found, for each kind. Method: a table
// of events with the three answers written by hand.
#include "services/ingestion/domain/references.h"

#include <gtest/gtest.h>

#include "services/ingestion/domain/testing.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {
namespace {

std::string text_of(const Reference& reference) {
  return reference_kind_name(reference.kind) + " " + reference.name + " " + reference.entity;
}

struct Case {
  const char* name;
  std::string event;
  std::string account;
  std::vector<std::string> brought;
  std::string asked;
};

class References : public ::testing::TestWithParam<Case> {};

TEST_P(References, are_read_from_the_event) {
  const auto event = event_of(GetParam().event);
  EXPECT_EQ(account_of(event), GetParam().account);
  std::vector<std::string> brought;
  for (const auto& reference : references_brought_by(event)) brought.push_back(text_of(reference));
  EXPECT_EQ(brought, GetParam().brought);
  const auto asked = reference_to_ask(event);
  EXPECT_EQ(asked ? text_of(*asked) : "", GetParam().asked);
}

const std::vector<Case> kCases = {
    {"nothing", "", "", {}, ""},
    {"customer",
     R"(customer_upserted { account: "C1" structured_reference: "RF1" })",
     "C1",
     {"structured_reference RF1 "},
     ""},
    {"invoice",
     R"(invoice_issued { number: "F1" account: "C1" structured_reference: "RF1"
        instalments { structured_reference: "RF2" } instalments { structured_reference: "RF1" } })",
     "C1",
     {"invoice_number F1 F1", "structured_reference RF1 F1", "structured_reference RF2 F1"},
     ""},
    {"credit_note",
     R"(credit_note_issued { number: "A1" account: "C1" })",
     "C1",
     {"credit_note_number A1 A1"},
     ""},
    {"cancellation", R"(invoice_cancelled { invoice: "F1" })", "", {}, "invoice_number F1 F1"},
    {"payment",
     R"(payment_received { payment: "P1" account: "C1" bank_reference: "B1"
        end_to_end_id: "E1" })",
     "C1",
     {"payment_id P1 P1", "bank_reference B1 P1", "bank_reference E1 P1"},
     ""},
    {"payment_of_invoices",
     R"(payment_received { payment: "P1" end_to_end_id: "NOTPROVIDED"
        structured_reference: "RF1" allocations { accessory_claim: "X" }
        allocations { invoice: "F2" } allocations { invoice: "F3" } })",
     "",
     {"payment_id P1 P1"},
     "invoice_number F2 F2"},
    {"payment_by_reference",
     R"(payment_received { payment: "P1" structured_reference: "RF1" })",
     "",
     {"payment_id P1 P1"},
     "structured_reference RF1 RF1"},
    {"payment_of_nobody", R"(payment_received { payment: "P1" })", "", {"payment_id P1 P1"}, ""},
    {"down_payment",
     R"(down_payment_received { down_payment: "D1" bank_reference: "B1"
        invoice: "F1" })",
     "",
     {"payment_id D1 D1", "bank_reference B1 D1"},
     "invoice_number F1 F1"},
    {"allocation", R"(payment_allocated { payment: "P1" })", "", {}, "payment_id P1 P1"},
    {"allocation_of_credit",
     R"(payment_allocated { credit_note: "A1" })",
     "",
     {},
     "credit_note_number A1 A1"},
    {"allocation_of_down_payment",
     R"(payment_allocated { down_payment: "D1" })",
     "",
     {},
     "payment_id D1 D1"},
    {"reversal",
     R"(allocation_reversed { payment: "P1" invoice: "F1" })",
     "",
     {},
     "payment_id P1 P1"},
    {"rejection",
     R"(payment_rejected { payment: "P1" bank_reference: "B1" })",
     "",
     {},
     "payment_id P1 P1"},
    {"rejection_by_bank",
     R"(payment_rejected { bank_reference: "B1" end_to_end_id: "E1" })",
     "",
     {},
     "bank_reference E1 E1"},
    {"rejection_without_end_to_end",
     R"(payment_rejected { bank_reference: "B1" end_to_end_id: "NOTPROVIDED" })",
     "",
     {},
     "bank_reference B1 B1"},
    {"order", R"(order_placed { order: "O1" account: "C1" })", "C1", {}, ""},
    {"order_invoiced",
     R"(order_invoiced { order: "O1" invoice: "F1" })",
     "",
     {},
     "invoice_number F1 F1"},
    {"term_paper", R"(term_paper_accepted { term_paper: "T1" account: "C1" })", "C1", {}, ""},
    {"dispute",
     R"(dispute_opened { dispute: "L1" invoice: "F1" })",
     "",
     {"dispute_id L1 L1"},
     "invoice_number F1 F1"},
    {"dispute_resolved", R"(dispute_resolved { dispute: "L1" })", "", {}, "dispute_id L1 L1"},
    {"promise",
     R"(promise_recorded { promise: "P1" invoices: "F1" invoices: "F2" })",
     "",
     {"promise_id P1 P1"},
     "invoice_number F1 F1"},
    {"promise_withdrawn",
     R"(promise_recorded { promise: "P1" invoices: "F1" withdrawn: true })",
     "",
     {"promise_id P1 P1"},
     "promise_id P1 P1"},
    {"hold",
     R"(hold_placed { hold: "H1" account: "C1" invoice: "F1" })",
     "C1",
     {"hold_id H1 H1"},
     "invoice_number F1 F1"},
    {"hold_released", R"(hold_released { hold: "H1" })", "", {}, "hold_id H1 H1"},
    {"write_off",
     R"(write_off_recorded { write_off: "W1" invoice: "F1" })",
     "",
     {},
     "invoice_number F1 F1"},
    {"set_off",
     R"(set_off_recorded { set_off: "S1" invoices { invoice: "F1" } })",
     "",
     {},
     "invoice_number F1 F1"},
    {"limit", R"(internal_limit_set { legal_entity: "E1" })", "", {}, ""},
    {"status",
     R"(einvoice_status_changed { invoice: "F1" account: "C1" })",
     "C1",
     {},
     "invoice_number F1 F1"}};

INSTANTIATE_TEST_SUITE_P(events, References, ::testing::ValuesIn(kCases), [](const auto& instance) {
  return instance.param.name;
});

TEST(Keys, name_the_tenant_and_the_entity) {
  EXPECT_EQ(identity_key("acme", "sap", "a/b"), "acme/id/sap/a/b");
  EXPECT_EQ(reference_key("acme", v1alpha1::REFERENCE_KIND_INVOICE_NUMBER, "F1"),
            "acme/invoice_number/F1");
  EXPECT_EQ(ledger_key("acme", "C1"), "acme/C1");
}

}  // namespace
}  // namespace encours::ingestion
