// Goal: how an effect ends, by what the provider does; tokens, secrets, raw answers, simulators;
// who is put off tells nothing. Method: a real HTTP server on the loopback that answers as the test
// says; the clock stands still unless moved.
#include "services/risk_enrichment/fetch/fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/documents/memory_store.h"
#include "common/egress/http_test_server.h"
#include "services/risk_enrichment/domain/dates.h"

namespace encours::risk {
namespace {

using egress::testing::HttpTestServer;
using egress::testing::plain_answer;
using egress::testing::RawAnswer;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kGood =
    R"({"header":{"statut":200},"uniteLegale":{"siren":"552032534",
        "dateCreationUniteLegale":"2009-03-02"}})";
constexpr const char* kReport =
    R"({"organization":{"registrationNumbers":[{"registrationNumber":"552032534"}]}})";

struct FetcherTest : testing::Test {
  SystemClock clock;
  Metrics metrics;
  MemoryStore documents;
  FetcherOptions options;
  std::unique_ptr<Fetcher> fetcher;
  std::atomic<bool> stopping{false};

  void make() {
    fetcher = std::make_unique<Fetcher>(options, all_providers(), documents, clock, metrics);
  }
  Endpoint endpoint(const std::string& url) const {
    Endpoint one;
    one.base_url = url;
    one.http.name = "test";
    one.http.total_timeout_ms = 300;
    return one;
  }
  static egress::PlannedEffect effect(const std::string& provider,
                                      const std::string& clock_name = stream::kWallClock,
                                      const std::string& company = "siren:552032534") {
    api::FetchCompany fetch;
    fetch.set_provider(provider);
    fetch.set_legal_entity(company);
    fetch.set_idempotency_key("key-7");
    *fetch.mutable_day() = to_proto(Date::parse("2024-02-29").value());
    egress::PlannedEffect effect;
    effect.tenant = "acme";
    effect.clock = clock_name;
    effect.place.planned_at = Instant::parse("2024-02-29T05:00:00Z").value();
    effect.place.id = "effect-1";
    effect.row.set_kind("fetch");
    effect.row.set_body(fetch.SerializeAsString());
    return effect;
  }
  api::FetchAnswer answer_of(const egress::Performed& performed) const {
    EXPECT_FALSE(performed.again_in_ms.has_value());
    EXPECT_EQ(performed.type, "encours.risk.v1alpha1.FetchAnswer");
    api::FetchAnswer answer;
    EXPECT_TRUE(answer.ParseFromString(performed.body));
    EXPECT_EQ(answer.legal_entity(), "siren:552032534");
    return answer;
  }
  std::string end_of(const std::string& provider) {
    const auto answer = answer_of(fetcher->perform(effect(provider), stopping));
    return api::FetchOutcome_Name(answer.outcome()).substr(14) +
           (answer.code().empty() ? "" : " " + answer.code()) +
           (answer.field().empty() ? "" : " " + answer.field());
  }
};

TEST_F(FetcherTest, AGoodAnswerIsToldWithItsDocument) {
  HttpTestServer server([](const std::string&) {
    return plain_answer(200, kGood, "Content-Type: application/json;charset=utf-8\r\n");
  });
  options.real["sirene"] = endpoint(server.url(""));
  make();
  const auto performed = fetcher->perform(effect("sirene"), stopping);
  EXPECT_EQ(performed.result, stream::v1alpha1::EFFECT_RESULT_DONE);
  const auto answer = answer_of(performed);
  EXPECT_EQ(answer.outcome(), api::FETCH_OUTCOME_OK);
  ASSERT_EQ(answer.criteria_size(), 1);
  EXPECT_EQ(answer.criteria(0).criterion(), api::CRITERION_CREATED_ON);
  const auto document = documents.get(answer.document_sha256());
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->bytes, kGood);
  EXPECT_EQ(document->meta.content_type, "application/json");
  ASSERT_TRUE(document->meta.expires_at.has_value());
  const auto kept = *document->meta.expires_at - clock.now();
  EXPECT_LE(kept, std::chrono::hours(24 * 90));
  EXPECT_GT(kept, std::chrono::hours(24 * 89));
  // A real provider is told no simulated day.
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("X-Simulated-Date")));
}

TEST_F(FetcherTest, EveryBadEndHasItsCodeAndNoValue) {
  RawAnswer next;
  HttpTestServer server([&next](const std::string&) { return next; });
  options.real["sirene"] = endpoint(server.url(""));
  options.real["sirene"].gate.failures_to_open = 0;
  options.real["sirene"].http.max_answer_bytes = 1000;
  make();
  const std::pair<RawAnswer, const char*> cases[] = {
      {plain_answer(500, "oops"), "FAILED http_500"},
      {plain_answer(200, "<html>"), "FAILED malformed body"},
      {plain_answer(200, R"({"header":{"statut":200},"uniteLegale":[]})"),
       "FAILED malformed uniteLegale"},
      {plain_answer(200, std::string(2000, ' ')), "FAILED answer_too_large"},
      {RawAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", true}, "FAILED truncated"},
      {RawAnswer{"", true}, "UNKNOWN connection_lost"},
      {RawAnswer{.bytes = "", .close = false, .never = true}, "UNKNOWN timeout"},
      {plain_answer(404, R"({"header":{"statut":404}})"), "NOT_FOUND"}};
  for (const auto& [raw, expected] : cases) {
    next = raw;
    EXPECT_EQ(end_of("sirene"), expected);
  }
  next = plain_answer(429, "", "Retry-After: 33\r\n");
  const auto answer = answer_of(fetcher->perform(effect("sirene"), stopping));
  EXPECT_EQ(answer.code(), "http_429");
  EXPECT_EQ(answer.retry_after_s(), 33);
}

TEST_F(FetcherTest, WhoIsNotConfiguredIsNotAsked) {
  make();
  EXPECT_EQ(end_of("sirene"), "FAILED not_configured");
  EXPECT_EQ(end_of("creditsafe"), "FAILED not_configured");
}

TEST_F(FetcherTest, ATokenIsGotOnceAndReplacedWhereItIsRefused) {
  int tokens = 0;
  std::string good = "t1";
  HttpTestServer server([&](const std::string& request) {
    if (request.starts_with("POST /v3/token")) {
      ++tokens;
      return plain_answer(
          200, R"({"access_token":"t)" + std::to_string(tokens) + R"(","expiresIn":3600})");
    }
    const bool known = request.find("Authorization: Bearer " + good) != std::string::npos;
    return known ? plain_answer(200, kReport) : plain_answer(401, "{}");
  });
  options.real["altares"] = endpoint(server.url(""));
  make();
  EXPECT_EQ(end_of("altares"), "OK");
  EXPECT_EQ(end_of("altares"), "OK");
  EXPECT_EQ(tokens, 1);
  good = "t2";  // The first one has ended before its time.
  EXPECT_EQ(end_of("altares"), "OK");
  EXPECT_EQ(tokens, 2);
  good = "none";
  EXPECT_EQ(end_of("altares"), "FAILED http_401");
  EXPECT_EQ(tokens, 3);
  for (const auto& request : server.requests()) {
    if (request.starts_with("GET")) {
      EXPECT_THAT(request, HasSubstr("Idempotency-Key: key-7\r\n"));
    }
  }
}

TEST_F(FetcherTest, ASecretIsReadAgainWhenItsFileIsReplaced) {
  const std::string path = testing::TempDir() + "/risk_secret_" + std::to_string(getpid());
  const auto write = [&path](const std::string& text) {
    // Replaced as a mounted secret is: by another file of this name.
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
  };
  std::filesystem::remove(path);
  HttpTestServer server([](const std::string&) { return plain_answer(200, kGood); });
  options.real["sirene"] = endpoint(server.url(""));
  options.real["sirene"].secret_file = path;
  make();
  EXPECT_EQ(end_of("sirene"), "FAILED secret_unreadable");
  EXPECT_TRUE(server.requests().empty());
  write("first\n");
  EXPECT_EQ(end_of("sirene"), "OK");
  write("the second");
  EXPECT_EQ(end_of("sirene"), "OK");
  std::filesystem::remove(path);
  EXPECT_EQ(end_of("sirene"), "OK");
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_THAT(requests[0], HasSubstr("X-INSEE-Api-Key-Integration: first\r\n"));
  EXPECT_THAT(requests[1], HasSubstr("X-INSEE-Api-Key-Integration: the second\r\n"));
  EXPECT_THAT(requests[2], HasSubstr("X-INSEE-Api-Key-Integration: the second\r\n"));
}

TEST_F(FetcherTest, EventsModeGoesToTheSimulatorWithoutASecret) {
  HttpTestServer real([](const std::string&) { return plain_answer(200, kGood); });
  HttpTestServer simulator([](const std::string&) { return plain_answer(200, kGood); });
  options.real["sirene"] = endpoint(real.url(""));
  options.simulated["sirene"] = endpoint(simulator.url(""));
  options.simulated["sirene"].secret_file = "/nowhere";
  make();
  const auto answer = answer_of(fetcher->perform(effect("sirene", "tenant/acme"), stopping));
  EXPECT_EQ(answer.outcome(), api::FETCH_OUTCOME_OK);
  // Of the time at which it was planned: a second run gives the same bytes.
  EXPECT_EQ(stream::to_instant(answer.fetched_at()),
            Instant::parse("2024-02-29T05:00:00Z").value());
  ASSERT_EQ(simulator.requests().size(), 1u);
  EXPECT_THAT(simulator.requests()[0], HasSubstr("X-Simulated-Date: 2024-02-29\r\n"));
  EXPECT_TRUE(real.requests().empty());
  options.simulators_only = true;
  make();
  fetcher->perform(effect("sirene"), stopping);
  EXPECT_EQ(simulator.requests().size(), 2u);
  EXPECT_TRUE(real.requests().empty());
}

TEST_F(FetcherTest, WhoMayNotCallYetComesAgain) {
  HttpTestServer server([](const std::string&) { return plain_answer(500, ""); });
  options.real["sirene"] = endpoint(server.url(""));
  options.real["sirene"].gate = {4, 60, 3, 2, 60'000};
  make();
  EXPECT_EQ(end_of("sirene"), "FAILED http_500");
  EXPECT_EQ(end_of("sirene"), "FAILED http_500");
  const auto put_off = fetcher->perform(effect("sirene"), stopping);
  ASSERT_TRUE(put_off.again_in_ms.has_value());
  EXPECT_GT(*put_off.again_in_ms, 50'000);
  EXPECT_EQ(server.requests().size(), 2u);
  EXPECT_THAT(metrics.text(), HasSubstr("encours_risk_provider_down{provider=\"sirene\"} 1"));
}

// A store that takes nothing.
class NoStore final : public DocumentStore {
 public:
  Result<DocumentRef> put(std::string_view, const DocumentMeta&) override { return away(); }
  Result<Document> get(std::string_view) override { return away(); }
  Result<bool> exists(std::string_view) override { return away(); }
  Status remove(std::string_view) override { return away(); }
  Result<Removal> remove_expired(Instant) override { return away(); }

 private:
  static Error away() { return error(Reaction::kRetry, "document_store_unavailable", "Away."); }
};

TEST_F(FetcherTest, WhatCanNotBeStoredIsNotTold) {
  HttpTestServer server([](const std::string&) { return plain_answer(200, kGood); });
  options.real["sirene"] = endpoint(server.url(""));
  NoStore nowhere;
  Fetcher one(options, all_providers(), nowhere, clock, metrics);
  EXPECT_TRUE(one.perform(effect("sirene"), stopping).again_in_ms.has_value());
}

TEST_F(FetcherTest, WhatAStopCutsOffIsNotTold) {
  HttpTestServer server([this](const std::string&) {
    stopping = true;
    return plain_answer(200, kGood);
  });
  options.real["sirene"] = endpoint(server.url(""));
  make();
  EXPECT_TRUE(fetcher->perform(effect("sirene"), stopping).again_in_ms.has_value());
}

}  // namespace
}  // namespace encours::risk
