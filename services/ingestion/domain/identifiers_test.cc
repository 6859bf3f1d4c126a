// Goal: identifiers are accepted and refused as their registers do. Method: numbers of real
// companies and published vectors (domain notes 3.11 and 3.12; the IBANs are the examples of the
// ISO 13616 registry), each also with one digit changed.
#include "services/ingestion/domain/identifiers.h"

#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

TEST(Siren, luhn_over_nine_digits) {
  for (const char* good : {"552032534",
                           "732829320",
                           "130025265",
                           "833310592",
                           "356000000",
                           "552 032 534",
                           "552\xC2\xA0"
                           "032\xC2\xA0"
                           "534"}) {
    EXPECT_TRUE(is_siren(good)) << good;
  }
  for (const char* bad : {"123456789",
                          "000000000",
                          "",
                          "55203253",
                          "5520325344",
                          "55203253A",
                          "552032535",
                          "552-032-534"}) {
    EXPECT_FALSE(is_siren(bad)) << bad;
  }
}

TEST(Siret, luhn_over_fourteen_digits) {
  for (const char* good :
       {"73282932000074", "55203253400646", "35600000000048", "732 829 320 00074"}) {
    EXPECT_TRUE(is_siret(good)) << good;
  }
  for (const char* bad :
       {"73282932000075", "00000000000000", "", "7328293200007", "12345678900000"}) {
    EXPECT_FALSE(is_siret(bad)) << bad;
  }
}

TEST(Siret, la_poste_has_a_rule_of_its_own) {
  EXPECT_TRUE(is_siret("35600000049837"));   // Fails Luhn (48); digit sum 45.
  EXPECT_FALSE(is_siret("35600000049838"));  // Digit sum 46, Luhn 49.
  EXPECT_FALSE(is_siret("73282932000072"));  // Digit sum 45, but not La Poste; Luhn 48.
}

TEST(FrenchVat, key_and_siren) {
  for (const char* good : {"FR27552032534",
                           "FR07130025265",
                           "FR39356000000",
                           "FR44732829320",
                           "FR64833310592",
                           "fr 27 552032534"}) {
    EXPECT_TRUE(is_french_vat(good)) << good;
    EXPECT_TRUE(is_vat(good)) << good;
  }
  // FR32123456789 has the right key, but its SIREN is none: 123456789 mod 97 = 39, key 32.
  for (const char* bad : {"FR28552032534",
                          "FR32123456789",
                          "FR12000000000",
                          "FR2755203253",
                          "552032534",
                          "DE27552032534",
                          "FRXX552032534"}) {
    EXPECT_FALSE(is_french_vat(bad)) << bad;
  }
}

TEST(FrenchVat, monaco_has_no_siren) {
  // 000000123 mod 97 = 26, key (12 + 78) mod 97 = 90.
  EXPECT_TRUE(is_french_vat("FR90000000123"));
  EXPECT_FALSE(is_french_vat("FR91000000123"));
}

TEST(Vat, other_countries_by_form) {
  for (const char* good : {"DE136695976", "ESX1234567X", "EL123456789", "NL123456789B01"}) {
    EXPECT_TRUE(is_vat(good)) << good;
  }
  for (const char* bad : {"", "DE", "123456789", "DE1366959761234567", "DE-136", "FR12000000000"}) {
    EXPECT_FALSE(is_vat(bad)) << bad;
  }
}

TEST(Iso11649, check_digits) {
  for (const char* good : {"RF18539007547034",
                           "RF69FA20260001234",
                           "RF98INV2026000123",
                           "RF332348236",
                           "RF18 5390 0754 7034",
                           "rf18539007547034"}) {
    EXPECT_TRUE(is_iso11649(good)) << good;
  }
  for (const char* bad : {"RF19539007547034",
                          "RF18",
                          "",
                          "XX18539007547034",
                          "RF18539007547035",
                          "RF18-539007547034",
                          "RF1853900754703400000000000"}) {
    EXPECT_FALSE(is_iso11649(bad)) << bad;
  }
}

TEST(Iban, check_digits) {
  for (const char* good : {"FR14 2004 1010 0505 0001 3M02 606",
                           "DE89370400440532013000",
                           "GB29NWBK60161331926819",
                           "NO9386011117947"}) {
    EXPECT_TRUE(is_iban(good)) << good;
  }
  for (const char* bad :
       {"FR1420041010050500013M02607", "", "DE", "DE8937040044", "8937040044053201300000"}) {
    EXPECT_FALSE(is_iban(bad)) << bad;
  }
}

TEST(NormalReference, is_the_form_to_compare) {
  EXPECT_EQ(normal_reference("0280670965"), "280670965");
  EXPECT_EQ(normal_reference(" fa-2026 0001 "), "FA-20260001");
  EXPECT_EQ(normal_reference("000"), "0");
  EXPECT_EQ(normal_reference("0"), "0");
  EXPECT_EQ(normal_reference(" "), "");
  EXPECT_EQ(normal_reference("été-1"), "éTé-1");
}

}  // namespace
}  // namespace encours::ingestion
