// Sirene: the register of companies of INSEE (API Sirene 3.11, domain of the State's open data).
//
// GET /api-sirene/3.11/siren/{siren} with a key in X-INSEE-Api-Key-Integration; 30 requests a
// minute. Gives register state, activity with its nomenclature, workforce band, day of creation and
// legal form. What changes over time stands in periods; the current one has no end. A legal unit
// that may not be shown (statut 301) is NOT_FOUND with the code "not_diffusible". A 404 counts as
// not found only where the register itself says so; a gateway's own 404 is a failure. Names are not
// read: that of a sole trader is personal.
#pragma once

#include "services/risk_enrichment/providers/provider.h"

namespace encours::risk {

class SireneProvider final : public Provider {
 public:
  std::string name() const override { return "sirene"; }
  egress::HttpRequest build_request(const FetchTarget& target,
                                    const ProviderAccess& access) const override;
  ReadAnswer read_answer(const FetchTarget& target,
                         const egress::HttpAnswer& answer) const override;
};

}  // namespace encours::risk
