#include "services/encoursctl/output/cell.h"

#include <cctype>

#include "common/money/money.h"
#include "common/time/date.h"
#include "common/time/instant.h"

namespace encours::ctl {
namespace {

// "AlertState" -> "ALERT_STATE_": what the values of an enum begin with.
std::string value_prefix(const std::string& enum_name) {
  std::string prefix;
  for (const char c : enum_name) {
    const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (upper && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  return prefix + "_";
}

}  // namespace

Cell Cell::of(std::string_view text) {
  if (text.empty()) return {};
  return {Kind::kText, std::string(text)};
}

Cell Cell::number(std::int64_t number) { return {Kind::kNumber, std::to_string(number)}; }

Cell Cell::boolean(bool value) { return {Kind::kBoolean, value ? "true" : "false"}; }

Cell Cell::amount(std::int64_t minor, const std::string& currency_code) {
  if (currency_code.empty() && minor == 0) return {};
  const auto currency = Currency::parse(currency_code);
  if (!currency) {
    return of(std::to_string(minor) + " minor units of '" + currency_code + "'");
  }
  return {Kind::kAmount, format(Money{*currency, minor})};
}

Cell Cell::amount(const encours::common::v1alpha1::Money& money) {
  return amount(money.minor(), money.currency_code());
}

Cell Cell::hundredths(std::int64_t value) {
  const std::uint64_t size =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const std::string rest = std::to_string(size % 100);
  return {
      Kind::kAmount,
      (value < 0 ? "-" : "") + std::to_string(size / 100) + (rest.size() == 1 ? ".0" : ".") + rest};
}

Cell Cell::date(const google::type::Date& date) {
  const auto day = Date::from_ymd(date.year(), date.month(), date.day());
  return day ? of(day->to_string()) : absent();
}

Cell Cell::instant(const google::protobuf::Timestamp& at) {
  if (at.seconds() == 0 && at.nanos() == 0) return {};
  return of(Instant::from_unix_seconds(at.seconds(), at.nanos()).to_string());
}

Cell Cell::enum_word(const google::protobuf::EnumDescriptor& type, int number) {
  if (number == 0) return {};
  const auto* value = type.FindValueByNumber(number);
  // A server of a later version may know more values than this build.
  if (value == nullptr) return of("unknown_" + std::to_string(number));
  std::string word = value->name();
  const std::string prefix = value_prefix(type.name());
  if (word.rfind(prefix, 0) == 0) word.erase(0, prefix.size());
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return of(word);
}

}  // namespace encours::ctl
