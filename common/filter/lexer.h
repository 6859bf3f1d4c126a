// Lexer cuts a filter into tokens.
//
// What a character means depends on the side of the operator: in a field name a dot separates
// names, in a value it belongs to the number; so values are read by take_value(). The text must
// outlive the lexer and be valid UTF-8.
#pragma once

#include <optional>
#include <string_view>

#include "common/filter/ast.h"
#include "common/filter/problem.h"

namespace encours::filter {

struct Token {
  enum class Kind {
    kEnd,
    kWord,  // A name, or something else without spaces.
    kQuoted,
    kAnd,
    kOr,
    kNot,
    kMinus,
    kLeft,
    kRight,
    kDot,
    kComma,
    kOperator,
  };

  Kind kind = Kind::kEnd;
  size_t offset = 0;
  std::string_view text;
  Operator op = Operator::kEqual;  // Of kOperator.
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { advance(); }

  const Token& next() const { return next_; }
  Token take();

  // The value that stands after an operator, which is next(). Nothing, with a problem, where there
  // is none or its quotation mark is not closed.
  std::optional<Literal> take_value(Problem& problem);

 private:
  void advance();
  void skip_spaces();
  bool at_space() const;
  Token read_operator();
  std::optional<Literal> read_quoted(Problem& problem);
  Literal read_bare();

  std::string_view text_;
  size_t at_ = 0;  // Behind next_.
  Token next_;
};

}  // namespace encours::filter
