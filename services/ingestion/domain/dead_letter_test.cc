// Goal: a dead letter tells a person what was wrong and holds all that a replay needs. Method:
// refusals of each shape, looked at field by field.
#include "services/ingestion/domain/dead_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/ingestion/domain/personal.h"
#include "services/ingestion/domain/testing.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

InboxRecord row() {
  InboxRecord record;
  record.set_door(proto::DOOR_FILE_CSV);
  record.set_content_type("Text/CSV; charset=utf-8");
  record.set_original("F1,\xFF");
  record.set_header("number,customer");
  record.set_mapping("m");
  record.set_default_source("sage");
  record.set_proved_tenant("acme");
  record.mutable_source()->set_file_name("a.csv");
  record.mutable_source()->set_line(7);
  record.mutable_source()->set_import_id("i1");
  return record;
}

const std::vector<Error> kErrors = {refused("unknown_currency", "currency", "Give a currency."),
                                    refused("invalid_date", "due", "Give a day."),
                                    refused("column_count", "", "Too few.")};

TEST(DeadLetter, holds_the_record_as_it_came) {
  const auto refusal = refusal_of(row(), kErrors);
  EXPECT_EQ(refusal.error.code, "unknown_currency");
  EXPECT_EQ(refusal.error.field, "currency");
  EXPECT_EQ(refusal.error.message, "Give a currency. Also: invalid_date (due), column_count");
  EXPECT_EQ(refusal.original, "F1,\xFF");
  EXPECT_EQ(refusal.door, "DOOR_FILE_CSV");
  EXPECT_EQ(refusal.content_type, "text/csv");
  EXPECT_EQ(refusal.tenant, "acme");
  EXPECT_EQ(refusal.position.file_name(), "a.csv");
  EXPECT_EQ(refusal.position.line(), 7);
  EXPECT_EQ(refusal.position.import_id(), "i1");
  EXPECT_THAT(
      refusal.decoder_hints,
      ElementsAre(
          Pair("header", "number,customer"), Pair("mapping", "m"), Pair("default_source", "sage")));
}

TEST(DeadLetter, of_a_record_that_was_too_large) {
  InboxRecord record = row();
  record.clear_original();
  record.mutable_finding()->set_head("F1,");
  record.mutable_finding()->set_original_size_bytes(20971520);
  record.mutable_finding()->set_original_sha256("ab");
  const auto refusal = refusal_of(record, {refused("record_too_large", "", "Split it.")});
  EXPECT_EQ(refusal.original, "F1,");
  EXPECT_EQ(refusal.original_size, 20971520);
  EXPECT_EQ(refusal.original_sha256, "ab");
}

// The hints as they stand in the letter's record.
DeadLetter letter_with(const std::vector<std::pair<std::string, std::string>>& hints) {
  DeadLetter letter;
  for (const auto& [name, value] : hints) {
    auto* hint = letter.add_decoder_hints();
    hint->set_name(name);
    hint->set_value(value);
  }
  // A text that is no UTF-8 would make a letter that can't be read again.
  DeadLetter read;
  EXPECT_TRUE(read.ParseFromString(letter.SerializeAsString()));
  return read;
}

TEST(DeadLetter, a_header_of_an_old_encoding_survives) {
  InboxRecord record = row();
  record.set_header(
      "Pi\xE8"
      "ce;\x01");
  EXPECT_THAT(hints_of(record), ::testing::Contains(Pair("header_hex", "5069e863653b01")));
  EXPECT_EQ(header_of(letter_with(hints_of(record))),
            "Pi\xE8"
            "ce;\x01");
  EXPECT_EQ(header_of(letter_with(hints_of(row()))), "number,customer");
  EXPECT_EQ(header_of(DeadLetter()), "");
}

TEST(DeadLetter, hints_do_not_pile_up_with_replays) {
  InboxRecord record = row();
  for (const auto& [name, value] : hints_of(record)) {
    auto* hint = record.add_decoder_hints();
    hint->set_name(name);
    hint->set_value(value);
  }
  auto* own = record.add_decoder_hints();
  own->set_name("ce-type");
  own->set_value("x");
  EXPECT_THAT(hints_of(record),
              ElementsAre(Pair("header", "number,customer"),
                          Pair("mapping", "m"),
                          Pair("default_source", "sage"),
                          Pair("ce-type", "x")));
}

TEST(DeadLetter, of_an_event_is_that_event_with_its_personal_fields) {
  ErpEvent event = event_of(R"(id: "1" payment_received { payment: "P1" payer_name: "Morel" })");
  const std::string personal = take_personal(&event);
  const auto refusal = refusal_of(event, personal, row().source(), kErrors.front());
  EXPECT_EQ(refusal.tenant, "acme");
  EXPECT_EQ(refusal.content_type, "application/json");
  EXPECT_EQ(refusal.door, "DOOR_FILE_JSON");
  EXPECT_EQ(refusal.position.line(), 7);
  EXPECT_THAT(refusal.original, HasSubstr(R"("payer_name":"Morel")"));
  EXPECT_THAT(refusal.original, HasSubstr(R"("source":"sap")"));
}

}  // namespace
}  // namespace encours::ingestion
