#include "services/risk_enrichment/domain/schedule.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/hash.h"

namespace encours::risk {
namespace {

constexpr std::int64_t kFirstWaitSeconds = 60;
constexpr std::int64_t kLongestWaitSeconds = 6 * 3600;
// 2^9 minutes are more than the longest wait.
constexpr std::int32_t kMostDoublings = 9;
// What a provider may ask for at most; one that says "never" is asked again all the same.
constexpr std::int64_t kMostRetryAfterSeconds = 7 * 86'400;

}  // namespace

std::int32_t spread_days(std::string_view company_at_provider, std::int32_t refresh_days) {
  const std::int32_t half = refresh_days / 2;
  if (half <= 0) return 0;
  return static_cast<std::int32_t>(murmur2(company_at_provider) %
                                   static_cast<std::uint32_t>(half + 1));
}

Duration back_off(std::int32_t failures, std::string_view attempt, std::int64_t retry_after_s) {
  ENCOURS_CHECK(failures > 0, "a back-off follows a failure");
  const std::int64_t most =
      std::min(kLongestWaitSeconds, kFirstWaitSeconds << std::min(failures, kMostDoublings));
  const std::int64_t jittered = 1 + murmur2(attempt) % most;
  const std::int64_t asked = std::clamp<std::int64_t>(retry_after_s, 0, kMostRetryAfterSeconds);
  return std::chrono::seconds(std::max(jittered, asked));
}

}  // namespace encours::risk
