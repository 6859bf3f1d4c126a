// Goal: a score is explained by the invoices that count, the newest first, at most 200, to those
// who may see the customer. Method: rows of one partition in memory, made by the stages.
#include "services/scoring/query/explain.h"

#include "common/query/testing/memory_store.h"
#include "services/scoring/domain/facts_test.h"

namespace encours::scoring {
namespace {

using testing::account_changed;
using testing::Chain;
using testing::during;
using testing::on;

struct Explain : ::testing::Test {
  Explain() {
    settings.add(
        query::testing::tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_EVENTS));
    chain.take(account_changed("C-1", "", "lea"), during(day));
  }

  Result<api::ExplainScoreResponse> ask(const std::string& account,
                                        const std::optional<std::string>& owner = {}) {
    query::testing::MemoryStore store;
    for (const auto* stage : {&chain.history, &chain.score}) {
      for (const auto& [key, value] : stage->rows().all()) {
        EXPECT_TRUE(store.write({{key, value}}, 0, 0).ok());
      }
    }
    const auto rows = store.snapshot();
    const query::PartitionRows partition{0, rows.get()};
    const query::QueryContext context{{partition}, 1, kScoreStage, &settings, owner};
    api::ExplainScoreRequest request;
    request.set_tenant("acme");
    request.set_account(account);
    return explain_score(context, partition, request);
  }

  Chain chain;
  stream::SettingsTable settings;
  const Date day = on("2024-03-10");
};

TEST_F(Explain, ShowsWhatCountsAndTheNewestFirst) {
  chain.paid("C-1", "F-1", day, day + 1, 100);
  chain.paid("C-1", "F-2", day, day + 30, 300);
  chain.paid("C-1", "F-3", day, day + 31, 500);
  chain.take(testing::reversed("C-1", "F-3", day + 31, 500), during(day + 31, 13));
  chain.take(testing::recorded("C-1", "F-4", day + 90, 900), during(day + 31, 14));
  chain.tick(during(day + 32, 0));
  const auto answer = ask("C-1");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->score().account(), "C-1");
  ASSERT_EQ(answer->paid_invoices_size(), 2);
  const auto& first = answer->paid_invoices(0);
  EXPECT_EQ(first.invoice(), "F-2");
  EXPECT_EQ(to_date(first.due_date()), day);
  EXPECT_EQ(to_date(first.settled_on()), day + 30);
  EXPECT_EQ(first.days_beyond_terms(), 30);
  EXPECT_EQ(first.points_hundredths(), 5'000);
  EXPECT_EQ(first.weight_minor(), 300);
  EXPECT_EQ(first.currency_code(), "EUR");
  EXPECT_EQ(answer->paid_invoices(1).invoice(), "F-1");
  EXPECT_EQ(answer->coverage().partition_count(), 1);
}

TEST_F(Explain, KeepsTwoHundred) {
  for (int i = 0; i < 203; ++i) {
    chain.paid("C-1", "F-" + std::to_string(i), day, day + i, 100);
  }
  chain.tick(during(day + 300, 0));
  const auto answer = ask("C-1");
  ASSERT_EQ(answer->paid_invoices_size(), 200);
  EXPECT_EQ(answer->paid_invoices(0).invoice(), "F-202");
  EXPECT_EQ(answer->paid_invoices(199).invoice(), "F-3");
  EXPECT_EQ(answer->score().paid_invoice_count(), 203);
}

TEST_F(Explain, SalesSeeTheirOwn) {
  chain.paid("C-1", "F-1", day, day, 100);
  chain.tick(during(day + 1, 0));
  EXPECT_TRUE(ask("C-1", "lea").ok());
  EXPECT_EQ(ask("C-1", "max").failure().code, "score_not_found");
  EXPECT_EQ(ask("C-9").failure().code, "score_not_found");
}

}  // namespace
}  // namespace encours::scoring
