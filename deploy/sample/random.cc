#include "deploy/sample/random.h"

#include <array>
#include <numeric>
#include <string>

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/money/decimal.h"

namespace encours::sample {
namespace {

// Thousandths of the median at 32 quantiles of a log-normal distribution with a deviation of 0.9,
// computed once: exp() of two machines may differ in its last digit.
constexpr std::array<int, 32> kQuantiles = {
    144,  221,  279,  331,  379,  427,  474,  521,  569,  619,  670,  723,  779,  837,  899,  965,
    1036, 1112, 1194, 1284, 1383, 1493, 1616, 1757, 1919, 2112, 2345, 2637, 3025, 3582, 4519, 6948};

}  // namespace

Random::Random(std::uint64_t seed, std::string_view name) : state_(0) {
  const Sha256 digest = sha256(std::to_string(seed) + "/" + std::string(name));
  for (int i = 0; i < 8; ++i) state_ = state_ << 8U | digest[static_cast<std::size_t>(i)];
}

// SplitMix64 (Steele, Lea, Flood 2014): one word of state, every step a full mix.
std::uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

std::int64_t Random::between(std::int64_t least, std::int64_t most) {
  ENCOURS_CHECK(least <= most, "a range has its ends in order");
  const Int128 count = static_cast<Int128>(most) - least + 1;
  const auto part = static_cast<std::int64_t>(static_cast<Int128>(next()) * count >> 64);
  return least + part;
}

bool Random::chance(int per_thousand) { return between(1, 1000) <= per_thousand; }

std::size_t Random::weighted(std::span<const int> weights) {
  const int sum = std::accumulate(weights.begin(), weights.end(), 0);
  std::int64_t left = between(1, sum);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    left -= weights[i];
    if (left <= 0) return i;
  }
  ENCOURS_CHECK(false, "the weights add up to their sum");
  return 0;
}

std::int64_t Random::spread(std::int64_t median) {
  const std::int64_t place = between(0, 31 * 1000 - 1);
  const auto below = static_cast<std::size_t>(place / 1000);
  const std::int64_t part = place % 1000;
  const std::int64_t low = kQuantiles[below];
  const std::int64_t high = kQuantiles[below + 1];
  return median * (low * (1000 - part) + high * part) / 1'000'000;
}

}  // namespace encours::sample
