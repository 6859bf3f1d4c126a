#include "common/filter/ast.h"

namespace encours::filter {
namespace {

std::string quote(const Literal& literal) {
  std::string out = "\"";
  for (const std::string& piece : literal.pieces) {
    if (&piece != &literal.pieces.front()) out += '*';
    for (const char c : piece) {
      if (c == '"' || c == '\\' || c == '*') out += '\\';
      out += c;
    }
  }
  return out + "\"";
}

std::string term_text(const Term& term) {
  std::string path;
  for (const Name& name : term.path) path += (path.empty() ? "" : ".") + name.text;
  const std::string value = term.literal.is_star() ? "*" : quote(term.literal);
  return path + " " + operator_text(term.op) + " " + value;
}

}  // namespace

const char* operator_text(Operator op) {
  switch (op) {
    case Operator::kEqual:
      return "=";
    case Operator::kNotEqual:
      return "!=";
    case Operator::kLess:
      return "<";
    case Operator::kLessEqual:
      return "<=";
    case Operator::kGreater:
      return ">";
    case Operator::kGreaterEqual:
      return ">=";
    case Operator::kHas:
      return ":";
  }
  return "";
}

std::string Literal::text() const {
  std::string whole;
  for (const std::string& piece : pieces) whole += (&piece == &pieces.front() ? "" : "*") + piece;
  return whole;
}

std::string to_text(const Node& node) {
  if (node.kind == Node::Kind::kTerm) return term_text(node.term);
  if (node.kind == Node::Kind::kNot) {
    const Node& inner = *node.children.front();
    // The grammar has no NOT NOT.
    if (inner.kind == Node::Kind::kNot) return "NOT (" + to_text(inner) + ")";
    return "NOT " + to_text(inner);
  }
  std::string text = "(";
  for (const auto& child : node.children) {
    if (text.size() > 1) text += node.kind == Node::Kind::kAnd ? " AND " : " OR ";
    text += to_text(*child);
  }
  return text + ")";
}

}  // namespace encours::filter
