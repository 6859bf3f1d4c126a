// Numbers that pass every check and belong to nobody: SIREN, SIRET, VAT numbers, IBAN, RF
// references.
//
// A SIREN of the sample begins with 2196. Numbers that begin with 21 are given to communes and
// carry their department; there is no department 96, so no body can have one of these. Bank codes
// are 99999 or EXMP, which no bank has. Phone numbers are from the ranges that the regulators keep
// for fiction. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace encours::sample {

// How many different ones there are.
inline constexpr int kSirenCount = 10'000;

// `number` from 0 to kSirenCount - 1; the ninth digit is the check digit (Luhn).
std::string siren_of(int number);
// The first establishment of the company, then the second, ...
std::string siret_of(const std::string& siren, int establishment);

// For FR `number` is a SIREN; elsewhere any number of up to 7 digits. Empty for countries without.
std::string vat_number(std::string_view country, std::int64_t number);

// Of the account `number` at a bank of the country that does not exist; empty where there is none.
std::string iban_of(std::string_view country, std::int64_t number);
std::string bic_of(std::string_view country);

// ISO 11649.
std::string rf_reference(std::string_view reference);

// By E.164.
std::string phone_of(std::string_view country, std::int64_t number);
std::string mobile_of(std::string_view country, std::int64_t number);

}  // namespace encours::sample
