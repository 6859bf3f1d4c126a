// Random: numbers that depend on a seed and a name only, the same on every machine.
//
// Each account and each purpose has a stream of its own, named after it, so that one draw more for
// one of them moves nothing elsewhere. No distribution of the standard library is used: theirs
// differ from one library to the next. Integers only. A value; not for secrets.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace encours::sample {

class Random {
 public:
  Random(std::uint64_t seed, std::string_view name);

  // Both ends included.
  std::int64_t between(std::int64_t least, std::int64_t most);
  bool chance(int per_thousand);
  // Index of one of the weights, as often as its share says.
  std::size_t weighted(std::span<const int> weights);
  // Around `median` as amounts of a business are: half of them below it, a long tail above.
  std::int64_t spread(std::int64_t median);

  template <class List>
  const auto& pick(const List& list) {
    return list[static_cast<std::size_t>(
        between(0, static_cast<std::int64_t>(std::size(list)) - 1))];
  }

 private:
  std::uint64_t next();

  std::uint64_t state_;
};

}  // namespace encours::sample
