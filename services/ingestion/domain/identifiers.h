// The public identifiers of companies, accounts and references, checked by their own digits.
//
// A check says that a number is well formed, never that it is in use: that is the business of a
// register. Spaces between groups are allowed, as printed. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace encours::ingestion {

// 9 digits, Luhn; 000000000 passes Luhn and is none.
bool is_siren(std::string_view text);

// 14 digits that begin with a SIREN; Luhn over all. Those of La Poste (SIREN 356000000) may have a
// digit sum that is a multiple of 5 instead.
bool is_siret(std::string_view text);

// FR, two digits of key = (12 + 3 × (SIREN mod 97)) mod 97, SIREN. Numbers of Monaco, whose SIREN
// part begins with 000, have the key alone.
bool is_french_vat(std::string_view text);

// Two letters of a country (EL, XI as well) and 2 to 13 letters or digits; a French one must be
// right in itself.
bool is_vat(std::string_view text);

// ISO 11649: RF, two check digits, 1 to 21 letters or digits; ISO 7064 MOD 97-10.
bool is_iso11649(std::string_view text);

// ISO 13616: country, two check digits, 11 to 30 letters or digits; ISO 7064 MOD 97-10.
bool is_iban(std::string_view text);

// The form in which references are compared: upper case (A to Z), without spaces and leading
// zeros; of zeros alone one is left.
std::string normal_reference(std::string_view text);

}  // namespace encours::ingestion
