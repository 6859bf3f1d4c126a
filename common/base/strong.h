// Strong types for ids, offsets, partitions and other values that must not be mixed up.
//
// `using TenantId = StrongId<struct TenantIdTag>;` makes a type of its own: passing a tenant where
// an account is wanted does not compile, and neither does an implicit conversion from text. The
// types are plain values: copy, compare, hash, print; value() gives what is inside. StrongInt has
// no arithmetic on purpose: what "offset + 1" means is said where it is done, with value().
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace encours {

template <class Tag, class Value = std::string>
class StrongId {
 public:
  using value_type = Value;

  StrongId() = default;
  explicit StrongId(Value value) : value_(std::move(value)) {}

  const Value& value() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const StrongId&, const StrongId&) = default;
  friend auto operator<=>(const StrongId&, const StrongId&) = default;
  friend std::ostream& operator<<(std::ostream& out, const StrongId& id) {
    return out << id.value_;
  }
  template <class H>
  friend H AbslHashValue(H state, const StrongId& id) {
    return H::combine(std::move(state), id.value_);
  }

 private:
  Value value_{};
};

template <class Tag, class Value = int64_t>
class StrongInt {
 public:
  using value_type = Value;

  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Value value) : value_(value) {}

  constexpr Value value() const { return value_; }

  friend constexpr bool operator==(StrongInt, StrongInt) = default;
  friend constexpr auto operator<=>(StrongInt, StrongInt) = default;
  friend std::ostream& operator<<(std::ostream& out, StrongInt number) {
    return out << +number.value_;
  }
  template <class H>
  friend H AbslHashValue(H state, StrongInt number) {
    return H::combine(std::move(state), number.value_);
  }

 private:
  Value value_ = 0;
};

}  // namespace encours

template <class Tag, class Value>
struct std::hash<encours::StrongId<Tag, Value>> {
  std::size_t operator()(const encours::StrongId<Tag, Value>& id) const {
    return std::hash<Value>{}(id.value());
  }
};

template <class Tag, class Value>
struct std::hash<encours::StrongInt<Tag, Value>> {
  std::size_t operator()(encours::StrongInt<Tag, Value> number) const {
    return std::hash<Value>{}(number.value());
  }
};
