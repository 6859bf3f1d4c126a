#include "common/filter/lexer.h"

#include <array>

namespace encours::filter {
namespace {

constexpr std::string_view kWordEnds = "()\"'.,:<>=! \t\r\n";
constexpr std::string_view kValueEnds = "(),<>=! \t\r\n";
// Spaces that come along when a filter is pasted from a document.
constexpr std::array<std::string_view, 2> kWideSpaces{"\u00a0", "\u202f"};

bool starts_with_wide_space(std::string_view text) {
  for (const std::string_view space : kWideSpaces) {
    if (text.starts_with(space)) return true;
  }
  return false;
}

// The length of the run up to one of `ends` or a wide space.
size_t run_length(std::string_view text, std::string_view ends) {
  size_t length = 0;
  while (length < text.size() && ends.find(text[length]) == std::string_view::npos &&
         !starts_with_wide_space(text.substr(length))) {
    ++length;
  }
  return length;
}

Token::Kind word_kind(std::string_view word) {
  if (word == "AND") return Token::Kind::kAnd;
  if (word == "OR") return Token::Kind::kOr;
  if (word == "NOT") return Token::Kind::kNot;
  return Token::Kind::kWord;
}

}  // namespace

Token Lexer::take() {
  const Token taken = next_;
  advance();
  return taken;
}

bool Lexer::at_space() const {
  const char c = text_[at_];
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
         starts_with_wide_space(text_.substr(at_));
}

void Lexer::skip_spaces() {
  while (at_ < text_.size() && at_space()) {
    // A wide space has more than one byte.
    do {
      ++at_;
    } while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80);
  }
}

void Lexer::advance() {
  skip_spaces();
  next_ = Token{Token::Kind::kEnd, at_, {}, Operator::kEqual};
  if (at_ >= text_.size()) return;
  const char c = text_[at_];
  const auto single = [this](Token::Kind kind) {
    next_.kind = kind;
    next_.text = text_.substr(at_++, 1);
  };
  switch (c) {
    case '(':
      return single(Token::Kind::kLeft);
    case ')':
      return single(Token::Kind::kRight);
    case '.':
      return single(Token::Kind::kDot);
    case ',':
      return single(Token::Kind::kComma);
    case '-':
      return single(Token::Kind::kMinus);
    case '"':
    case '\'':
      return single(Token::Kind::kQuoted);
    case ':':
    case '=':
    case '!':
    case '<':
    case '>':
      next_ = read_operator();
      return;
    default:
      next_.text = text_.substr(at_, run_length(text_.substr(at_), kWordEnds));
      next_.kind = word_kind(next_.text);
      at_ += next_.text.size();
  }
}

Token Lexer::read_operator() {
  static constexpr std::array<std::pair<std::string_view, Operator>, 7> kOperators{{
      {"!=", Operator::kNotEqual},
      {"<=", Operator::kLessEqual},
      {">=", Operator::kGreaterEqual},
      {"=", Operator::kEqual},
      {"<", Operator::kLess},
      {">", Operator::kGreater},
      {":", Operator::kHas},
  }};
  for (const auto& [text, op] : kOperators) {
    if (!text_.substr(at_).starts_with(text)) continue;
    const Token token{Token::Kind::kOperator, at_, text_.substr(at_, text.size()), op};
    at_ += text.size();
    return token;
  }
  // A "!" alone is a word that no rule of the grammar takes.
  return Token{Token::Kind::kWord, at_++, "!", Operator::kEqual};
}

std::optional<Literal> Lexer::take_value(Problem& problem) {
  // next_ is the operator and at_ stands behind it.
  skip_spaces();
  if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return read_quoted(problem);
  if (run_length(text_.substr(at_), kValueEnds) == 0) {
    const bool group = at_ < text_.size() && text_[at_] == '(';
    problem = {
        "syntax_error",
        column_of(text_, at_),
        group ? "write the field again for each value: a = 1 OR a = 2" : "a value is missing here",
        ""};
    return std::nullopt;
  }
  return read_bare();
}

std::optional<Literal> Lexer::read_quoted(Problem& problem) {
  Literal literal{{""}, true, at_};
  const char mark = text_[at_++];
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == mark) {
      ++at_;
      advance();
      return literal;
    }
    if (c == '*') {
      literal.pieces.emplace_back();
    } else if (c == '\\' && at_ + 1 < text_.size()) {
      literal.pieces.back() += text_[++at_];
    } else {
      literal.pieces.back() += c;
    }
  }
  problem = {"unterminated_string",
             column_of(text_, literal.offset),
             "this quotation mark is not closed",
             ""};
  return std::nullopt;
}

Literal Lexer::read_bare() {
  Literal literal{{""}, false, at_};
  const size_t end = at_ + run_length(text_.substr(at_), kValueEnds);
  for (; at_ < end; ++at_) {
    if (text_[at_] == '*') {
      literal.pieces.emplace_back();
    } else {
      literal.pieces.back() += text_[at_];
    }
  }
  advance();
  return literal;
}

}  // namespace encours::filter
