// Cell: one value of an answer, as text that is ready to print, and what kind of value it is.
//
// The kind decides what each format makes of it: numbers and amounts are right-aligned in tables;
// JSON has numbers for counts, strings for amounts (a reader's floating point must not touch them)
// and null for what is absent. Amounts are in major units with the decimals of their currency,
// without its code. Plain values; any thread.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "encours/common/v1alpha1/money.pb.h"

namespace encours::ctl {

struct Cell {
  enum class Kind { kAbsent, kText, kNumber, kAmount, kBoolean };

  Kind kind = Kind::kAbsent;
  std::string text;

  static Cell absent() { return {}; }
  // An empty text is absent.
  static Cell of(std::string_view text);
  static Cell number(std::int64_t number);
  static Cell boolean(bool value);
  // An amount in a currency that this build doesn't know is said in its minor units, as text.
  static Cell amount(std::int64_t minor, const std::string& currency_code);
  static Cell amount(const encours::common::v1alpha1::Money& money);
  // "66.67" for 6,667: points and days are whole hundredths.
  static Cell hundredths(std::int64_t value);
  // "2026-01-31"; absent where unset.
  static Cell date(const google::type::Date& date);
  // RFC 3339 in UTC; absent where unset.
  static Cell instant(const google::protobuf::Timestamp& at);
  // "raised" for ALERT_STATE_RAISED; absent for the unspecified value.
  template <class Enum>
  static Cell word(Enum value) {
    return enum_word(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
  }

 private:
  static Cell enum_word(const google::protobuf::EnumDescriptor& type, int number);
};

}  // namespace encours::ctl
