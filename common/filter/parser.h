// The parser of filters: the grammar of AIP-160 without functions, bare values and value lists.
//
//   filter     := [ expression ]
//   expression := sequence { "AND" sequence }
//   sequence   := factor { factor }                 side by side means AND
//   factor     := term { "OR" term }                OR binds tighter than AND
//   term       := [ "NOT" | "-" ] ( "(" expression ")" | name { "." name } operator value )
//   operator   := "=" | "!=" | "<" | "<=" | ">" | ">=" | ":"
//   value      := quoted text | a run without spaces, parentheses, commas and operator signs
//
// In quotes a backslash makes the next character plain; "*" is a wildcard, "\*" a star. Limits:
// 4 KiB, 32 levels of parentheses, 100 terms. Pure and safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "common/filter/ast.h"
#include "common/filter/problem.h"

namespace encours::filter {

inline constexpr size_t kMaxFilterBytes = 4096;
inline constexpr int kMaxDepth = 32;
inline constexpr int kMaxTerms = 100;

// `root` is null for an empty filter. Nothing, with a problem, where the text is no filter.
struct Parsed {
  std::unique_ptr<Node> root;
};
std::optional<Parsed> parse(std::string_view text, Problem& problem);

// The checks of a text before it is cut into tokens: length and UTF-8.
bool check_text(std::string_view text, Problem& problem);

}  // namespace encours::filter
