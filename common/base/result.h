// Result<T> is a value or an Error; Error says how the caller must react, not only what broke.
//
// Errors are classified by reaction because that is what the data path has to decide: the same
// broker code can mean "try again" in one call and "give up the partition" in another. No
// exception crosses a module's edge; a library that throws is caught at its adapter. A Result
// that is dropped does not compile ([[nodiscard]], warnings are errors).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "common/base/check.h"

namespace encours {

enum class Reaction {
  kRetry,      // The same call may succeed later; nothing has changed.
  kAbort,      // The transaction is lost: drop the overlay, recycle the producer, restore.
  kMigrated,   // Another instance owns the partition or the id: as kAbort, then rejoin.
  kCorrupted,  // The local store can't be trusted: quarantine it and restore from the changelog.
  kPoison,     // This record can't be accepted by any retry: dead letter, go on.
  kRefused,    // The request or setting is wrong: tell the sender, who names and fixes it.
  kFatal,      // The process can't go on: stop, say why, be restarted.
};

// The stable lower-case word of a reaction, for metrics and logs.
const char* reaction_name(Reaction reaction);

struct Error {
  Reaction reaction = Reaction::kFatal;
  std::string code;     // Stable: "due_before_issue". A metric label and an API word.
  std::string message;  // For people: what is wrong and what to do next. No personal data.
  std::string field;    // The field or column that is refused; empty where none is to blame.

  friend bool operator==(const Error&, const Error&) = default;
};

// One line for logs and terminals: "refused due_before_issue (due_date): the due date is ...".
std::string describe(const Error& error);

inline Error error(Reaction reaction,
                   std::string code,
                   std::string message,
                   std::string field = {}) {
  return Error{reaction, std::move(code), std::move(message), std::move(field)};
}
inline Error refused(std::string code, std::string field, std::string message) {
  return Error{Reaction::kRefused, std::move(code), std::move(message), std::move(field)};
}
inline Error poison(std::string code, std::string field, std::string message) {
  return Error{Reaction::kPoison, std::move(code), std::move(message), std::move(field)};
}
inline Error fatal(std::string code, std::string message) {
  return Error{Reaction::kFatal, std::move(code), std::move(message), {}};
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}          // NOLINT: conversion is the point.
  Result(Error failure) : state_(std::move(failure)) {}  // NOLINT

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    ENCOURS_CHECK(ok(), "value() of a failed Result");
    return std::get<T>(state_);
  }
  T& value() & {
    ENCOURS_CHECK(ok(), "value() of a failed Result");
    return std::get<T>(state_);
  }
  T&& value() && {
    ENCOURS_CHECK(ok(), "value() of a failed Result");
    return std::get<T>(std::move(state_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const Error& failure() const {
    ENCOURS_CHECK(!ok(), "failure() of a good Result");
    return std::get<Error>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error failure) : failure_(std::move(failure)) {}  // NOLINT: conversion is the point.

  bool ok() const { return !failure_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& failure() const {
    ENCOURS_CHECK(!ok(), "failure() of a good Result");
    return *failure_;
  }

 private:
  std::optional<Error> failure_;
};

using Status = Result<void>;

}  // namespace encours

// Returns the failure of `expression` from the enclosing function, which returns a Result.
#define ENCOURS_TRY(expression)                                   \
  do {                                                            \
    auto encours_try_result = (expression);                       \
    if (!encours_try_result) return encours_try_result.failure(); \
  } while (false)

#define ENCOURS_CONCAT_INNER(a, b) a##b
#define ENCOURS_CONCAT(a, b) ENCOURS_CONCAT_INNER(a, b)

// ENCOURS_ASSIGN(auto row, read(key)): the value, or return the failure.
#define ENCOURS_ASSIGN(target, expression) \
  ENCOURS_ASSIGN_INNER(ENCOURS_CONCAT(encours_result_, __LINE__), target, expression)
#define ENCOURS_ASSIGN_INNER(result, target, expression) \
  auto result = (expression);                            \
  if (!result) return result.failure();                  \
  target = std::move(result).value()
