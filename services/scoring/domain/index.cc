#include "services/scoring/domain/index.h"

#include <iterator>

#include "common/base/check.h"

namespace encours::scoring {
namespace {

struct Anchor {
  std::int64_t days;
  std::int64_t points;  // Hundredths.
};

constexpr Anchor kAnchors[] = {{-30, 10'000},
                               {-20, 9'000},
                               {0, 8'000},
                               {15, 7'000},
                               {22, 6'000},
                               {30, 5'000},
                               {60, 4'000},
                               {90, 3'000},
                               {120, 2'000}};

}  // namespace

std::int64_t points_hundredths(std::int32_t days) {
  if (days <= kAnchors[0].days) return kAnchors[0].points;
  for (std::size_t i = 1; i < std::size(kAnchors); ++i) {
    const Anchor& from = kAnchors[i - 1];
    const Anchor& to = kAnchors[i];
    if (days > to.days) continue;
    const std::int64_t width = to.days - from.days;
    // From the later anchor, so that the numerator is positive and a half goes upwards.
    return to.points + rounded_quotient((from.points - to.points) * (to.days - days), width);
  }
  return kAnchors[std::size(kAnchors) - 1].points;
}

std::int64_t rounded_quotient(Int128 numerator, Int128 denominator) {
  const auto rounded = round_half_up(numerator, denominator);
  ENCOURS_CHECK(rounded.ok(), "a mean of figures is a figure");
  return *rounded;
}

Int128 from_wide(const encours::state::v1alpha1::WideNumber& number) {
  return static_cast<Int128>(number.high()) * (static_cast<Int128>(1) << 64) +
         static_cast<Int128>(number.low());
}

void set_wide(Int128 value, encours::state::v1alpha1::WideNumber* out) {
  out->set_high(static_cast<std::int64_t>(value >> 64));
  out->set_low(static_cast<std::uint64_t>(value));
}

std::optional<std::int64_t> own_index(const std::vector<CurrencySums>& currencies) {
  Int128 count = 0;
  Int128 sum = 0;
  for (const CurrencySums& one : currencies) {
    if (one.invoice_count == 0) continue;
    ENCOURS_CHECK(one.weight > 0, "an invoice that counts weighs something");
    count += one.invoice_count;
    sum +=
        static_cast<Int128>(one.invoice_count) * rounded_quotient(one.weighted_points, one.weight);
  }
  if (count == 0) return std::nullopt;
  return rounded_quotient(sum, count);
}

std::optional<std::int64_t> shrunk_index(std::int64_t invoice_count,
                                         std::optional<std::int64_t> own,
                                         std::optional<std::int64_t> segment,
                                         std::int64_t shrinkage_count) {
  ENCOURS_CHECK(shrinkage_count > 0, "a shrinkage has its count");
  if (!own) return segment;
  if (!segment) return own;
  const Int128 sum =
      static_cast<Int128>(invoice_count) * *own + static_cast<Int128>(shrinkage_count) * *segment;
  return rounded_quotient(sum, static_cast<Int128>(invoice_count) + shrinkage_count);
}

}  // namespace encours::scoring
