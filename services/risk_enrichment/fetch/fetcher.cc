#include "services/risk_enrichment/fetch/fetcher.h"

#include <algorithm>
#include <utility>

#include "common/base/fault_point.h"
#include "common/observe/log.h"
#include "services/risk_enrichment/domain/dates.h"
#include "services/risk_enrichment/domain/legal_entity.h"

namespace encours::risk {
namespace {

using egress::HttpEnd;
using egress::Performed;

constexpr const char* kSimulatedDate = "X-Simulated-Date";
constexpr const char* kSimulatorSecret = "simulator:simulator";
// A token is renewed so long before its end.
constexpr std::int64_t kTokenMarginMs = 60'000;
constexpr std::int64_t kStoreAgainMs = 5'000;
constexpr int kUnauthorized = 401;

std::string content_type_of(const std::string& header) {
  const std::string type = header.substr(0, header.find(';'));
  const bool plain =
      !type.empty() && type.size() <= 127 &&
      std::all_of(type.begin(), type.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return plain ? type : "application/octet-stream";
}

}  // namespace

Fetcher::Line::Line(const Provider& its_provider,
                    Endpoint its_endpoint,
                    Clock& clock,
                    Metrics& metrics)
    : provider(its_provider),
      endpoint(std::move(its_endpoint)),
      secret(endpoint.secret_file),
      client(endpoint.http, clock, metrics),
      gate(endpoint.gate, clock) {}

Fetcher::Fetcher(FetcherOptions options,
                 std::vector<std::unique_ptr<Provider>> providers,
                 DocumentStore& documents,
                 Clock& clock,
                 Metrics& metrics)
    : options_(std::move(options)),
      providers_(std::move(providers)),
      documents_(documents),
      clock_(clock),
      answers_(metrics.counters("encours_risk_fetches_total",
                                "Companies asked about, by provider and how it ended.",
                                {"provider", "outcome"})),
      waits_(metrics.counters("encours_risk_fetch_waits_total",
                              "Calls that were put off, by what held them back.",
                              {"provider", "because"})) {
  const auto open = metrics.gauges("encours_risk_provider_down",
                                   "1 while a provider is left alone after failures.",
                                   {"provider"});
  for (const auto& provider : providers_) {
    const std::string name = provider->name();
    const auto add = [&](const std::map<std::string, Endpoint>& from, auto* lines) {
      const auto endpoint = from.find(name);
      if (endpoint == from.end() || endpoint->second.base_url.empty()) return;
      (*lines)[name] = std::make_unique<Line>(*provider, endpoint->second, clock_, metrics);
    };
    add(options_.real, &real_);
    add(options_.simulated, &simulated_);
    if (real_.count(name) == 0) continue;
    hooks_.push_back(
        metrics.on_scrape([gauge = open.with({name}), line = real_.at(name).get()]() mutable {
          gauge.set(line->gate.open() ? 1 : 0);
        }));
  }
}

Fetcher::Line* Fetcher::line_of(const std::string& provider, bool simulated) {
  auto& lines = simulated ? simulated_ : real_;
  const auto found = lines.find(provider);
  return found == lines.end() ? nullptr : found->second.get();
}

Performed Fetcher::perform(const egress::PlannedEffect& effect, const std::atomic<bool>& stopping) {
  api::FetchCompany fetch;
  ENCOURS_CHECK(fetch.ParseFromString(effect.row.body()), "a planned fetch parses");
  const bool simulated = effect.simulated() || options_.simulators_only;
  api::FetchAnswer answer;
  answer.set_provider(fetch.provider());
  answer.set_legal_entity(fetch.legal_entity());
  *answer.mutable_fetched_at() =
      to_proto(effect.simulated() ? effect.place.planned_at : clock_.now());

  Line* const line = line_of(fetch.provider(), simulated);
  const auto siren = siren_of(fetch.legal_entity());
  if (line == nullptr || !siren) {
    answer.set_outcome(api::FETCH_OUTCOME_FAILED);
    answer.set_code(line == nullptr ? "not_configured" : "no_siren");
    return told(answer);
  }
  auto admission = line->gate.admit();
  if (!admission.permit) {
    waits_.with({fetch.provider(), admission.because}).add();
    return Performed::later(admission.wait_ms);
  }
  const FetchTarget target{*siren, fetch.idempotency_key(), stored_date(fetch.day())};
  const Heard heard = ask(*line, target, simulated, stopping);
  // What this process ends itself says nothing of the provider; it is done again with its key.
  if (stopping) return Performed::later(1);
  admission.permit->report(heard.healthy);
  pass_fault_point("fetch.answered");
  const auto document = store(heard);
  if (!document) {
    log::error("raw_answer_not_stored", document.failure(), {{"provider", fetch.provider()}});
    return Performed::later(kStoreAgainMs);
  }
  answer.set_outcome(heard.read.outcome);
  answer.set_code(heard.read.code);
  answer.set_field(heard.read.field);
  answer.set_document_sha256(*document);
  answer.set_retry_after_s(heard.retry_after_s);
  for (const auto& one : heard.read.criteria) *answer.add_criteria() = one;
  answers_.with({fetch.provider(), api::FetchOutcome_Name(answer.outcome()).substr(14)}).add();
  return told(answer);
}

Fetcher::Heard Fetcher::failed(const std::string& code) {
  Heard heard;
  heard.read.code = code;
  heard.healthy = false;
  return heard;
}

Fetcher::Heard Fetcher::ask(Line& line,
                            const FetchTarget& target,
                            bool simulated,
                            const std::atomic<bool>& stopping) {
  const auto secret = simulated ? Result<std::string>(kSimulatorSecret) : line.secret.read();
  if (!secret) {
    log::error("secret_unreadable", secret.failure(), {{"provider", line.provider.name()}});
    return failed(secret.failure().code);
  }
  ProviderAccess access{line.endpoint.base_url, *secret, ""};
  if (!line.provider.wants_token()) return ask_once(line, target, access, simulated, stopping);
  for (const bool renew : {false, true}) {
    const auto token = token_of(line, access, renew, stopping);
    if (!token) return failed(token.failure().code);
    access.token = *token;
    Heard heard = ask_once(line, target, access, simulated, stopping);
    // Refused before its time: asked once more with a new one.
    if (renew || heard.read.code != "http_" + std::to_string(kUnauthorized)) return heard;
  }
  return failed("token_refused");
}

Fetcher::Heard Fetcher::ask_once(Line& line,
                                 const FetchTarget& target,
                                 const ProviderAccess& access,
                                 bool simulated,
                                 const std::atomic<bool>& stopping) {
  egress::HttpRequest request = line.provider.build_request(target, access);
  if (simulated) request.headers.push_back({kSimulatedDate, target.day.to_string()});
  const egress::HttpResult result = line.client.perform(request, stopping);
  if (result.end != HttpEnd::kAnswered) {
    Heard heard = failed(result.code);
    if (result.end == HttpEnd::kUnknown) heard.read.outcome = api::FETCH_OUTCOME_UNKNOWN;
    return heard;
  }
  Heard heard;
  heard.read = line.provider.read_answer(target, result.answer);
  heard.body = result.answer.body;
  heard.content_type = content_type_of(result.answer.header("content-type"));
  heard.retry_after_s = result.retry_after_s.value_or(0);
  // A company that can't be read is no reason to leave the provider alone; a server's error is.
  heard.healthy = result.answer.status < 500 && result.answer.status != 429;
  return heard;
}

// One caller gets a token, the others wait for it: a provider that counts tokens is not flooded.
Result<std::string> Fetcher::token_of(Line& line,
                                      const ProviderAccess& access,
                                      bool renew,
                                      const std::atomic<bool>& stopping) {
  const std::lock_guard lock(line.token_mutex);
  const bool valid = line.token && clock_.monotonic_ms() < line.token_until_ms;
  // Another caller has renewed it in the meantime.
  const bool fresh = renew && valid && line.token->text != access.token;
  if (valid && (!renew || fresh)) return line.token->text;
  line.token.reset();
  const auto result = line.client.perform(line.provider.build_token_request(access), stopping);
  if (result.end != HttpEnd::kAnswered) {
    return error(Reaction::kRetry, "token_" + result.code, "The provider gave no token.");
  }
  ENCOURS_ASSIGN(Token token, line.provider.read_token(result.answer));
  const std::int64_t valid_ms = token.valid_s * 1000;
  // One that lives shorter than the margin is used for half of its life.
  line.token_until_ms = clock_.monotonic_ms() + std::max(valid_ms / 2, valid_ms - kTokenMarginMs);
  line.token = std::move(token);
  return line.token->text;
}

// The name of the raw answer; empty where there is none.
Result<std::string> Fetcher::store(const Heard& heard) {
  if (heard.body.empty()) return std::string();
  DocumentMeta meta;
  meta.content_type = heard.content_type;
  meta.expires_at = clock_.now() + std::chrono::hours(24 * options_.raw_answer_kept_days);
  ENCOURS_ASSIGN(const DocumentRef ref, documents_.put(heard.body, meta));
  return ref.sha256;
}

Performed Fetcher::told(const api::FetchAnswer& answer) {
  Performed performed;
  switch (answer.outcome()) {
    case api::FETCH_OUTCOME_OK:
    case api::FETCH_OUTCOME_NOT_FOUND:
      performed.result = stream::v1alpha1::EFFECT_RESULT_DONE;
      break;
    case api::FETCH_OUTCOME_UNKNOWN:
      performed.result = stream::v1alpha1::EFFECT_RESULT_UNKNOWN;
      break;
    default:
      performed.result = stream::v1alpha1::EFFECT_RESULT_FAILED;
      break;
  }
  performed.code = answer.code();
  performed.message = answer.field().empty() ? "" : "The field to blame: " + answer.field() + ".";
  performed.type = answer.GetDescriptor()->full_name();
  performed.body = stream::Effects::serialise(answer);
  return performed;
}

}  // namespace encours::risk
