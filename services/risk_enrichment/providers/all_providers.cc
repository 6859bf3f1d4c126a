#include "services/risk_enrichment/providers/altares/altares.h"
#include "services/risk_enrichment/providers/provider.h"
#include "services/risk_enrichment/providers/sirene/sirene.h"

namespace encours::risk {

std::vector<std::unique_ptr<Provider>> all_providers() {
  std::vector<std::unique_ptr<Provider>> all;
  all.push_back(std::make_unique<AltaresProvider>());
  all.push_back(std::make_unique<SireneProvider>());
  return all;
}

}  // namespace encours::risk
