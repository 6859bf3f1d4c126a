// Goal: a letter is kept once, and its replay brings to the inbox what its door had, with what the
// person changed. Method: letters and commands through the stage harness.
#include "services/ingestion/domain/letters_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "encours/ingestion/v1alpha1/inbox.pb.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/ingestion/domain/dead_letter.h"
#include "services/ingestion/domain/testing.h"

namespace encours::ingestion {
namespace {

namespace api = encours::ingestion::v1alpha1;
using stream::testing::StageHarness;
using ::testing::SizeIs;

class LettersStageTest : public ::testing::Test {
 protected:
  static DeadLetter letter(const std::string& stage) {
    DeadLetter letter;
    letter.mutable_envelope()->set_tenant("acme");
    letter.mutable_envelope()->set_id("l1");
    letter.set_stage(stage);
    letter.set_door("DOOR_FILE_CSV");
    letter.set_content_type("text/csv");
    letter.set_original("F1;C1;ten");
    letter.set_original_size(9);
    add_hint("header_hex", "e9", &letter);
    add_hint("mapping", "m-1", &letter);
    add_hint("default_source", "sap", &letter);
    return letter;
  }

  static void add_hint(const std::string& name, const std::string& value, DeadLetter* letter) {
    auto* hint = letter->add_decoder_hints();
    hint->set_name(name);
    hint->set_value(value);
  }

  void keep(const DeadLetter& letter) {
    stream::Record record;
    record.kind = stream::RecordKind::kFact;
    record.at = at("2026-01-31T05:00:00Z");
    record.key = "acme/l1";
    record.envelope.set_tenant("acme");
    record.value = letter.SerializeAsString();
    ASSERT_TRUE(harness_.handle(record));
  }

  // The code of a refusal, or nothing.
  std::string replay(const api::ReplayDeadLettersRequest& changes = {}) {
    api::ReplayDeadLettersRequest request = changes;
    request.add_ids("l1");
    stream::Record record;
    record.kind = stream::RecordKind::kCommand;
    record.at = at("2026-02-01T05:00:00Z");
    record.key = "acme/l1";
    record.envelope.set_tenant("acme");
    record.envelope.set_actor("user:ada");
    record.command.set_type(request.GetDescriptor()->full_name());
    record.command.set_body(request.SerializeAsString());
    EXPECT_TRUE(harness_.handle(record));
    const Status& status = harness_.last_reply()->status;
    return status.ok() ? "" : status.failure().code;
  }

  api::InboxRecord sent() {
    const auto records = harness_.bodies<api::InboxRecord>("encours.inbox");
    EXPECT_THAT(records, SizeIs(1));
    harness_.take_facts();
    return records.empty() ? api::InboxRecord() : records.front();
  }

  LettersStage stage_;
  StageHarness harness_{stage_};
};

TEST_F(LettersStageTest, a_replay_brings_back_what_the_door_had) {
  keep(letter("inbox"));
  EXPECT_EQ(replay(), "");
  const auto record = sent();
  EXPECT_EQ(record.door(), api::DOOR_FILE_CSV);
  EXPECT_EQ(record.original(), "F1;C1;ten");
  EXPECT_EQ(record.header(), "\xE9") << "a header of an older encoding, kept as digits";
  EXPECT_EQ(record.mapping(), "m-1");
  EXPECT_EQ(record.default_source(), "sap");
  EXPECT_EQ(record.proved_tenant(), "acme");
  EXPECT_EQ(record.replays(), "l1");
  EXPECT_EQ(hint_of(record, kRefusedLetterHint), "") << "its id was never seen";
}

TEST_F(LettersStageTest, a_replay_takes_corrected_bytes_and_another_mapping) {
  keep(letter("inbox"));
  api::ReplayDeadLettersRequest changes;
  changes.set_corrected_original("F1;C1;10");
  changes.set_mapping_name("m-2");
  EXPECT_EQ(replay(changes), "");
  const auto record = sent();
  EXPECT_EQ(record.original(), "F1;C1;10");
  EXPECT_EQ(record.mapping(), "m-2");
}

TEST_F(LettersStageTest, what_was_refused_behind_identity_says_so_through_further_replays) {
  auto refused_late = letter("ledger");
  add_hint(kEventHint, "sap/1", &refused_late);
  add_hint(kRefusedLetterHint, "l0", &refused_late);
  keep(refused_late);
  EXPECT_EQ(replay(), "");
  const auto record = sent();
  EXPECT_EQ(hint_of(record, kEventHint), "sap/1");
  EXPECT_EQ(hint_of(record, kRefusedLetterHint), "l1");
}

TEST_F(LettersStageTest, the_same_refusal_again_keeps_what_became_of_the_first) {
  keep(letter("inbox"));
  EXPECT_EQ(replay(), "");
  const auto rows = harness_.rows().all();
  keep(letter("inbox"));
  EXPECT_EQ(harness_.rows().all(), rows);
}

TEST_F(LettersStageTest, what_can_not_be_replayed_is_refused) {
  EXPECT_EQ(replay(), "unknown_dead_letter");
  auto large = letter("inbox");
  large.set_original_size(20'000'000);
  keep(large);
  EXPECT_EQ(replay(), "not_replayable");
}

}  // namespace
}  // namespace encours::ingestion
