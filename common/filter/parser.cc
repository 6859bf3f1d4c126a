#include "common/filter/parser.h"

#include <utility>

#include "common/base/utf8.h"
#include "common/filter/lexer.h"

namespace encours::filter {
namespace {

using NodePtr = std::unique_ptr<Node>;

// Recursive descent; a null result means that problem_ is set.
class Parser {
 public:
  Parser(std::string_view text, Problem& problem) : text_(text), lexer_(text), problem_(problem) {}

  std::optional<Parsed> parse_filter() {
    if (lexer_.next().kind == Token::Kind::kEnd) return Parsed{};
    NodePtr root = parse_expression();
    if (root == nullptr) return std::nullopt;
    const Token rest = lexer_.next();
    if (rest.kind != Token::Kind::kEnd) {
      fail("syntax_error", rest.offset, "this parenthesis was not opened");
      return std::nullopt;
    }
    return Parsed{std::move(root)};
  }

 private:
  // A sequence side by side is an AND as well, so both end in one list.
  NodePtr parse_expression() {
    std::vector<NodePtr> factors;
    do {
      NodePtr factor = parse_factor();
      if (factor == nullptr) return nullptr;
      factors.push_back(std::move(factor));
    } while (take(Token::Kind::kAnd) || at_factor());
    if (lexer_.next().kind == Token::Kind::kComma) {
      return fail("syntax_error", lexer_.next().offset, "conditions are joined by AND or OR");
    }
    return join(Node::Kind::kAnd, std::move(factors));
  }

  NodePtr parse_factor() {
    std::vector<NodePtr> terms;
    do {
      NodePtr term = parse_term();
      if (term == nullptr) return nullptr;
      terms.push_back(std::move(term));
    } while (take(Token::Kind::kOr));
    return join(Node::Kind::kOr, std::move(terms));
  }

  NodePtr parse_term() {
    if (!take(Token::Kind::kNot) && !take(Token::Kind::kMinus)) return parse_simple();
    NodePtr inner = parse_simple();
    if (inner == nullptr) return nullptr;
    auto node = std::make_unique<Node>();
    node->kind = Node::Kind::kNot;
    node->children.push_back(std::move(inner));
    return node;
  }

  NodePtr parse_simple() {
    const Token open = lexer_.next();
    if (!take(Token::Kind::kLeft)) return parse_restriction();
    if (++depth_ > kMaxDepth) {
      return fail("filter_too_deep", open.offset, "at most 32 parentheses inside each other");
    }
    NodePtr inner = parse_expression();
    --depth_;
    if (inner == nullptr) return nullptr;
    if (take(Token::Kind::kRight)) return inner;
    return fail("syntax_error", open.offset, "this parenthesis is not closed");
  }

  NodePtr parse_restriction() {
    const size_t start = lexer_.next().offset;
    if (++terms_ > kMaxTerms) return fail("filter_too_many_terms", start, "at most 100 conditions");
    auto node = std::make_unique<Node>();
    if (!parse_path(node->term.path)) return nullptr;
    const Token op = lexer_.next();
    if (op.kind == Token::Kind::kLeft) {
      return fail("unknown_function", start, "there is no function of this name");
    }
    if (op.kind != Token::Kind::kOperator) return missing_operator(node->term.path.front());
    node->term.op = op.op;
    node->term.op_offset = op.offset;
    std::optional<Literal> value = lexer_.take_value(problem_);
    if (!value) return nullptr;
    node->term.literal = *std::move(value);
    return node;
  }

  bool parse_path(std::vector<Name>& path) {
    do {
      const Token name = lexer_.next();
      // Behind a dot a keyword is a name like any other.
      const bool keyword = name.kind == Token::Kind::kAnd || name.kind == Token::Kind::kOr ||
                           name.kind == Token::Kind::kNot;
      if (name.kind != Token::Kind::kWord && !(keyword && !path.empty())) {
        no_name(name, path.empty());
        return false;
      }
      path.push_back({std::string(name.text), name.offset});
      lexer_.take();
    } while (take(Token::Kind::kDot));
    return true;
  }

  void no_name(const Token& found, bool first) {
    if (first && found.kind == Token::Kind::kQuoted) {
      fail("bare_value", found.offset, "a value needs a field: write field = value");
    } else if (first) {
      fail("syntax_error", found.offset, "a condition is missing here");
    } else {
      fail("syntax_error", found.offset, "the name of a field is missing here");
    }
  }

  NodePtr missing_operator(const Name& name) {
    std::string upper = name.text;
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (upper == "AND" || upper == "OR" || upper == "NOT") {
      fail("syntax_error", name.offset, "write " + upper + " in capitals");
      problem_.suggestion = upper;
      return nullptr;
    }
    return fail("bare_value", name.offset, "a condition is written field = value");
  }

  bool at_factor() const {
    switch (lexer_.next().kind) {
      case Token::Kind::kEnd:
      case Token::Kind::kRight:
      case Token::Kind::kComma:
        return false;
      default:
        return true;
    }
  }

  bool take(Token::Kind kind) {
    if (lexer_.next().kind != kind) return false;
    lexer_.take();
    return true;
  }

  static NodePtr join(Node::Kind kind, std::vector<NodePtr> children) {
    if (children.size() == 1) return std::move(children.front());
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->children = std::move(children);
    return node;
  }

  NodePtr fail(std::string code, size_t offset, std::string message) {
    problem_ = {std::move(code), column_of(text_, offset), std::move(message), ""};
    return nullptr;
  }

  std::string_view text_;
  Lexer lexer_;
  Problem& problem_;
  int depth_ = 0;
  int terms_ = 0;
};

}  // namespace

bool check_text(std::string_view text, Problem& problem) {
  if (text.size() > kMaxFilterBytes) {
    problem = {"filter_too_long", 1, "at most 4096 bytes", ""};
    return false;
  }
  for (size_t at = 0; at < text.size();) {
    const CodePoint next = decode_utf8(text.substr(at));
    if (!next.valid || next.value == 0) {
      problem = {"invalid_text", column_of(text, at), "this is no text in UTF-8", ""};
      return false;
    }
    at += next.bytes;
  }
  return true;
}

std::optional<Parsed> parse(std::string_view text, Problem& problem) {
  if (!check_text(text, problem)) return std::nullopt;
  return Parser(text, problem).parse_filter();
}

}  // namespace encours::filter
