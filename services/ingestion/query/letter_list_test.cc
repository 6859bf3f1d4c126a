// Goal: lists of dead letters: order, filter, pages that neither repeat nor skip, over partitions
// and instances; what an answer covers; and what is refused. Method: two partitions in memory with
// letters by hand; expected ids are written out.
#include "services/ingestion/query/letter_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/query/testing/list_test.h"
#include "services/ingestion/domain/letters_stage.h"

namespace encours::ingestion {
namespace {

using encours::state::v1alpha1::DeadLetterRow;
using query::testing::MemoryStore;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Instant at(const std::string& text) { return Instant::parse(text).value(); }

// A store whose reads fail: what it finds is nothing.
class BrokenSnapshot final : public Snapshot {
 public:
  std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
  void scan(std::string_view, std::string_view, const Visitor&) const override {}
  Status status() const override { return error(Reaction::kCorrupted, "store_read", "Bad block."); }
  std::int64_t changelog_next_offset() const override { return 0; }
};

class Letters : public query::testing::ListTest<LettersMethod> {
 protected:
  Letters() : ListTest(kLettersStage, stream::TenantSetting::CLOCK_MODE_EVENTS) {}

  static void put(MemoryStore& store,
                  const std::string& id,
                  const std::string& recorded_at,
                  const std::string& code,
                  const std::string& tenant = "acme") {
    DeadLetterRow row;
    auto& letter = *row.mutable_letter();
    letter.mutable_envelope()->set_tenant(tenant);
    letter.mutable_envelope()->set_id(id);
    stream::set_timestamp(at(recorded_at), letter.mutable_envelope()->mutable_recorded_at());
    letter.set_stage("inbox");
    letter.set_code(code);
    letter.set_original("personal bytes");
    store.put(KeyWriter().byte(kLetters.id).text(tenant).text(id), row);
  }
  void SetUp() override {
    put(left, "d1", "2026-01-01T10:00:00Z", "unknown_currency");
    put(left, "d2", "2026-01-03T10:00:00Z", "bad_date");
    put(left, "d3", "2026-01-02T10:00:00Z", "unknown_currency");
    put(right, "d4", "2026-01-03T10:00:00Z", "unknown_currency");
    put(right, "d5", "2026-01-01T09:00:00Z", "bad_date");
    put(right, "d6", "2026-01-09T10:00:00Z", "bad_date", "other");
    put(right, "d7", "2026-01-09T10:00:00Z", "tenant_not_open", "closed");
    look();
  }
};

TEST_F(Letters, TheNewestFirstAndById) {
  for (const auto& response : {here(request()), apart(request())}) {
    EXPECT_THAT(ids(response), ElementsAre("d2", "d4", "d3", "d1", "d5"));
    EXPECT_EQ(response.total_size(), 5);
    EXPECT_EQ(response.next_page_token(), "");
    EXPECT_EQ(response.dead_letters(0).refusal().code(), "bad_date");
    // The bytes are for who asks for one letter.
    EXPECT_EQ(response.dead_letters(0).original(), "");
  }
}

TEST_F(Letters, ByFilterAndOrder) {
  expect_list("refusal.code = \"bad_date\"", "", {"d2", "d5"});
  expect_list("state = OPEN AND refusal.code = \"unknown_currency\"", "id", {"d1", "d3", "d4"});
  expect_list("state = REPLAYED", "", {});
  expect_list("", "refusal.code, id desc", {"d5", "d2", "d4", "d3", "d1"});
}

TEST_F(Letters, PagesNeitherRepeatNorSkip) { expect_pages({"d2", "d4", "d3", "d1", "d5"}); }

TEST_F(Letters, RefusalsNameTheirField) { expect_refusals("state = OPEN", "id"); }

TEST_F(Letters, TheAnswerStandsWhereItsSlowestPartitionStands) {
  left.tick(kLettersStage, "tenant/acme", at("2026-02-02T00:00:00Z"));
  look();
  EXPECT_EQ(here(request()).coverage().position().clock(), "tenant/acme");
  EXPECT_FALSE(here(request()).coverage().position().has_instant());
  right.tick(kLettersStage, "tenant/acme", at("2026-02-01T00:00:00Z"));
  look();
  for (const auto& response : {here(request()), apart(request())}) {
    const auto& coverage = response.coverage();
    EXPECT_EQ(stream::to_instant(coverage.position().instant()), at("2026-02-01T00:00:00Z"));
    EXPECT_EQ(coverage.partition_count(), 2);
    EXPECT_THAT(coverage.missing_partitions(), IsEmpty());
  }
  const auto half =
      LetterList::prepare(request(), {})->answer(context({{0, left_rows.get()}})).value();
  EXPECT_THAT(half.coverage().missing_partitions(), ElementsAre(1));
  EXPECT_EQ(half.coverage().missing_ppm(), 500'000);
}

// That it is not open is why its records were refused.
TEST_F(Letters, OfATenantThatIsNotOpen) {
  auto asked = request();
  asked.set_tenant("closed");
  const auto response = here(asked);
  EXPECT_THAT(ids(response), ElementsAre("d7"));
  EXPECT_EQ(response.coverage().position().clock(), "wall");
}

TEST_F(Letters, AFailedReadIsNoEmptyList) {
  const BrokenSnapshot broken;
  const auto answer = LetterList::prepare(request(), {})->answer(context({{0, &broken}}));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.failure().code, "store_read");
}

TEST_F(Letters, NobodyOwnsALetter) {
  EXPECT_THAT(here(request(), "an erp").dead_letters(), SizeIs(5));
}

}  // namespace
}  // namespace encours::ingestion
