// Goal: whatever becomes of an answer's fields, a provider gives fewer values or says which field
// is malformed; never a value that was not there, never a crash.
// Method: full answers made here (and those of ENCOURS_DATA where it is); fields at random are
// dropped, nulled, retyped or put in another order, bytes are cut and flipped. RapidCheck prints
// the seed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "services/risk_enrichment/providers/altares/altares.h"
#include "services/risk_enrichment/providers/fixtures_test.h"
#include "services/risk_enrichment/providers/sirene/sirene.h"

namespace encours::risk {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSiren = "552032534";

const char* const kAltares = R"({
  "organization": {
    "duns": "269999002",
    "registrationNumbers": [{"registrationNumber": "552032534", "typeDnBCode": 2078}],
    "dnbAssessment": {
      "failureScore": {"classScore": 4, "nationalPercentile": 22, "scoreDate": "2026-10-28"},
      "creditLimitRecommendation": {"assessmentDate": "2026-10-28",
        "maximumRecommendedLimit": {"value": 12000, "currency": "EUR"}}},
    "businessTrading": [{"summary": [{"paydexScore": 52, "paydexScoreDate": "2026-10-01"}]}],
    "legalEvents": {"asOf": "2026-10-20", "hasOpenLiens": true,
      "openLiens": {"value": 800.25, "currency": "EUR"}, "hasOpenBankruptcy": true,
      "openProceeding": "redressement"},
    "financials": [{"financialStatementToDate": "2025-12-31",
      "yearlyRevenue": {"value": 3500000, "currency": "EUR"}}]}})";

const char* const kSirene = R"({
  "header": {"statut": 200, "message": "OK"},
  "uniteLegale": {
    "siren": "552032534", "dateCreationUniteLegale": "2009-03-02",
    "trancheEffectifsUniteLegale": "12",
    "periodesUniteLegale": [
      {"dateFin": null, "dateDebut": "2019-10-25", "etatAdministratifUniteLegale": "A",
       "activitePrincipaleUniteLegale": "28.15Z", "categorieJuridiqueUniteLegale": "5710",
       "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2"},
      {"dateFin": "2019-10-24", "dateDebut": "2009-03-02",
       "etatAdministratifUniteLegale": "A"}]}})";

void collect(Json& node, std::vector<Json*>* nodes) {
  if (!node.is_structured()) return;
  nodes->push_back(&node);
  for (auto& child : node) collect(child, nodes);
}

// Of another type: a number in place of a number would be another answer, not a broken one.
Json other_type(const Json& before) {
  const auto chosen =
      *rc::gen::suchThat(rc::gen::inRange<std::size_t>(0, 10), [&before](std::size_t i) {
        const bool number = i >= 1 && i <= 4;
        return !(i == 0 && before.is_string()) && !(number && before.is_number()) &&
               !(i == 5 && before.is_boolean());
      });
  const Json all[] = {Json("text"),
                      Json(-7),
                      Json(1'000'000'000),
                      Json(3.25),
                      Json(18446744073709551615ULL),
                      Json(true),
                      Json::array(),
                      Json::object(),
                      Json(""),
                      Json::array({Json::object()})};
  return all[chosen];
}

void mutate(Json& root) {
  std::vector<Json*> nodes;
  collect(root, &nodes);
  Json& node = *nodes[*rc::gen::inRange<std::size_t>(0, nodes.size())];
  if (node.empty()) return;
  auto at = node.begin();
  std::advance(at, *rc::gen::inRange<std::size_t>(0, node.size()));
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      node.erase(at);
      break;
    case 1:
      *at = nullptr;
      break;
    case 2:
      *at = other_type(*at);
      break;
    default: {
      // Another order of the same fields: the first becomes the last.
      if (!node.is_object()) break;
      const auto first = node.begin();
      const std::string name = first.key();
      const Json value = *first;
      node.erase(name);
      node[name] = value;
    }
  }
}

// Values may be missing after a change, but each one that is there was there before.
void expect_less_or_malformed(const ReadAnswer& whole, const ReadAnswer& read) {
  if (read.outcome == api::FETCH_OUTCOME_FAILED) {
    RC_ASSERT(read.criteria.empty());
    RC_ASSERT(read.code == "malformed");
    RC_ASSERT(!read.field.empty());
    return;
  }
  RC_ASSERT(read.outcome == api::FETCH_OUTCOME_OK);
  RC_ASSERT(read.criteria.size() <= whole.criteria.size());
  for (const auto& one : read.criteria) {
    const bool known = std::any_of(
        whole.criteria.begin(), whole.criteria.end(), [&](const api::AnsweredCriterion& before) {
          return before.criterion() == one.criterion() &&
                 before.value().SerializeAsString() == one.value().SerializeAsString();
        });
    RC_ASSERT(known);
  }
}

void check_fields(const Provider& provider, const std::string& body, const std::string& siren) {
  const FetchTarget target{siren, "key", Date()};
  const ReadAnswer whole = provider.read_answer(target, {200, {}, body});
  RC_ASSERT(whole.outcome == api::FETCH_OUTCOME_OK);
  Json json = Json::parse(body);
  const int changes = *rc::gen::inRange(1, 5);
  for (int i = 0; i < changes; ++i) mutate(json);
  expect_less_or_malformed(whole, provider.read_answer(target, {200, {}, json.dump()}));
}

RC_GTEST_PROP(Mutations, AltaresFields, ()) { check_fields(AltaresProvider(), kAltares, kSiren); }
RC_GTEST_PROP(Mutations, SireneFields, ()) { check_fields(SireneProvider(), kSirene, kSiren); }

RC_GTEST_PROP(Mutations, RecordedShapes, ()) {
  const std::string body = fixture("dnb_direct_plus_healthy.json");
  if (body.empty()) {
    RC_SUCCEED("ENCOURS_DATA names no folder with company reports");
  }
  check_fields(AltaresProvider(), body, "000001289");
}

// Bytes cut off and flipped: any outcome but one without a reason.
RC_GTEST_PROP(Mutations, Bytes, ()) {
  const bool altares = *rc::gen::arbitrary<bool>();
  std::string body = altares ? kAltares : kSirene;
  if (*rc::gen::arbitrary<bool>()) body.resize(*rc::gen::inRange<std::size_t>(0, body.size()));
  const int flips = *rc::gen::inRange(0, 4);
  for (int i = 0; i < flips && !body.empty(); ++i) {
    body[*rc::gen::inRange<std::size_t>(0, body.size())] = *rc::gen::arbitrary<char>();
  }
  const FetchTarget target{kSiren, "key", Date()};
  const egress::HttpAnswer answer{200, {}, body};
  const ReadAnswer read = altares ? AltaresProvider().read_answer(target, answer)
                                  : SireneProvider().read_answer(target, answer);
  RC_ASSERT(read.outcome != api::FETCH_OUTCOME_UNSPECIFIED);
  if (read.outcome == api::FETCH_OUTCOME_FAILED) {
    RC_ASSERT(!read.code.empty());
    RC_ASSERT(read.criteria.empty());
  }
}

}  // namespace
}  // namespace encours::risk
