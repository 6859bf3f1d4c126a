// Random: the one source of chance of a simulation. The same seed gives the same draws, everywhere.
#pragma once

#include <cstdint>

namespace encours::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // splitmix64: each draw is a bijection of a counter, so seeds that are neighbours don't resemble.
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  // Both ends included.
  std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(to - from + 1));
  }
  bool chance(int permille) { return between(1, 1000) <= permille; }

 private:
  std::uint64_t state_;
};

}  // namespace encours::sim
