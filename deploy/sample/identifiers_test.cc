// Goal: every number of the sample passes the checks of ingestion. Method: ingestion's own checks.
#include "deploy/sample/identifiers.h"

#include <gtest/gtest.h>

#include <set>

#include "services/ingestion/domain/identifiers.h"

namespace encours::sample {
namespace {

TEST(Identifiers, companies_and_establishments) {
  std::set<std::string> seen;
  for (int i = 0; i < kSirenCount; ++i) {
    const std::string siren = siren_of(i);
    ASSERT_TRUE(ingestion::is_siren(siren)) << siren;
    ASSERT_TRUE(siren.starts_with("2196")) << "a department that is not there";
    ASSERT_TRUE(seen.insert(siren).second) << siren;
    ASSERT_TRUE(ingestion::is_siret(siret_of(siren, 1 + i % 7)));
    ASSERT_TRUE(ingestion::is_french_vat(vat_number("FR", std::stoll(siren))));
  }
}

TEST(Identifiers, accounts_of_banks) {
  for (const char* country : {"FR", "GB", "IE", "DE", "BE"}) {
    for (std::int64_t number = 1; number < 6'000'000; number += 9'973) {
      const std::string iban = iban_of(country, number);
      ASSERT_TRUE(ingestion::is_iban(iban)) << iban;
    }
  }
  EXPECT_EQ(iban_of("US", 1), "");
}

TEST(Identifiers, references_and_vat) {
  for (int i = 1; i < 500; ++i) {
    ASSERT_TRUE(ingestion::is_iso11649(rf_reference("2026" + std::to_string(i))));
    for (const char* country : {"GB", "IE", "DE", "BE"}) {
      ASSERT_TRUE(ingestion::is_vat(vat_number(country, 9'000'000 + i))) << country;
    }
  }
}

}  // namespace
}  // namespace encours::sample
