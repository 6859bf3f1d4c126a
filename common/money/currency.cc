#include "common/money/currency.h"

namespace encours {
namespace {

// Source: ISO 4217 list one (SIX Financial Information), published 2026-01-01. All entries with a
// minor unit are here; metals, test codes and units of account without one (XAU, XTS, XDR, ...)
// are not, because no invoice can be issued in them.
constexpr std::string_view kNoDecimals =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr std::string_view kTwoDecimals =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW "
    "ZWG";
constexpr std::string_view kThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";
constexpr std::string_view kFourDecimals = "CLF UYW";

// Withdrawn within the ten years for which a ledger is kept; old items still carry them.
constexpr std::string_view kWithdrawnNoDecimals = "BYR";
constexpr std::string_view kWithdrawnTwoDecimals = "ANG BGN CUC HRK MRO SLL STD VEF ZWL";

constexpr size_t kLetters = 26;

constexpr size_t table_index(std::string_view code) {
  size_t index = 0;
  for (const char letter : code) index = index * kLetters + static_cast<size_t>(letter - 'A');
  return index;
}

// Decimals by the three letters read as a number in base 26; -1 for a code that is not known.
class DecimalsTable {
 public:
  constexpr DecimalsTable() {
    for (int8_t& entry : entries_) entry = -1;
    enter(kNoDecimals, 0);
    enter(kTwoDecimals, 2);
    enter(kThreeDecimals, 3);
    enter(kFourDecimals, 4);
    enter(kWithdrawnNoDecimals, 0);
    enter(kWithdrawnTwoDecimals, 2);
  }
  constexpr int8_t find(std::string_view code) const { return entries_[table_index(code)]; }

 private:
  constexpr void enter(std::string_view codes, int8_t decimals) {
    for (size_t at = 0; at < codes.size(); at += 4) {
      entries_[table_index(codes.substr(at, 3))] = decimals;
    }
  }

  std::array<int8_t, kLetters * kLetters * kLetters> entries_{};
};

constexpr DecimalsTable kDecimals;

bool three_capitals(std::string_view code) {
  if (code.size() != 3) return false;
  for (const char letter : code) {
    if (letter < 'A' || letter > 'Z') return false;
  }
  return true;
}

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  const int8_t decimals = three_capitals(code) ? kDecimals.find(code) : int8_t{-1};
  if (decimals < 0) {
    return refused("unknown_currency",
                   "",
                   "A currency is a code of ISO 4217 in three capital letters, such as EUR.");
  }
  Currency currency;
  currency.code_ = {code[0], code[1], code[2]};
  currency.decimals_ = decimals;
  return currency;
}

}  // namespace encours
