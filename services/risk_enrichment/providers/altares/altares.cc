#include "services/risk_enrichment/providers/altares/altares.h"

#include <absl/strings/escaping.h>

#include <map>

#include "services/risk_enrichment/domain/criteria.h"
#include "services/risk_enrichment/providers/reading.h"

namespace encours::risk {
namespace {

constexpr const char* kBlocks =
    "companyinfo_L2_v1,financialstrengthinsight_L2_v1,paymentinsight_L1_v1,eventfilings_L1_v1";
// What the provider says where it has no report on a company.
constexpr const char* kNoProduct = "10001";
constexpr std::int64_t kLongestTokenSeconds = 7 * 86'400;

void read_scores(JsonAnswer& json, ReadAnswer* read) {
  const std::string score = "organization.dnbAssessment.failureScore";
  if (json.has_object(score)) {
    const auto percentile = json.whole(score + ".nationalPercentile", 0, kScoreRange.most);
    const auto scored_on = json.date(score + ".scoreDate");
    if (percentile.value_or(0) > 0) {
      add_number(read, api::CRITERION_SOLVENCY_SCORE, percentile, scored_on);
    }
  }
  const std::string credit = "organization.dnbAssessment.creditLimitRecommendation";
  if (json.has_object(credit)) {
    add_money(read,
              api::CRITERION_RECOMMENDED_CREDIT,
              json.money(credit + ".maximumRecommendedLimit"),
              json.date(credit + ".assessmentDate"));
  }
}

// The first summary of the first trading block: that of the company's own currency.
void read_payments(JsonAnswer& json, ReadAnswer* read) {
  json.each("organization.businessTrading", [&](JsonAnswer& trading) {
    trading.each("summary", [&](JsonAnswer& summary) {
      add_number(read,
                 api::CRITERION_PAYMENT_INDEX,
                 summary.whole("paydexScore", kScoreRange.least, kScoreRange.most),
                 summary.date("paydexScoreDate"));
      return false;
    });
    return false;
  });
}

void read_liens(JsonAnswer& json, ReadAnswer* read) {
  const std::string events = "organization.legalEvents";
  const auto flag = json.flag(events + ".hasOpenLiens");
  const auto amount = json.money(events + ".openLiens");
  // The two must agree: an amount that a flag denies is no amount.
  if (flag && amount && *flag != (amount->minor() > 0)) json.refuse(events + ".openLiens");
  if (flag == true && !amount) json.refuse(events + ".openLiens");
  add_money(read, api::CRITERION_LIENS, amount, json.date(events + ".asOf"));
}

void read_insolvency(JsonAnswer& json, ReadAnswer* read) {
  static const std::map<std::string, std::string> kCodes{{"sauvegarde", "safeguard"},
                                                         {"redressement", "reorganisation"},
                                                         {"liquidation", "liquidation"}};
  const std::string events = "organization.legalEvents";
  const auto flag = json.flag(events + ".hasOpenBankruptcy");
  const auto procedure = json.text(events + ".openProceeding");
  if (!flag && !procedure) return;
  std::optional<std::string> state;
  if (flag == false && !procedure) {
    state = kNoInsolvency;
  } else if (flag != false && procedure && kCodes.count(*procedure) > 0) {
    state = kCodes.at(*procedure);
  } else {
    json.refuse(events + ".openProceeding");
  }
  add_code(read, api::CRITERION_INSOLVENCY, state, json.date(events + ".asOf"));
}

void read_turnover(JsonAnswer& json, ReadAnswer* read) {
  json.each("organization.financials", [&](JsonAnswer& accounts) {
    const auto closed_on = accounts.date("financialStatementToDate");
    add_money(read, api::CRITERION_TURNOVER, accounts.money("yearlyRevenue"), closed_on);
    return false;
  });
}

void check_company(const FetchTarget& target, JsonAnswer& json) {
  const std::string numbers = "organization.registrationNumbers";
  bool named = false;
  json.each(numbers, [&](JsonAnswer& number) {
    named = number.text("registrationNumber") == target.siren;
    return !named;
  });
  if (!named) json.refuse(numbers);
}

}  // namespace

egress::HttpRequest AltaresProvider::build_request(const FetchTarget& target,
                                                   const ProviderAccess& access) const {
  egress::HttpRequest request;
  request.url = access.base_url + "/v1/data/siren/" + egress::url_escaped(target.siren) +
                "?blockIDs=" + egress::url_escaped(kBlocks) + "&countryISOAlpha2Code=FR";
  request.headers = {{"Accept", "application/json"},
                     {"Authorization", "Bearer " + access.token, true},
                     {"Idempotency-Key", target.idempotency_key}};
  return request;
}

ReadAnswer AltaresProvider::read_answer(const FetchTarget& target,
                                        const egress::HttpAnswer& answer) const {
  if (answer.status != 200 && answer.status != 404) return http_failure(answer.status);
  JsonAnswer json = JsonAnswer::parse(answer.body);
  const bool is_error = json.has_object("error");
  if (answer.status == 404) {
    const bool unknown = is_error && json.text("error.errorCode") == kNoProduct;
    return unknown && json.good() ? not_found() : http_failure(answer.status);
  }
  if (is_error) return {api::FETCH_OUTCOME_FAILED, "provider_error", "error", {}};
  if (!json.has_object("organization")) {
    return malformed(json.good() ? "organization" : json.blame());
  }
  check_company(target, json);
  ReadAnswer read;
  read_scores(json, &read);
  read_payments(json, &read);
  read_liens(json, &read);
  read_insolvency(json, &read);
  read_turnover(json, &read);
  return finished(json, std::move(read));
}

egress::HttpRequest AltaresProvider::build_token_request(const ProviderAccess& access) const {
  egress::HttpRequest request;
  request.method = "POST";
  request.url = access.base_url + "/v3/token";
  request.headers = {{"Accept", "application/json"},
                     {"Content-Type", "application/x-www-form-urlencoded"},
                     {"Authorization", "Basic " + absl::Base64Escape(access.secret), true}};
  request.body = "grant_type=client_credentials";
  return request;
}

Result<Token> AltaresProvider::read_token(const egress::HttpAnswer& answer) const {
  if (answer.status != 200) {
    return error(Reaction::kRetry,
                 "token_refused",
                 "The provider gave no token: status " + std::to_string(answer.status) + ".");
  }
  JsonAnswer json = JsonAnswer::parse(answer.body);
  const auto text = json.text("access_token", 4096);
  const auto valid_s = json.whole("expiresIn", 1, kLongestTokenSeconds);
  if (!json.good() || !text || !valid_s) {
    return error(Reaction::kRetry,
                 "token_malformed",
                 "The provider's token answer has no access_token with expiresIn.",
                 json.blame());
  }
  return Token{*text, *valid_s};
}

}  // namespace encours::risk
