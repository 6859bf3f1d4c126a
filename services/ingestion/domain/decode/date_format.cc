#include "services/ingestion/domain/decode/date_format.h"

#include <algorithm>
#include <cctype>

namespace encours::ingestion {
namespace {

constexpr std::size_t kMaxPatternBytes = 32;

Error bad_format() {
  return refused("invalid_date_format",
                 "date_format",
                 "A date format has YYYY, MM and DD once each and signs between them, such as "
                 "YYYY-MM-DD, DD/MM/YYYY or YYYYMMDD.");
}

}  // namespace

Result<DateFormat> DateFormat::parse(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) return bad_format();
  for (const std::string_view part : {"YYYY", "MM", "DD"}) {
    const auto letters = std::count(pattern.begin(), pattern.end(), part[0]);
    if (pattern.find(part) == std::string_view::npos ||
        letters != static_cast<std::ptrdiff_t>(part.size())) {
      return bad_format();
    }
  }
  for (const char sign : pattern) {
    const bool of_a_part = sign == 'Y' || sign == 'M' || sign == 'D';
    if (!of_a_part &&
        (std::isalnum(static_cast<unsigned char>(sign)) != 0 ||
         static_cast<unsigned char>(sign) < 0x20 || static_cast<unsigned char>(sign) > 0x7E)) {
      return bad_format();
    }
  }
  return DateFormat(pattern);
}

Result<Date> DateFormat::read(std::string_view text) const {
  const Error invalid =
      refused("invalid_date", "", "Give a day that exists, written as " + pattern_ + ".");
  if (text.size() != pattern_.size()) return invalid;
  int year = 0;
  int month = 0;
  int day = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char sign = pattern_[i];
    if (sign != 'Y' && sign != 'M' && sign != 'D') {
      if (text[i] != sign) return invalid;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return invalid;
    int& part = sign == 'Y' ? year : sign == 'M' ? month : day;
    part = part * 10 + (text[i] - '0');
  }
  const Result<Date> date = Date::from_ymd(year, month, day);
  if (!date.ok()) return invalid;
  return date;
}

}  // namespace encours::ingestion
