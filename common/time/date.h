// Date is a day of the calendar, without an hour and without a zone.
//
// It is a plain value (days since 1970-01-01) between 0001-01-01 and 9999-12-31, the range of
// ISO 8601 texts and of google.type.Date. Arithmetic that would leave the range stops at its end:
// a term of a billion days in somebody's file must neither wrap round nor stop the process.
// Text from outside is parsed strictly and refused with the code "invalid_date".
#pragma once

#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

namespace encours {

// The numbers of ISO 8601.
enum class Weekday { kMonday = 1, kTuesday, kWednesday, kThursday, kFriday, kSaturday, kSunday };

struct YearMonthDay {
  int year = 1970;
  int month = 1;  // 1 to 12.
  int day = 1;    // 1 to 31.

  friend bool operator==(const YearMonthDay&, const YearMonthDay&) = default;
};

class Date {
 public:
  constexpr Date() = default;  // 1970-01-01.

  static constexpr Date min() { return Date(kMinDays); }
  static constexpr Date max() { return Date(kMaxDays); }

  // Days before 0001-01-01 or after 9999-12-31 become those ends.
  static constexpr Date from_days(int64_t days) {
    if (days < kMinDays) return min();
    if (days > kMaxDays) return max();
    return Date(static_cast<int32_t>(days));
  }
  static Result<Date> from_ymd(int year, int month, int day);

  // "2026-01-31", exactly ten characters.
  static Result<Date> parse(std::string_view text);

  constexpr int32_t days() const { return days_; }
  YearMonthDay ymd() const;
  int year() const { return ymd().year; }
  int month() const { return ymd().month; }
  int day() const { return ymd().day; }
  Weekday weekday() const;
  std::string to_string() const;

  constexpr Date plus_days(int64_t days) const {
    // No sum can overflow: what is outside the range is cut before the addition.
    if (days > kMaxDays - kMinDays) return max();
    if (days < kMinDays - kMaxDays) return min();
    return from_days(days_ + days);
  }
  // The same day of another month, or its last day if it is shorter: 31 January plus 1 month is
  // 28 or 29 February.
  Date plus_months(int64_t months) const;
  Date start_of_month() const;
  Date end_of_month() const;

  friend constexpr bool operator==(Date, Date) = default;
  friend constexpr auto operator<=>(Date, Date) = default;
  friend constexpr Date operator+(Date date, int64_t days) { return date.plus_days(days); }
  friend constexpr Date operator-(Date date, int64_t days) {
    return days == INT64_MIN ? max() : date.plus_days(-days);
  }
  // Days from `from` to `to`; negative when `to` is earlier.
  friend constexpr int32_t operator-(Date to, Date from) { return to.days_ - from.days_; }
  friend std::ostream& operator<<(std::ostream& out, Date date) { return out << date.to_string(); }
  template <class H>
  friend H AbslHashValue(H state, Date date) {
    return H::combine(std::move(state), date.days_);
  }

 private:
  static constexpr int32_t kMinDays = -719162;  // 0001-01-01
  static constexpr int32_t kMaxDays = 2932896;  // 9999-12-31

  constexpr explicit Date(int32_t days) : days_(days) {}

  int32_t days_ = 0;
};

}  // namespace encours
