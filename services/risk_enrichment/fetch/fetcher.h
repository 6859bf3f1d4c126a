// Fetcher: carries out the effects of kind "fetch": asks one provider about one company.
//
// Each provider has an endpoint, a secret, an HTTP client and a gate (concurrency, rate, breaker)
// for its real address, and another set for its simulator: effects of tenants in events mode, and
// all effects of a run with `effects: simulators`, go to the simulator, which never sees a secret
// and is told the day of the effect (X-Simulated-Date). A simulator has neither rate nor breaker:
// in events mode what an effect ends with must follow from its answer alone.
//
// Who may not call yet comes again later; nothing is told of that. A token is renewed before its
// end and once when the provider refuses it. The raw answer is in the document store before the
// outcome names it; where the store fails the provider is asked again later, with the same key.
// Called by the threads of EffectWorker; configuration is fixed at start.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/documents/document_store.h"
#include "common/egress/effect_worker.h"
#include "common/egress/http_client.h"
#include "common/egress/http_gate.h"
#include "services/risk_enrichment/fetch/secret.h"
#include "services/risk_enrichment/providers/provider.h"

namespace encours::risk {

// One address of one provider. An empty base_url is not asked: "not_configured".
struct Endpoint {
  std::string base_url;
  std::string secret_file;
  egress::HttpOptions http;
  egress::GateOptions gate;
};

struct FetcherOptions {
  // By name of the provider.
  std::map<std::string, Endpoint> real;
  std::map<std::string, Endpoint> simulated;
  // Every effect goes to simulators.
  bool simulators_only = false;
  std::int32_t raw_answer_kept_days = 90;
};

class Fetcher final : public egress::Performer {
 public:
  Fetcher(FetcherOptions options,
          std::vector<std::unique_ptr<Provider>> providers,
          DocumentStore& documents,
          Clock& clock,
          Metrics& metrics);

  egress::Performed perform(const egress::PlannedEffect& effect,
                            const std::atomic<bool>& stopping) override;

 private:
  // What is kept for one address.
  struct Line {
    Line(const Provider& its_provider, Endpoint its_endpoint, Clock& clock, Metrics& metrics);

    const Provider& provider;
    Endpoint endpoint;
    Secret secret;
    egress::HttpClient client;
    egress::HttpGate gate;
    std::mutex token_mutex;
    std::optional<Token> token;
    std::int64_t token_until_ms = 0;
  };
  // What a provider has said, before it is stored.
  struct Heard {
    ReadAnswer read;
    std::string body;
    std::string content_type;
    std::int64_t retry_after_s = 0;
    // The provider answered as it should: for the breaker.
    bool healthy = true;
  };

  Line* line_of(const std::string& provider, bool simulated);
  Heard ask(Line& line,
            const FetchTarget& target,
            bool simulated,
            const std::atomic<bool>& stopping);
  Heard ask_once(Line& line,
                 const FetchTarget& target,
                 const ProviderAccess& access,
                 bool simulated,
                 const std::atomic<bool>& stopping);
  Result<std::string> token_of(Line& line,
                               const ProviderAccess& access,
                               bool renew,
                               const std::atomic<bool>& stopping);
  Result<std::string> store(const Heard& heard);
  static egress::Performed told(const api::FetchAnswer& answer);
  static Heard failed(const std::string& code);

  FetcherOptions options_;
  std::vector<std::unique_ptr<Provider>> providers_;
  DocumentStore& documents_;
  Clock& clock_;
  Family<Counter> answers_;
  Family<Counter> waits_;
  std::map<std::string, std::unique_ptr<Line>> real_;
  std::map<std::string, std::unique_ptr<Line>> simulated_;
  std::vector<Metrics::Hook> hooks_;
};

}  // namespace encours::risk
