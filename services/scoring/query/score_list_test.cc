// Goal: lists of scores: filter, order, pages over partitions and instances, own accounts only
// where that is the rule. Method: two partitions in memory; expected accounts are written out.
#include "services/scoring/query/score_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/query/testing/list_test.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

using query::testing::MemoryStore;
using ::testing::ElementsAre;

class Scores : public query::testing::ListTest<ScoresMethod> {
 protected:
  Scores() : ListTest(kScoreStage, stream::TenantSetting::CLOCK_MODE_EVENTS) {
    put(left, "C-1", 8'000, "lea");
    put(left, "C-3", 4'200, "max");
    put(right, "C-2", 6'000, "lea");
    put(right, "C-4", 4'200, "lea");
    put(right, "C-5", 1'000, "lea", "other");
    look();
  }
  static void put(MemoryStore& store,
                  const std::string& account,
                  std::int64_t hundredths,
                  const std::string& owner,
                  const std::string& tenant = "acme") {
    api::Score score;
    score.set_account(account);
    score.set_score_hundredths(hundredths);
    score.add_factors()->set_name("payment_index");
    state::PayerRow payer;
    payer.set_owner(owner);
    store.put(KeyWriter().byte(kScoreTable.id).text(tenant).text(account), score);
    store.put(KeyWriter().byte(kPayerTable.id).text(tenant).text(account), payer);
  }
  static std::vector<std::string> accounts(const Response& response) {
    std::vector<std::string> names;
    for (const auto& score : response.scores()) names.push_back(score.account());
    return names;
  }
};

TEST_F(Scores, FilterAndOrder) {
  EXPECT_THAT(accounts(here(request())), ElementsAre("C-1", "C-2", "C-3", "C-4"));
  EXPECT_THAT(accounts(apart(request("", "score_hundredths, account desc"))),
              ElementsAre("C-4", "C-3", "C-2", "C-1"));
  EXPECT_THAT(accounts(here(request("score_hundredths < 5000"))), ElementsAre("C-3", "C-4"));
  EXPECT_EQ(here(request()).total_size(), 4);
}

TEST_F(Scores, PagesGoOnBehindTheLast) {
  auto asked = request("", "score_hundredths", 3);
  const auto first = here(asked);
  EXPECT_THAT(accounts(first), ElementsAre("C-3", "C-4", "C-2"));
  asked.set_page_token(first.next_page_token());
  const auto second = apart(asked);
  EXPECT_THAT(accounts(second), ElementsAre("C-1"));
  EXPECT_TRUE(second.next_page_token().empty());
}

TEST_F(Scores, OwnAccountsOnly) {
  EXPECT_THAT(accounts(here(request(), "max")), ElementsAre("C-3"));
}

}  // namespace
}  // namespace encours::scoring
