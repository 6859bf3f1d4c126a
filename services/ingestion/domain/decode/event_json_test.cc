// Goal: an event is read whole or each field that stops it is named, and no value is quoted in a
// message. Method: tables of JSON texts with the expected code and field; bytes made by hand for
// Protobuf (field numbers as in the contract).
#include "services/ingestion/domain/decode/event_json.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// "code field" of each error.
std::vector<std::string> codes(const std::vector<Error>& errors) {
  std::vector<std::string> out;
  for (const auto& error : errors) out.push_back(error.code + " " + error.field);
  return out;
}

TEST(EventFromJson, reads_both_spellings_of_names) {
  const auto decoded = event_from_json(R"({
    "source": "sap-fr", "id": "F1", "occurredOn": {"year": 2026, "month": 1, "day": 31},
    "invoice_issued": {"number": "F1", "account": "C1",
      "gross_amount": {"currency_code": "EUR", "minor": "12050"},
      "taxBreakdown": [{"category": "S", "ratePercent": {"unscaled": 20}}]}})");
  EXPECT_THAT(decoded.errors, IsEmpty());
  EXPECT_TRUE(decoded.readable);
  EXPECT_EQ(decoded.event.source(), "sap-fr");
  EXPECT_EQ(decoded.event.occurred_on().day(), 31);
  EXPECT_EQ(decoded.event.invoice_issued().gross_amount().minor(), 12050);
  EXPECT_EQ(decoded.event.invoice_issued().tax_breakdown(0).rate_percent().unscaled(), 20);
}

TEST(EventFromJson, keeps_large_amounts_exact) {
  const auto decoded = event_from_json(
      R"({"paymentReceived": {"amount": {"currencyCode": "EUR", "minor": 9007199254740993}}})");
  ASSERT_THAT(decoded.errors, IsEmpty());
  EXPECT_EQ(decoded.event.payment_received().amount().minor(), 9007199254740993);
}

struct BadJson {
  const char* name;
  std::string json;
  std::vector<std::string> expected;
};

class Refused : public ::testing::TestWithParam<BadJson> {};

TEST_P(Refused, with_code_and_field) {
  const auto decoded = event_from_json(GetParam().json);
  EXPECT_EQ(codes(decoded.errors), GetParam().expected);
  for (const auto& error : decoded.errors) {
    EXPECT_THAT(error.message, Not(HasSubstr("Morel")));
    EXPECT_FALSE(error.message.empty());
  }
}

const std::vector<BadJson> kBadJson = {
    {"empty", "", {"unreadable_json "}},
    {"cut", R"({"id": "Morel)", {"unreadable_json "}},
    {"text_behind", R"({} Morel)", {"unreadable_json "}},
    {"list", R"([{"id": "1"}])", {"unreadable_json "}},
    {"null_value", "null", {"unreadable_json "}},
    {"number", "12", {"unreadable_json "}},
    {"no_utf8", "{\"id\": \"caf\xE9\"}", {"invalid_utf8 "}},
    {"lone_surrogate", R"({"id": "\ud800"})", {"unreadable_json "}},
    {"unknown", R"({"id": "1", "nmae": "Morel"})", {"unknown_field nmae"}},
    {"unknown_deep",
     R"({"invoiceIssued": {"taxBreakdown": [{}, {"categry": "S"}], "nubmer": "Morel"}})",
     {"unknown_field invoice_issued.nubmer",
      "unknown_field invoice_issued.tax_breakdown[1].categry"}},
    {"text_for_object", R"({"invoiceIssued": "Morel"})", {"wrong_type invoice_issued"}},
    {"text_for_date", R"({"occurredOn": "2026-01-31"})", {"wrong_type occurred_on"}},
    {"day_for_instant", R"({"occurredAt": "2026-01-31"})", {"wrong_type occurred_at"}},
    {"number_for_text", R"({"id": 7})", {"wrong_type id"}},
    {"object_for_list",
     R"({"customerUpserted": {"contacts": "Morel"}})",
     {"wrong_type customer_upserted.contacts"}},
    {"float_for_minor",
     R"({"paymentReceived": {"amount": {"minor": 12.5}}})",
     {"wrong_type payment_received.amount.minor"}},
    {"text_for_minor",
     R"({"paymentReceived": {"amount": {"minor": "12,50"}}})",
     {"wrong_type payment_received.amount.minor"}},
    {"text_for_flag", R"({"inferred": "Morel"})", {"wrong_type inferred"}},
    {"unknown_enum",
     R"({"paymentReceived": {"means": "PAYPAL"}})",
     {"unknown_value payment_received.means"}},
    {"two_events",
     R"({"invoiceIssued": {}, "paymentReceived": {}})",
     {"unknown_value payment_received"}},
    {"all_at_once",
     R"({"id": 7, "foo": 1, "inferred": 0})",
     {"unknown_field foo", "wrong_type id", "wrong_type inferred"}}};

INSTANTIATE_TEST_SUITE_P(json, Refused, ::testing::ValuesIn(kBadJson), [](const auto& instance) {
  return instance.param.name;
});

TEST(EventFromJson, suggests_the_name_that_was_meant) {
  const auto decoded = event_from_json(R"({"invoiceIssued": {"duedate": {}}})");
  ASSERT_EQ(decoded.errors.size(), 1u);
  EXPECT_THAT(decoded.errors[0].message, HasSubstr("Did you mean due_date?"));
}

TEST(EventFromJson, what_has_unknown_fields_only_is_read_for_further_checks) {
  const auto decoded = event_from_json(R"({"id": "1", "foo": 1})");
  EXPECT_TRUE(decoded.readable);
  EXPECT_EQ(decoded.event.id(), "1");
  EXPECT_FALSE(event_from_json(R"({"id": 1, "foo": 1})").readable);
}

TEST(EventFromJson, refuses_what_is_too_large_or_too_deep) {
  EXPECT_THAT(codes(event_from_json(std::string(kMaxEventBytes + 1, ' ')).errors),
              ElementsAre("record_too_large "));
  EXPECT_THAT(codes(event_from_json(std::string(100'000, '[')).errors),
              ElementsAre("unreadable_json "));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += R"({"a":)";
  EXPECT_THAT(codes(event_from_json(deep).errors), ElementsAre("unreadable_json "));
}

TEST(EventFromProtobuf, reads_what_was_written) {
  // tenant (1) "t", id (3) "7", invoice_issued (21) { number (1) "F" }.
  const auto decoded = event_from_protobuf(
      "\x0A\x01t\x1A\x01"
      "7\xAA\x01\x03\x0A\x01"
      "F");
  EXPECT_THAT(decoded.errors, IsEmpty());
  EXPECT_TRUE(decoded.readable);
  EXPECT_EQ(decoded.event.tenant(), "t");
  EXPECT_EQ(decoded.event.id(), "7");
  EXPECT_EQ(decoded.event.invoice_issued().number(), "F");
}

TEST(EventFromProtobuf, names_unknown_fields_by_number) {
  // Field 99 (key 0x98 0x06) at the top and in tax_breakdown (12) of the invoice.
  EXPECT_THAT(codes(event_from_protobuf(std::string("\x98\x06\x01", 3)).errors),
              ElementsAre("unknown_field #99"));
  EXPECT_THAT(codes(event_from_protobuf(std::string("\xAA\x01\x05\x62\x03\x98\x06\x01", 8)).errors),
              ElementsAre("unknown_field invoice_issued.tax_breakdown[0].#99"));
}

TEST(EventFromProtobuf, refuses_what_is_none) {
  EXPECT_THAT(codes(event_from_protobuf("\xFF\xFF\xFF").errors),
              ElementsAre("unreadable_protobuf "));
  // A text that is no UTF-8.
  EXPECT_THAT(codes(event_from_protobuf("\x1A\x01\xE9").errors),
              ElementsAre("unreadable_protobuf "));
  EXPECT_THAT(codes(event_from_protobuf(std::string(kMaxEventBytes + 1, '\0')).errors),
              ElementsAre("record_too_large "));
  EXPECT_THAT(event_from_protobuf("").errors, IsEmpty());
}

TEST(EventToJson, is_read_back_as_the_same_event) {
  ErpEvent event;
  event.set_id("1");
  event.mutable_changed_at()->set_seconds(1'700'000'000);
  auto& payment = *event.mutable_payment_received();
  payment.mutable_amount()->set_minor(9007199254740993);
  payment.add_remittance_lines("café \"x\"\n");
  const std::string json = event_to_json(event);
  EXPECT_THAT(json, HasSubstr("\"payment_received\""));
  const auto decoded = event_from_json(json);
  ASSERT_THAT(decoded.errors, IsEmpty());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(decoded.event, event));
}

}  // namespace
}  // namespace encours::ingestion
