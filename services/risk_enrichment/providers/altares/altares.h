// Altares: a company report in the shape of D&B Direct+ data blocks, as Altares resells it.
//
// POST /v3/token with client credentials gives a bearer token; GET /v1/data/siren/{siren} gives the
// report. The version of a block stands in its id. Reads solvency (failureScore.nationalPercentile,
// 1 to 100, 100 best; 0 stands for no value), the payment index (paydexScore, 0 to 100), the
// recommended credit, liens, the collective procedure and the turnover. No public description of
// Altares' own API exists: blocks "legalEvents" and "financials" are ours where D&B has flags only,
// and are to be checked with the contract. The report must name the SIREN that was asked for. A
// flag that says "open procedure" without saying which makes the answer malformed, for silence
// would hide it.
#pragma once

#include "services/risk_enrichment/providers/provider.h"

namespace encours::risk {

class AltaresProvider final : public Provider {
 public:
  std::string name() const override { return "altares"; }
  egress::HttpRequest build_request(const FetchTarget& target,
                                    const ProviderAccess& access) const override;
  ReadAnswer read_answer(const FetchTarget& target,
                         const egress::HttpAnswer& answer) const override;

  bool wants_token() const override { return true; }
  egress::HttpRequest build_token_request(const ProviderAccess& access) const override;
  Result<Token> read_token(const egress::HttpAnswer& answer) const override;
};

}  // namespace encours::risk
