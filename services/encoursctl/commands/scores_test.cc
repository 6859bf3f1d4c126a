// Goal: scores are listed and explained with all their parts. Method: the fake server answers; the
// printed lines are written by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::HasSubstr;

scoring::Score score() {
  scoring::Score score;
  score.set_account("C-17");
  score.set_score_hundredths(6'929);
  score.set_payment_index_hundredths(6'929);
  score.set_own_index_hundredths(8'000);
  score.set_segment_index_hundredths(6'500);
  score.set_paid_invoice_count(2);
  score.set_days_beyond_terms_hundredths(-350);
  score.mutable_as_of()->set_year(2026);
  score.mutable_as_of()->set_month(3);
  score.mutable_as_of()->set_day(11);
  auto* factor = score.add_factors();
  factor->set_name("payment_index");
  factor->set_value_hundredths(6'929);
  factor->set_weight_millionths(1'000'000);
  factor->set_contribution_hundredths(6'929);
  return score;
}

// The folder of a test's own files.
std::string file_of(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/scorecard.yaml";
  std::ofstream(path) << text;
  return path;
}

class ScoresTest : public ::testing::Test {
 protected:
  ScoresTest() { terminal_.local_run(server_.address()); }

  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--tenant", "acme"});
    return terminal_.run(arguments);
  }

  FakeServer server_;
  Terminal terminal_;
};

TEST_F(ScoresTest, Show) {
  std::string filter;
  server_.answers.list_scores = [&](const scoring::ListScoresRequest& request) {
    EXPECT_EQ(request.tenant(), "acme");
    filter = request.filter();
    scoring::ListScoresResponse response;
    if (filter != "account = \"C-1\\\"8\"") *response.add_scores() = score();
    return response;
  };
  const Ran all = run({"scores", "show", "--filter", "score_hundredths < 7000", "--output", "csv"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(filter, "score_hundredths < 7000");
  EXPECT_THAT(all.out, HasSubstr("C-17,69.29,69.29,80.00,65.00,2,-3.50,2026-03-11,"));
  EXPECT_EQ(run({"scores", "show", "C-17"}).code, 0);
  EXPECT_EQ(filter, "account = \"C-17\"");
  const Ran nobody = run({"scores", "show", "C-1\"8"});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("score_not_found"));
  EXPECT_EQ(run({"scores", "show", "C-17", "--filter", "x"}).code, 1);
}

TEST_F(ScoresTest, ExplainShowsAllParts) {
  server_.answers.explain_score = [](const scoring::ExplainScoreRequest& request) {
    EXPECT_EQ(request.account(), "C-17");
    scoring::ExplainScoreResponse response;
    *response.mutable_score() = score();
    auto* invoice = response.add_paid_invoices();
    invoice->set_invoice("F-1");
    invoice->set_days_beyond_terms(5);
    invoice->set_points_hundredths(7'667);
    invoice->set_weight_minor(123'456);
    invoice->set_currency_code("EUR");
    return response;
  };
  const Ran ran = run({"scores", "explain", "C-17", "--output", "csv"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\nscore,C-17,69.29,,,,2026-03-11,"));
  EXPECT_THAT(ran.out, HasSubstr("\nfactor,payment_index,69.29,1000000,69.29,own history,"));
  EXPECT_THAT(ran.out, HasSubstr("\nindex,own_index,80.00,"));
  EXPECT_THAT(ran.out, HasSubstr("\nindex,segment_index,65.00,"));
  EXPECT_THAT(ran.out, HasSubstr("\ninvoice,F-1,,,,,,,,5,76.67,1234.56,EUR\n"));
}

TEST_F(ScoresTest, TheScorecardIsPublishedAsItIsWritten) {
  const std::string path = file_of("factors: []\n");
  std::vector<std::string> published;
  server_.answers.publish_setting = [&published](const ingestion::PublishSettingRequest& request) {
    published.push_back(request.kind() + "/" + request.name() + " " + request.text().text());
    ingestion::PublishSettingResponse response;
    response.set_sequence(7);
    return response;
  };
  EXPECT_THAT(run({"scores", "scorecard", path}).out, HasSubstr("7"));
  EXPECT_THAT(published, ::testing::ElementsAre("scorecard/default factors: []\n"));
}

}  // namespace
}  // namespace encours::ctl
