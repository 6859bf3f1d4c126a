// Provider: one source of what the outside knows, as two pure functions: how to ask, how to read.
//
// build_request() makes the HTTP request for a company; read_answer() makes criteria of the answer,
// or says that the company is not known, or that the answer is malformed and by which field.
// A field that is absent or null is absent; one of a wrong type or outside of its range makes the
// whole answer malformed: half of a report that has changed its form is not to be trusted. No value
// comes out of nothing. A provider that wants a token first says how to get one. No I/O, no clock;
// safe from any thread. A new adapter is one folder and one line in all_providers.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/egress/http.h"
#include "common/time/date.h"
#include "encours/risk/v1alpha1/fetch.pb.h"

namespace encours::risk {

namespace api = encours::risk::v1alpha1;

// Whom to ask about, and how to be recognised.
struct FetchTarget {
  // Nine digits.
  std::string siren;
  std::string idempotency_key;
  // The creditor's day; told to simulators only.
  Date day;
};

// Where a provider is, and what it knows us by.
struct ProviderAccess {
  // "https://api.insee.fr", without a slash at its end.
  std::string base_url;
  // A key, or "user:password"; as the file of the secret has it.
  std::string secret;
  // Of a provider that wants one.
  std::string token;
};

struct ReadAnswer {
  // OK, NOT_FOUND or FAILED.
  api::FetchOutcome outcome = api::FETCH_OUTCOME_FAILED;
  // Where it is FAILED: "malformed", "http_500", "provider_error", ...; and the field to blame.
  std::string code;
  std::string field;
  std::vector<api::AnsweredCriterion> criteria;
};

struct Token {
  std::string text;
  std::int64_t valid_s = 0;
};

class Provider {
 public:
  virtual ~Provider() = default;

  // As policies name it.
  virtual std::string name() const = 0;
  virtual egress::HttpRequest build_request(const FetchTarget& target,
                                            const ProviderAccess& access) const = 0;
  virtual ReadAnswer read_answer(const FetchTarget& target,
                                 const egress::HttpAnswer& answer) const = 0;

  virtual bool wants_token() const { return false; }
  virtual egress::HttpRequest build_token_request(const ProviderAccess& access) const;
  // "token_refused" or "token_malformed".
  virtual Result<Token> read_token(const egress::HttpAnswer& answer) const;
};

std::vector<std::unique_ptr<Provider>> all_providers();

}  // namespace encours::risk
