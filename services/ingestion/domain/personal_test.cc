// Goal: no personal field is left in an event, nothing else is lost, and both halves fit together
// again. Method: an event of each shape (field, list of texts, list of messages, nested) written
// as text, with both halves written by hand.
#include "services/ingestion/domain/personal.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;

ErpEvent event_of(const std::string& text) {
  ErpEvent event;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

struct Halves {
  const char* name;
  std::string whole;
  std::string event;
  std::string personal;
};

class Personal : public ::testing::TestWithParam<Halves> {};

TEST_P(Personal, is_taken_out_and_put_back) {
  ErpEvent event = event_of(GetParam().whole);
  const std::string bytes = take_personal(&event);
  ErpEvent personal;
  ASSERT_TRUE(personal.ParseFromString(bytes));
  EXPECT_TRUE(MessageDifferencer::Equals(event, event_of(GetParam().event))) << event.DebugString();
  EXPECT_TRUE(MessageDifferencer::Equals(personal, event_of(GetParam().personal)))
      << personal.DebugString();
  EXPECT_EQ(bytes.empty(), GetParam().personal.empty());
  ASSERT_TRUE(give_personal(bytes, &event));
  EXPECT_TRUE(MessageDifferencer::Equals(event, event_of(GetParam().whole))) << event.DebugString();
}

const std::vector<Halves> kHalves = {
    {"none",
     R"(tenant: "t" id: "1" invoice_issued { number: "F1" lines { id: "1" } })",
     R"(tenant: "t" id: "1" invoice_issued { number: "F1" lines { id: "1" } })",
     ""},
    {"field_of_the_event", R"(id: "1" author: "kb")", R"(id: "1")", R"(author: "kb")"},
    {"field_of_a_message",
     R"(id: "1" customer_upserted { account: "C1" name: "Morel" })",
     R"(id: "1" customer_upserted { account: "C1" })",
     R"(customer_upserted { name: "Morel" })"},
    {"list_of_texts",
     R"(payment_received { payment: "P1" remittance_lines: "a" remittance_lines: "b" })",
     R"(payment_received { payment: "P1" })",
     R"(payment_received { remittance_lines: "a" remittance_lines: "b" })"},
    {"lists_keep_their_places",
     R"(customer_upserted { contacts { id: "1" } contacts { id: "2" email: "a@b.example" }
          bank_accounts { } })",
     R"(customer_upserted { contacts { id: "1" } contacts { id: "2" } bank_accounts { } })",
     R"(customer_upserted { contacts { } contacts { email: "a@b.example" } })"},
    {"nested",
     R"(invoice_issued { seller { address { city: "Lyon" country: "FR" } } note: "x" })",
     R"(invoice_issued { seller { address { country: "FR" } } })",
     R"(invoice_issued { seller { address { city: "Lyon" } } note: "x" })"}};

INSTANTIATE_TEST_SUITE_P(shapes, Personal, ::testing::ValuesIn(kHalves), [](const auto& instance) {
  return instance.param.name;
});

TEST(GivePersonal, refuses_the_half_of_another_event) {
  ErpEvent invoice = event_of(R"(invoice_issued { number: "F1" })");
  EXPECT_FALSE(give_personal(event_of(R"(customer_upserted { name: "Morel" })").SerializeAsString(),
                             &invoice));
  ErpEvent customer = event_of(R"(customer_upserted { contacts { id: "1" } })");
  EXPECT_FALSE(give_personal(
      event_of(R"(customer_upserted { contacts { name: "a" } contacts { name: "b" } })")
          .SerializeAsString(),
      &customer));
  EXPECT_FALSE(give_personal(event_of(R"(tenant: "other")").SerializeAsString(), &customer));
  EXPECT_FALSE(give_personal("\xFF", &customer));
}

}  // namespace
}  // namespace encours::ingestion
