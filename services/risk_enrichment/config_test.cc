// Goal: each provider's own settings reach its client and gate, and its simulator gets no secret
// and no limit. Method: settings by hand.
#include "services/risk_enrichment/config.h"

#include <gtest/gtest.h>

#include <set>

namespace encours::risk {
namespace {

TEST(RiskConfig, ReachesTheFetcher) {
  RiskConfig config;
  config.altares.url = "https://altares.example";
  config.altares.secret_file = "/run/secrets/altares";
  config.altares.simulator_url = "http://127.0.0.1:1";
  config.altares.per_minute = 7;
  config.altares.max_answer_kib = 3;
  config.altares.private_redirects = true;
  config.raw_answer_kept_days = 11;
  const FetcherOptions options = config.fetcher_options();
  const Endpoint& real = options.real.at("altares");
  EXPECT_EQ(real.base_url, "https://altares.example");
  EXPECT_EQ(real.secret_file, "/run/secrets/altares");
  EXPECT_EQ(real.gate.per_minute, 7);
  EXPECT_EQ(real.http.max_answer_bytes, 3u * 1024);
  EXPECT_TRUE(real.http.private_redirect);
  const Endpoint& simulated = options.simulated.at("altares");
  EXPECT_EQ(simulated.base_url, "http://127.0.0.1:1");
  EXPECT_EQ(simulated.secret_file, "");
  EXPECT_EQ(simulated.gate.per_minute, 0);
  EXPECT_EQ(simulated.gate.failures_to_open, 0);
  EXPECT_EQ(options.real.at("sirene").base_url, "");
  EXPECT_EQ(options.raw_answer_kept_days, 11);
  EXPECT_FALSE(options.simulators_only);
  config.effects = "simulators";
  EXPECT_TRUE(config.fetcher_options().simulators_only);
}

TEST(RiskConfig, NamesEachSettingOnce) {
  std::set<std::string> names;
  for (const auto& field : config::Schema<RiskConfig>().fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
  }
  for (const char* name : {"partitions",
                           "sirene.url",
                           "altares.secret_file",
                           "altares.simulator_url",
                           "raw_answer_kept_days"}) {
    EXPECT_EQ(names.count(name), 1u) << name;
  }
}

}  // namespace
}  // namespace encours::risk
