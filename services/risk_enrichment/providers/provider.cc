#include "services/risk_enrichment/providers/provider.h"

#include "common/base/check.h"

namespace encours::risk {

egress::HttpRequest Provider::build_token_request(const ProviderAccess&) const {
  ENCOURS_CHECK(false, "this provider wants no token");
  return {};
}

Result<Token> Provider::read_token(const egress::HttpAnswer&) const {
  ENCOURS_CHECK(false, "this provider wants no token");
  return Token{};
}

}  // namespace encours::risk
