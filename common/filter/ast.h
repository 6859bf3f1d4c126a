// The tree of a parsed filter, before anything is known of the message that it is about.
//
// A Node is a plain tree owned by its parent. Offsets are bytes of the filter text and serve error
// messages. Trees are at most kMaxDepth deep, so recursion over them is safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace encours::filter {

enum class Operator { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kHas };

// "=", "!=", "<", "<=", ">", ">=", ":".
const char* operator_text(Operator op);

struct Name {
  std::string text;
  size_t offset = 0;
};

// What stands on the right of an operator.
struct Literal {
  // The text between unescaped stars: "AC*" is {"AC", ""}, plain text is one piece.
  std::vector<std::string> pieces;
  bool quoted = false;
  size_t offset = 0;

  bool has_wildcard() const { return pieces.size() > 1; }
  bool is_star() const { return !quoted && pieces.size() == 2 && text() == "*"; }
  std::string text() const;  // With its stars.
};

struct Term {
  std::vector<Name> path;  // At least one.
  Operator op = Operator::kEqual;
  size_t op_offset = 0;
  Literal literal;
};

struct Node {
  enum class Kind { kAnd, kOr, kNot, kTerm };

  Kind kind = Kind::kTerm;
  std::vector<std::unique_ptr<Node>> children;  // Of kAnd and kOr two or more, of kNot one.
  Term term;                                    // Of kTerm.
};

// The filter written out with all parentheses: (a = "1" AND (b : "2" OR NOT c < "3")).
std::string to_text(const Node& node);

}  // namespace encours::filter
