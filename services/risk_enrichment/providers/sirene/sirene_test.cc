// Goal: how Sirene is asked and what is read of its answers. Method: as in altares_test.cc.
#include "services/risk_enrichment/providers/sirene/sirene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/risk_enrichment/providers/fixtures_test.h"

namespace encours::risk {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

struct Sirene : testing::Test {
  SireneProvider provider;
  FetchTarget target{"552032534", "key-1", Date::parse("2024-01-15").value()};

  ReadAnswer read(const std::string& body, int status = 200) const {
    return provider.read_answer(target, {status, {}, body});
  }
  std::vector<std::string> unit(const std::string& fields) const {
    return lines_of(read(R"({"header": {"statut": 200}, "uniteLegale": {"siren": "552032534")" +
                         (fields.empty() ? "" : ", " + fields) + "}}"));
  }
  std::vector<std::string> period(const std::string& fields) const {
    return unit(R"("periodesUniteLegale": [{"dateFin": null, )" + fields + "}]");
  }
};

TEST_F(Sirene, AsksWithItsKey) {
  const auto request = provider.build_request(target, {"https://api.insee.fr", "k3y", ""});
  EXPECT_EQ(request.url, "https://api.insee.fr/api-sirene/3.11/siren/552032534");
  EXPECT_EQ(header_of(request, "X-INSEE-Api-Key-Integration"), "k3y");
  for (const auto& header : request.headers) EXPECT_EQ(header.secret, header.value == "k3y");
}

TEST_F(Sirene, ReadsTheCurrentPeriod) {
  EXPECT_THAT(unit(R"("dateCreationUniteLegale": "2009-03-02", "trancheEffectifsUniteLegale": "12",
              "periodesUniteLegale": [
                {"dateFin": "2019-10-24", "etatAdministratifUniteLegale": "C"},
                {"dateFin": null, "dateDebut": "2019-10-25", "etatAdministratifUniteLegale": "A",
                 "activitePrincipaleUniteLegale": "28.15Z",
                 "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2",
                 "categorieJuridiqueUniteLegale": "5710"}])"),
              ElementsAre("OK",
                          "WORKFORCE_BAND 12",
                          "CREATED_ON 2009-03-02",
                          "REGISTER_STATE A 2019-10-25",
                          "ACTIVITY 28.15Z/NAFRev2 2019-10-25",
                          "LEGAL_FORM 5710 2019-10-25"));
}

TEST_F(Sirene, WhatIsNotGivenIsAbsent) {
  EXPECT_THAT(unit(""), ElementsAre("OK"));
  EXPECT_THAT(unit(R"("trancheEffectifsUniteLegale": "NN", "periodesUniteLegale": null)"),
              ElementsAre("OK"));
  EXPECT_THAT(period(R"("activitePrincipaleUniteLegale": "28.15Z")"), ElementsAre("OK"));
}

TEST_F(Sirene, WhatCanNotBeIsMalformedByItsName) {
  const std::string first = "FAILED malformed uniteLegale.periodesUniteLegale[0].";
  EXPECT_THAT(period(R"("etatAdministratifUniteLegale": "F")"),
              ElementsAre(first + "etatAdministratifUniteLegale"));
  EXPECT_THAT(period(R"("categorieJuridiqueUniteLegale": "57A0")"),
              ElementsAre(first + "categorieJuridiqueUniteLegale"));
  EXPECT_THAT(period(R"("categorieJuridiqueUniteLegale": 5710)"),
              ElementsAre(first + "categorieJuridiqueUniteLegale"));
  EXPECT_THAT(period(R"("dateDebut": "2019-13-25")"), ElementsAre(first + "dateDebut"));
  EXPECT_THAT(unit(R"("trancheEffectifsUniteLegale": "99")"),
              ElementsAre("FAILED malformed uniteLegale.trancheEffectifsUniteLegale"));
  EXPECT_THAT(unit(R"("periodesUniteLegale": [{}, {}])"),
              ElementsAre("FAILED malformed uniteLegale.periodesUniteLegale[1].dateFin"));
  EXPECT_THAT(unit(R"("periodesUniteLegale": [5])"),
              ElementsAre("FAILED malformed uniteLegale.periodesUniteLegale[0]"));
  EXPECT_THAT(lines_of(read(R"({"header": {"statut": 200}, "uniteLegale": {"siren": "1"}})")),
              ElementsAre("FAILED malformed uniteLegale.siren"));
  EXPECT_THAT(lines_of(read(R"({"header": {"statut": 200}})")),
              ElementsAre("FAILED malformed uniteLegale"));
  EXPECT_THAT(lines_of(read(R"({"uniteLegale": {"siren": "552032534"}})")),
              ElementsAre("FAILED malformed header.statut"));
}

TEST_F(Sirene, OnlyTheRegisterItselfSaysNotFound) {
  EXPECT_THAT(lines_of(read(R"({"header": {"statut": 404}})", 404)), ElementsAre("NOT_FOUND"));
  EXPECT_THAT(lines_of(read("<html>404</html>", 404)), ElementsAre("FAILED http_404"));
  EXPECT_THAT(lines_of(read(R"({"header": {"statut": 200}})", 404)),
              ElementsAre("FAILED http_404"));
  EXPECT_THAT(lines_of(read(R"({"header": {"statut": 301}})", 301)),
              ElementsAre("NOT_FOUND not_diffusible"));
  EXPECT_THAT(lines_of(read("", 429)), ElementsAre("FAILED http_429"));
  EXPECT_THAT(lines_of(read("", 503)), ElementsAre("FAILED http_503"));
  EXPECT_THAT(lines_of(read("")), ElementsAre("FAILED malformed body"));
}

TEST_F(Sirene, RecordedShapes) {
  if (fixture("sirene_404.json").empty()) GTEST_SKIP() << kNoFixtures;
  target.siren = "000001289";
  EXPECT_THAT(lines_of(read(fixture("sirene_unite_legale_active.json"))),
              UnorderedElementsAre("OK",
                                   "REGISTER_STATE A 2019-10-25",
                                   "ACTIVITY 28.15Z/NAFRev2 2019-10-25",
                                   "LEGAL_FORM 5710 2019-10-25",
                                   "WORKFORCE_BAND 12",
                                   "CREATED_ON 2009-03-02"));
  target.siren = "000001420";
  EXPECT_THAT(lines_of(read(fixture("sirene_unite_legale_cessee.json"))),
              UnorderedElementsAre("OK",
                                   "REGISTER_STATE C 2026-08-20",
                                   "ACTIVITY 62.02A/NAFRev2 2026-08-20",
                                   "LEGAL_FORM 5710 2026-08-20",
                                   "WORKFORCE_BAND 12",
                                   "CREATED_ON 2009-03-02"));
  EXPECT_THAT(lines_of(read(fixture("sirene_404.json"), 404)), ElementsAre("NOT_FOUND"));
  EXPECT_THAT(lines_of(read(fixture("sirene_non_diffusable.json"))),
              ElementsAre("NOT_FOUND not_diffusible"));
}

}  // namespace
}  // namespace encours::risk
