// Goal: how Altares is asked and what is read of its answers. Method: requests compared with the
// contract in altares.h; answers by hand, and those of ENCOURS_DATA (skipped without it) with the
// values that stand in the files.
#include "services/risk_enrichment/providers/altares/altares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/risk_enrichment/providers/fixtures_test.h"

namespace encours::risk {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

struct Altares : testing::Test {
  AltaresProvider provider;
  FetchTarget target{"552032534", "key-1", Date::parse("2024-01-15").value()};

  ReadAnswer read(const std::string& body, int status = 200) const {
    return provider.read_answer(target, {status, {}, body});
  }
  // What an organization with these fields gives.
  std::vector<std::string> values(const std::string& fields) const {
    return lines_of(read(organization(fields)));
  }
  static std::string organization(const std::string& fields) {
    return R"({"organization": {"registrationNumbers": [{"registrationNumber": "552032534"}])" +
           (fields.empty() ? "" : ", " + fields) + "}}";
  }
};

TEST_F(Altares, AsksForTheReportWithItsKeyAndToken) {
  const auto request = provider.build_request(target, {"https://a.example", "u:p", "t0k"});
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url,
            "https://a.example/v1/data/siren/552032534?blockIDs=companyinfo_L2_v1%2C"
            "financialstrengthinsight_L2_v1%2Cpaymentinsight_L1_v1%2Ceventfilings_L1_v1"
            "&countryISOAlpha2Code=FR");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer t0k");
  EXPECT_EQ(header_of(request, "Idempotency-Key"), "key-1");
  const auto token = provider.build_token_request({"https://a.example", "user:secret", ""});
  EXPECT_EQ(token.method + " " + token.url, "POST https://a.example/v3/token");
  // printf 'user:secret' | base64
  EXPECT_EQ(header_of(token, "Authorization"), "Basic dXNlcjpzZWNyZXQ=");
  EXPECT_EQ(token.body, "grant_type=client_credentials");
  for (const auto& header : token.headers) {
    EXPECT_EQ(header.secret, header.name == "Authorization");
  }
}

TEST_F(Altares, ReadsATokenStrictly) {
  const auto token = provider.read_token({200, {}, R"({"access_token":"x","expiresIn":86400})"});
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(token->text, "x");
  EXPECT_EQ(token->valid_s, 86400);
  EXPECT_EQ(provider.read_token({401, {}, "{}"}).failure().code, "token_refused");
  for (const char* body : {"{}",
                           R"({"access_token":"x"})",
                           R"({"access_token":1,"expiresIn":9})",
                           R"({"access_token":"x","expiresIn":0})",
                           "<html>"}) {
    EXPECT_EQ(provider.read_token({200, {}, body}).failure().code, "token_malformed") << body;
  }
}

TEST_F(Altares, ReadsEveryCriterion) {
  EXPECT_THAT(values(R"("dnbAssessment": {
                  "failureScore": {"nationalPercentile": 62, "scoreDate": "2024-01-10"},
                  "creditLimitRecommendation": {"assessmentDate": "2024-01-09",
                    "maximumRecommendedLimit": {"value": 12000.5, "currency": "EUR"}}},
                "businessTrading": [{"summary": [{"paydexScore": 71, "paydexScoreDate":
                  "2024-01-01"}, {"paydexScore": 1}]}],
                "legalEvents": {"asOf": "2024-01-08", "hasOpenLiens": true, "openLiens":
                  {"value": 800, "currency": "EUR"}, "hasOpenBankruptcy": true,
                  "openProceeding": "redressement"},
                "financials": [{"financialStatementToDate": "2022-12-31",
                  "yearlyRevenue": {"value": 3500000, "currency": "EUR"}}])"),
              ElementsAre("OK",
                          "SOLVENCY_SCORE 62 2024-01-10",
                          "RECOMMENDED_CREDIT 1200050EUR 2024-01-09",
                          "PAYMENT_INDEX 71 2024-01-01",
                          "LIENS 80000EUR 2024-01-08",
                          "INSOLVENCY reorganisation 2024-01-08",
                          "TURNOVER 350000000EUR 2022-12-31"));
}

TEST_F(Altares, WhatIsNotGivenIsAbsent) {
  EXPECT_THAT(values(""), ElementsAre("OK"));
  EXPECT_THAT(values(R"("dnbAssessment": null, "businessTrading": [], "legalEvents": {})"),
              ElementsAre("OK"));
  EXPECT_THAT(values(R"("dnbAssessment": {"failureScore": {"nationalPercentile": 0}})"),
              ElementsAre("OK"));
  EXPECT_THAT(values(R"("legalEvents": {"hasOpenLiens": false, "hasOpenBankruptcy": false})"),
              ElementsAre("OK", "INSOLVENCY none"));
}

TEST_F(Altares, WhatCanNotBeIsMalformedByItsName) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("dnbAssessment": 5)", "organization.dnbAssessment"},
      {R"("dnbAssessment": {"failureScore": {"nationalPercentile": 101}})",
       "organization.dnbAssessment.failureScore.nationalPercentile"},
      {R"("dnbAssessment": {"failureScore": {"nationalPercentile": "62"}})",
       "organization.dnbAssessment.failureScore.nationalPercentile"},
      {R"("dnbAssessment": {"failureScore": {"nationalPercentile": 62.5}})",
       "organization.dnbAssessment.failureScore.nationalPercentile"},
      {R"("dnbAssessment": {"failureScore": {"nationalPercentile": 62, "scoreDate": "soon"}})",
       "organization.dnbAssessment.failureScore.scoreDate"},
      {R"("dnbAssessment": {"creditLimitRecommendation": {"maximumRecommendedLimit":
          {"value": -1, "currency": "EUR"}}})",
       "organization.dnbAssessment.creditLimitRecommendation.maximumRecommendedLimit.value"},
      {R"("dnbAssessment": {"creditLimitRecommendation": {"maximumRecommendedLimit":
          {"value": 1, "currency": "ZZZ"}}})",
       "organization.dnbAssessment.creditLimitRecommendation.maximumRecommendedLimit.currency"},
      {R"("businessTrading": [{"summary": [{"paydexScore": -1}]}])",
       "organization.businessTrading[0].summary[0].paydexScore"},
      {R"("legalEvents": {"hasOpenBankruptcy": true})", "organization.legalEvents.openProceeding"},
      {R"("legalEvents": {"hasOpenBankruptcy": false, "openProceeding": "liquidation"})",
       "organization.legalEvents.openProceeding"},
      {R"("legalEvents": {"hasOpenBankruptcy": true, "openProceeding": "faillite"})",
       "organization.legalEvents.openProceeding"},
      {R"("legalEvents": {"hasOpenLiens": true})", "organization.legalEvents.openLiens"},
      {R"("legalEvents": {"hasOpenLiens": "no"})", "organization.legalEvents.hasOpenLiens"}};
  for (const auto& [fields, blamed] : cases) {
    EXPECT_THAT(values(fields), ElementsAre(std::string("FAILED malformed ") + blamed)) << fields;
  }
  EXPECT_THAT(lines_of(read(R"({"organization": {"registrationNumbers":
                               [{"registrationNumber": "999999999"}]}})")),
              ElementsAre("FAILED malformed organization.registrationNumbers"));
  EXPECT_THAT(lines_of(read("{}")), ElementsAre("FAILED malformed organization"));
}

TEST_F(Altares, OtherAnswersAreFailuresAndOnlyItsOwnNotFoundIsOne) {
  EXPECT_THAT(lines_of(read("<html>", 500)), ElementsAre("FAILED http_500"));
  EXPECT_THAT(lines_of(read("", 429)), ElementsAre("FAILED http_429"));
  EXPECT_THAT(lines_of(read("<html>not here</html>", 404)), ElementsAre("FAILED http_404"));
  EXPECT_THAT(lines_of(read("<html>hello</html>")), ElementsAre("FAILED malformed body"));
  EXPECT_THAT(lines_of(read(R"({"organization": {)")), ElementsAre("FAILED malformed body"));
  const std::string no_product = R"({"error": {"errorCode": "10001"}})";
  EXPECT_THAT(lines_of(read(no_product, 404)), ElementsAre("NOT_FOUND"));
  EXPECT_THAT(lines_of(read(no_product)), ElementsAre("FAILED provider_error error"));
  EXPECT_THAT(lines_of(read(R"({"error": {"errorCode": "1"}})", 404)),
              ElementsAre("FAILED http_404"));
}

TEST_F(Altares, RecordedShapes) {
  const auto answer = [this](const std::string& file, const std::string& siren) {
    target.siren = siren;
    return lines_of(read(fixture("dnb_direct_plus_" + file + ".json")));
  };
  if (fixture("dnb_direct_plus_healthy.json").empty()) GTEST_SKIP() << kNoFixtures;
  EXPECT_THAT(answer("healthy", "000001289"),
              UnorderedElementsAre("OK",
                                   "SOLVENCY_SCORE 88 2026-10-28",
                                   "PAYMENT_INDEX 78 2026-10-01",
                                   "RECOMMENDED_CREDIT 15000000EUR 2026-10-28"));
  EXPECT_THAT(answer("deteriorating", "000001073"),
              UnorderedElementsAre("OK",
                                   "SOLVENCY_SCORE 22 2026-10-28",
                                   "PAYMENT_INDEX 52 2026-10-01",
                                   "RECOMMENDED_CREDIT 1200000EUR 2026-10-28"));
  EXPECT_THAT(answer("insolvent", "000001149"),
              UnorderedElementsAre("OK",
                                   "SOLVENCY_SCORE 1 2026-10-28",
                                   "PAYMENT_INDEX 31 2026-10-01",
                                   "RECOMMENDED_CREDIT 0EUR 2026-10-28"));
  EXPECT_THAT(answer("no_scores", "000001420"), ElementsAre("OK"));
  EXPECT_THAT(lines_of(read(fixture("dnb_direct_plus_error.json"), 404)), ElementsAre("NOT_FOUND"));
}

}  // namespace
}  // namespace encours::risk
