// Problem says what is wrong in a filter or an order, where, and what was probably meant.
//
// It is what a user interface needs to underline the place; as_error() gives the Error for the
// API. The text of a Problem may repeat words of the filter, so it goes back to the sender and not
// into logs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace encours::filter {

struct Problem {
  std::string code;        // "unknown_field", "type_mismatch", ...; all are in README.md.
  int column = 0;          // In characters, from 1.
  std::string message;     // "unknown field overdu"
  std::string suggestion;  // "overdue"; empty where nothing is near.
};

// The column of a byte of the text.
int column_of(std::string_view text, size_t offset);

// "Column 12: unknown field overdu. Did you mean overdue?"
Error as_error(const Problem& problem, std::string field);

}  // namespace encours::filter
