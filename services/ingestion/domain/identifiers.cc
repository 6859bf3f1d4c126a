#include "services/ingestion/domain/identifiers.h"

#include <algorithm>

namespace encours::ingestion {
namespace {

constexpr std::string_view kLaPoste = "356000000";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Upper case, without spaces and no-break spaces.
std::string compact(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') continue;
    if (text.substr(i, 2) == "\xC2\xA0") {
      ++i;
      continue;
    }
    out.push_back(upper(text[i]));
  }
  return out;
}

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

bool letters_or_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_upper(c); });
}

int digit_sum(std::string_view digits) {
  int sum = 0;
  for (const char c : digits) sum += c - '0';
  return sum;
}

// Every second digit from the right counts double, its own digits summed.
bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

bool siren_digits(std::string_view digits) {
  return digits.size() == 9 && all_digits(digits) && passes_luhn(digits) && digits != "000000000";
}

int number_mod_97(std::string_view digits) {
  int rest = 0;
  for (const char c : digits) rest = (rest * 10 + (c - '0')) % 97;
  return rest;
}

bool french_vat_digits(std::string_view text) {
  if (text.size() != 13 || !text.starts_with("FR") || !all_digits(text.substr(2))) return false;
  const std::string_view siren = text.substr(4);
  const int key = (12 + 3 * number_mod_97(siren)) % 97;
  if ((text[2] - '0') * 10 + (text[3] - '0') != key) return false;
  const bool monaco = siren.starts_with("000") && siren != "000000000";
  return monaco || siren_digits(siren);
}

// ISO 7064 MOD 97-10 with the first four characters moved to the end; A is 10, Z is 35.
bool passes_mod_97_10(std::string_view text) {
  int rest = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[(i + 4) % text.size()];
    rest = is_digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest == 1;
}

bool has_check_digits(std::string_view text, std::size_t min_bytes, std::size_t max_bytes) {
  return text.size() >= min_bytes && text.size() <= max_bytes && is_upper(text[0]) &&
         is_upper(text[1]) && is_digit(text[2]) && is_digit(text[3]) && letters_or_digits(text) &&
         passes_mod_97_10(text);
}

}  // namespace

bool is_siren(std::string_view text) { return siren_digits(compact(text)); }

bool is_siret(std::string_view text) {
  const std::string digits = compact(text);
  if (digits.size() != 14 || !all_digits(digits)) return false;
  if (!siren_digits(std::string_view(digits).substr(0, 9))) return false;
  if (passes_luhn(digits)) return true;
  return digits.starts_with(kLaPoste) && digit_sum(digits) % 5 == 0;
}

bool is_french_vat(std::string_view text) { return french_vat_digits(compact(text)); }

bool is_vat(std::string_view text) {
  const std::string number = compact(text);
  if (number.size() < 4 || number.size() > 15 || !is_upper(number[0]) || !is_upper(number[1]) ||
      !letters_or_digits(number)) {
    return false;
  }
  return !number.starts_with("FR") || french_vat_digits(number);
}

bool is_iso11649(std::string_view text) {
  const std::string reference = compact(text);
  return reference.starts_with("RF") && has_check_digits(reference, 5, 25);
}

bool is_iban(std::string_view text) { return has_check_digits(compact(text), 15, 34); }

std::string normal_reference(std::string_view text) {
  std::string out = compact(text);
  const std::size_t first = out.find_first_not_of('0');
  if (first == std::string::npos) return out.empty() ? out : "0";
  out.erase(0, first);
  return out;
}

}  // namespace encours::ingestion
