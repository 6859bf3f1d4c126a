// Goal: lists of dead letters: order, filter, pages that neither repeat nor skip, over partitions
// and instances; what an answer covers; and what is refused. Method: two partitions in memory with
// letters by hand; expected ids are written out.
#include "services/ingestion/query/letter_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/query/testing/memory_store.h"
#include "services/ingestion/domain/letters_stage.h"

namespace encours::ingestion {
namespace {

using encours::state::v1alpha1::DeadLetterRow;
using query::testing::MemoryStore;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Request = LettersMethod::Request;
using Response = LettersMethod::Response;

Instant at(const std::string& text) { return Instant::parse(text).value(); }

// A store whose reads fail: what it finds is nothing.
class BrokenSnapshot final : public Snapshot {
 public:
  std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
  void scan(std::string_view, std::string_view, const Visitor&) const override {}
  Status status() const override { return error(Reaction::kCorrupted, "store_read", "Bad block."); }
  std::int64_t changelog_next_offset() const override { return 0; }
};

struct Letters : ::testing::Test {
  MemoryStore left, right;
  std::unique_ptr<Snapshot> left_rows, right_rows;
  stream::SettingsTable settings;

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
    settings.add(
        query::testing::tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_EVENTS));
    put(left, "d1", "2026-01-01T10:00:00Z", "unknown_currency");
    put(left, "d2", "2026-01-03T10:00:00Z", "bad_date");
    put(left, "d3", "2026-01-02T10:00:00Z", "unknown_currency");
    put(right, "d4", "2026-01-03T10:00:00Z", "unknown_currency");
    put(right, "d5", "2026-01-01T09:00:00Z", "bad_date");
    put(right, "d6", "2026-01-09T10:00:00Z", "bad_date", "other");
    put(right, "d7", "2026-01-09T10:00:00Z", "tenant_not_open", "closed");
    look();
  }
  void look() {
    left_rows = left.snapshot();
    right_rows = right.snapshot();
  }
  static Request request(const std::string& filter = "",
                         const std::string& order_by = "",
                         int page_size = 0) {
    Request asked;
    asked.set_tenant("acme");
    asked.set_filter(filter);
    asked.set_order_by(order_by);
    asked.set_page_size(page_size);
    return asked;
  }
  query::QueryContext context(const std::vector<query::PartitionRows>& partitions) const {
    return {partitions, 2, kLettersStage, &settings, {}};
  }
  // One instance has both partitions.
  Response here(const Request& asked) const {
    return LetterList::prepare(asked, {})
        ->answer(context({{0, left_rows.get()}, {1, right_rows.get()}}))
        .value();
  }
  // Each partition is on an instance of its own.
  Response apart(const Request& asked) const {
    const auto list = LetterList::prepare(asked, {}).value();
    const auto answer = [&](std::int32_t partition, const auto& rows) {
      return list.answer(context({{partition, rows.get()}})).value();
    };
    return list.merge({answer(0, left_rows), answer(1, right_rows)}).value();
  }
  static std::vector<std::string> ids(const Response& response) {
    std::vector<std::string> out;
    for (const auto& letter : response.dead_letters()) out.push_back(letter.id());
    return out;
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
  const struct {
    const char* filter;
    const char* order_by;
    std::vector<std::string> expected;
  } cases[] = {
      {"refusal.code = \"bad_date\"", "", {"d2", "d5"}},
      {"state = OPEN AND refusal.code = \"unknown_currency\"", "id", {"d1", "d3", "d4"}},
      {"state = REPLAYED", "", {}},
      {"", "refusal.code, id desc", {"d5", "d2", "d4", "d3", "d1"}},
  };
  for (const auto& [filter, order_by, expected] : cases) {
    SCOPED_TRACE(std::string(filter) + " by " + order_by);
    for (const auto& response :
         {here(request(filter, order_by)), apart(request(filter, order_by))}) {
      EXPECT_EQ(ids(response), expected);
      EXPECT_EQ(response.total_size(), static_cast<std::int64_t>(expected.size()));
    }
  }
}

TEST_F(Letters, PagesNeitherRepeatNorSkip) {
  for (int size = 1; size <= 6; ++size) {
    for (const bool from_two : {false, true}) {
      SCOPED_TRACE(std::to_string(size) + (from_two ? " from two" : " from one"));
      auto asked = request("", "", size);
      std::vector<std::string> all;
      int pages = 0;
      do {
        const auto response = from_two ? apart(asked) : here(asked);
        EXPECT_LE(response.dead_letters_size(), size);
        EXPECT_EQ(response.total_size(), 5);
        for (const auto& id : ids(response)) all.push_back(id);
        asked.set_page_token(response.next_page_token());
      } while (!asked.page_token().empty() && ++pages < 10);
      EXPECT_THAT(all, ElementsAre("d2", "d4", "d3", "d1", "d5"));
    }
  }
}

TEST_F(Letters, RefusalsNameTheirField) {
  auto of_another_query = request("state = OPEN", "", 1);
  of_another_query.set_page_token(here(request("", "", 1)).next_page_token());
  auto of_another_order = request("", "id", 1);
  of_another_order.set_page_token(here(request("", "", 1)).next_page_token());
  auto of_another_tenant = request("", "", 1);
  of_another_tenant.set_page_token(here(of_another_tenant).next_page_token());
  of_another_tenant.set_tenant("other");
  auto rubbish = request();
  rubbish.set_page_token("*");
  const std::vector<std::tuple<Request, std::string, std::string>> cases = {
      {request("colour = red"), "unknown_field", "filter"},
      {request("", "colour"), "unknown_field", "order_by"},
      {request("", "", -1), "invalid_page_size", "page_size"},
      {rubbish, "invalid_page_token", "page_token"},
      {of_another_query, "page_token_of_another_query", "page_token"},
      {of_another_order, "page_token_of_another_query", "page_token"},
      {of_another_tenant, "page_token_of_another_query", "page_token"},
  };
  for (const auto& [asked, code, field] : cases) {
    SCOPED_TRACE(code + " " + field);
    const auto list = LetterList::prepare(asked, {});
    ASSERT_FALSE(list.ok());
    EXPECT_EQ(list.failure().reaction, Reaction::kRefused);
    EXPECT_EQ(list.failure().code, code);
    EXPECT_EQ(list.failure().field, field);
  }
}

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
  const auto list = LetterList::prepare(request(), "an erp").value();
  query::QueryContext hers = context({{0, left_rows.get()}, {1, right_rows.get()}});
  hers.only_owner = "an erp";
  EXPECT_THAT(list.answer(hers)->dead_letters(), SizeIs(5));
}

}  // namespace
}  // namespace encours::ingestion
