#include "deploy/sample/identifiers.h"

#include <cstdio>

#include "common/base/check.h"

namespace encours::sample {
namespace {

std::string padded(std::int64_t number, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*lld", digits, static_cast<long long>(number));
  return text;
}

// The digit that makes all of it pass Luhn's check.
char luhn_digit(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 0) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

// Of digits and capital letters, A being 10 and Z being 35.
int mod_97(std::string_view text) {
  int rest = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    rest = digit ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest;
}

// ISO 7064 MOD 97-10, as IBAN and RF references have it: prefix, two check digits, rest.
std::string with_check_digits(std::string_view prefix, std::string_view rest) {
  const int check = 98 - mod_97(std::string(rest) + std::string(prefix) + "00");
  return std::string(prefix) + padded(check, 2) + std::string(rest);
}

std::string french_vat(std::int64_t siren) {
  const std::string digits = padded(siren, 9);
  return "FR" + padded((12 + 3 * mod_97(digits)) % 97, 2) + digits;
}

// Seven digits weighted 8 to 2; the last two bring the sum to a multiple of 97.
std::string british_vat(std::int64_t number) {
  const std::string digits = padded(number, 7);
  int sum = 0;
  for (int i = 0; i < 7; ++i) sum += (8 - i) * (digits[static_cast<std::size_t>(i)] - '0');
  return "GB" + digits + padded(97 - sum % 97, 2);
}

// ISO 7064 MOD 11,10.
std::string german_vat(std::int64_t number) {
  const std::string digits = "9" + padded(number, 7);
  int product = 10;
  for (const char c : digits) {
    const int sum = (c - '0' + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return "DE" + digits + padded((11 - product) % 10, 1);
}

std::string irish_vat(std::int64_t number) {
  const std::string digits = padded(number, 7);
  int sum = 0;
  for (int i = 0; i < 7; ++i) sum += (8 - i) * (digits[static_cast<std::size_t>(i)] - '0');
  return "IE" + digits + "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23];
}

std::string belgian_vat(std::int64_t number) {
  const std::string digits = "0" + padded(number, 7);
  return "BE" + digits + padded(97 - mod_97(digits), 2);
}

// Bank, branch and account, then the key that a French account number carries.
std::string french_account(std::int64_t number) {
  const std::string account = padded(number, 11);
  const int key = 97 - mod_97("9999900001" + account + "00");
  return "9999900001" + account + padded(key, 2);
}

std::string belgian_account(std::int64_t number) {
  const std::string account = "999" + padded(number, 7);
  const int rest = mod_97(account);
  return account + padded(rest == 0 ? 97 : rest, 2);
}

}  // namespace

std::string siren_of(int number) {
  ENCOURS_CHECK(number >= 0 && number < kSirenCount, "the block has 10,000 numbers");
  const std::string digits = "2196" + padded(number, 4);
  return digits + luhn_digit(digits);
}

std::string siret_of(const std::string& siren, int establishment) {
  const std::string digits = siren + padded(establishment, 4);
  return digits + luhn_digit(digits);
}

std::string vat_number(std::string_view country, std::int64_t number) {
  if (country == "FR") return french_vat(number);
  if (country == "GB") return british_vat(number);
  if (country == "DE") return german_vat(number);
  if (country == "IE") return irish_vat(number);
  if (country == "BE") return belgian_vat(number);
  return {};
}

std::string iban_of(std::string_view country, std::int64_t number) {
  if (country == "FR") return with_check_digits("FR", french_account(number));
  if (country == "GB") return with_check_digits("GB", "EXMP999999" + padded(number, 8));
  if (country == "IE") return with_check_digits("IE", "EXMP999999" + padded(number, 8));
  if (country == "DE") return with_check_digits("DE", "99999999" + padded(number, 10));
  if (country == "BE") return with_check_digits("BE", belgian_account(number));
  return {};
}

std::string bic_of(std::string_view country) { return "EXMP" + std::string(country) + "00"; }

std::string rf_reference(std::string_view reference) { return with_check_digits("RF", reference); }

std::string phone_of(std::string_view country, std::int64_t number) {
  if (country == "FR") return "+3319900" + padded(number % 10'000, 4);
  if (country == "GB") return "+442079460" + padded(number % 1'000, 3);
  if (country == "IE") return "+35320910" + padded(number % 10'000, 4);
  if (country == "DE") return "+493023125" + padded(number % 1'000, 3);
  if (country == "US") return "+121255501" + padded(number % 100, 2);
  return {};
}

std::string mobile_of(std::string_view country, std::int64_t number) {
  if (country == "FR") return "+3363998" + padded(number % 10'000, 4);
  if (country == "GB") return "+447700900" + padded(number % 1'000, 3);
  return {};
}

}  // namespace encours::sample
