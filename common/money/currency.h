// Currency is an ISO 4217 code that is known here, with the number of decimals of its minor unit.
//
// It is a small plain value; a default one stands for "no currency yet" and equals only itself.
// A code from outside that the table of currency.cc does not have is refused with
// "unknown_currency": without its decimals no amount in it can be read or written.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <ostream>
#include <string_view>
#include <utility>

#include "common/base/result.h"

namespace encours {

class Currency {
 public:
  constexpr Currency() = default;

  // Three capital letters, exactly.
  static Result<Currency> parse(std::string_view code);

  // "EUR"; empty for the default value. The view lives as long as this Currency.
  std::string_view code() const { return {code_.data(), empty() ? size_t{0} : code_.size()}; }
  constexpr bool empty() const { return code_[0] == '\0'; }
  // 2 for EUR, 0 for JPY, 3 for KWD.
  constexpr int decimals() const { return decimals_; }

  // By code; the order has no other meaning.
  friend constexpr bool operator==(const Currency&, const Currency&) = default;
  friend constexpr auto operator<=>(const Currency&, const Currency&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Currency& currency) {
    return out << currency.code();
  }
  template <class H>
  friend H AbslHashValue(H state, const Currency& currency) {
    return H::combine(std::move(state), currency.code_);
  }

 private:
  std::array<char, 3> code_{};
  int8_t decimals_ = 0;
};

}  // namespace encours
