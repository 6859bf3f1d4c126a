// DateFormat reads dates as one source writes them: YYYY, MM and DD with what stands between them.
//
// "YYYY-MM-DD", "DD/MM/YYYY", "YYYYMMDD". All digits must be there: "1/2/2026" is ambiguous enough
// in French and American files to be refused. A plain value; pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/time/civil.h"

namespace encours::ingestion {

class DateFormat {
 public:
  // Refuses with "invalid_date_format" what has not each of YYYY, MM and DD once, or another
  // letter or digit.
  static Result<DateFormat> parse(std::string_view pattern);

  // Refuses with "invalid_date".
  Result<Date> read(std::string_view text) const;

  const std::string& pattern() const { return pattern_; }

 private:
  explicit DateFormat(std::string_view pattern) : pattern_(pattern) {}

  std::string pattern_;
};

}  // namespace encours::ingestion
