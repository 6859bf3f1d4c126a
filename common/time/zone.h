// Zone is a time zone by its IANA name: it turns a local day and hour into an Instant and back.
//
// A Zone is a small value, safe from any thread, loaded once from the tz database of the machine;
// two machines agree when their tzdata do, so the image fixes its version. Names from outside are
// refused with the code "unknown_time_zone".
//
// The rule for clock changes, the same everywhere: an hour that does not exist (the clock jumps
// over it) is the instant of the jump; an hour that exists twice is its first occurrence.
#pragma once

#include <absl/time/time.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"
#include "common/time/date.h"
#include "common/time/instant.h"

namespace encours {

struct LocalTime {
  int hour = 0;    // 0 to 23.
  int minute = 0;  // 0 to 59.
};

// The two instants of a local day at which all that depends on the day is decided: midnight
// (overdue, age buckets, scores) and the opening of the sending hours (steps).
inline constexpr std::array<LocalTime, 2> kDayInstants{LocalTime{0, 0}, LocalTime{8, 0}};

// When a fact with a date but no hour counts as recorded, for a tenant in events mode: after the
// midnight instant of its day and before the sending hours.
inline constexpr LocalTime kUndatedHour{6, 0};

class Zone {
 public:
  Zone() = default;  // UTC.

  static Result<Zone> load(std::string_view name);

  std::string name() const { return zone_.name(); }

  // `hour` and `minute` must be a time of the day (checked); see the rule for clock changes above.
  Instant at(Date date, int hour, int minute) const;
  Instant at(Date date, LocalTime time) const { return at(date, time.hour, time.minute); }

  Date local_date(Instant at) const;
  LocalTime local_time(Instant at) const;

  // The first of kDayInstants of any local day that is strictly after `after`. At the end of the
  // calendar there is none and the answer is Instant::max().
  Instant next_day_instant(Instant after) const;

  friend bool operator==(const Zone& left, const Zone& right) { return left.zone_ == right.zone_; }

 private:
  explicit Zone(absl::TimeZone zone) : zone_(zone) {}

  absl::TimeZone zone_ = absl::UTCTimeZone();
};

}  // namespace encours
