#include "common/filter/problem.h"

#include <algorithm>
#include <utility>

namespace encours::filter {

int column_of(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  // Every byte but the continuations of UTF-8 begins a character.
  return 1 + static_cast<int>(std::ranges::count_if(
                 before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Error as_error(const Problem& problem, std::string field) {
  std::string message = "Column " + std::to_string(problem.column) + ": " + problem.message + ".";
  if (!problem.suggestion.empty()) message += " Did you mean " + problem.suggestion + "?";
  return refused(problem.code, std::move(field), std::move(message));
}

}  // namespace encours::filter
