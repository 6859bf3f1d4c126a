#include "common/filter/predicate.h"

#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "common/base/nearest.h"
#include "common/filter/fold.h"
#include "common/time/instant.h"

namespace encours::filter {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::Message;

bool holds(Operator op, std::partial_ordering order) {
  switch (op) {
    case Operator::kEqual:
    case Operator::kHas:
      return order == 0;
    case Operator::kNotEqual:
      return order != 0;
    case Operator::kLess:
      return order < 0;
    case Operator::kLessEqual:
      return order <= 0;
    case Operator::kGreater:
      return order > 0;
    case Operator::kGreaterEqual:
      return order >= 0;
  }
  return false;
}

bool is_ordering(Operator op) {
  return op != Operator::kEqual && op != Operator::kNotEqual && op != Operator::kHas;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

// "InvoiceState" gives "INVOICE_STATE_", the prefix that its values have.
std::string value_prefix(const EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (c >= 'A' && c <= 'Z' && !prefix.empty()) prefix += '_';
    prefix += c;
  }
  return upper(prefix) + "_";
}

// The names of an enum's values as users write them: without the prefix.
std::vector<std::string> value_names(const EnumDescriptor& type) {
  const std::string prefix = value_prefix(type);
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string& name = type.value(i)->name();
    names.push_back(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
  }
  return names;
}

// An amount or a number as the value of a message has it.
std::optional<Decimal> number_of(const Leaf& leaf, Type type) {
  if (type == Type::kWhole) return Decimal{leaf.whole(), 0};
  if (type == Type::kDecimal) return leaf.decimal();
  const std::optional<Money> money = leaf.money();
  if (!money) return std::nullopt;
  return Decimal{money->minor, money->currency.decimals()};
}

}  // namespace

Predicate PredicateBuilder::build(const Node& node) {
  if (node.kind == Node::Kind::kTerm) return build_term(node.term);
  if (node.kind != Node::Kind::kNot) return build_all_or_any(node);
  Predicate inner = build(*node.children.front());
  if (!inner) return nullptr;
  return [inner = std::move(inner)](const Message& message) { return !inner(message); };
}

Predicate PredicateBuilder::build_all_or_any(const Node& node) {
  std::vector<Predicate> parts;
  for (const auto& child : node.children) {
    Predicate part = build(*child);
    if (!part) return nullptr;
    parts.push_back(std::move(part));
  }
  // The result as soon as it is certain: a false part of an AND, a true part of an OR.
  const bool decisive = node.kind == Node::Kind::kOr;
  return [parts = std::move(parts), decisive](const Message& message) {
    for (const Predicate& part : parts) {
      if (part(message) == decisive) return decisive;
    }
    return !decisive;
  };
}

Predicate PredicateBuilder::build_term(const Term& term) {
  std::optional<FieldPath> path =
      FieldPath::resolve(term.path, message_, allowed_, text_, problem_);
  if (!path) return nullptr;
  fields_.insert(path->text());
  if (term.op == Operator::kHas && (term.literal.is_star() || path->type() == Type::kMessage)) {
    return build_presence(term, *path);
  }
  if (path->repeated() && term.op != Operator::kHas) {
    return fail("repeated_needs_has",
                term.op_offset,
                path->text() + " has many values: ask with " + path->text() + ":value");
  }
  // != is what = is not, so it is true where there is no value.
  const bool negated = term.op == Operator::kNotEqual;
  Term positive = term;
  if (negated) positive.op = Operator::kEqual;
  Test test = test_of(positive, *path);
  if (!test) return nullptr;
  if (path->repeated()) {
    return [path = *std::move(path), test = std::move(test)](const Message& message) {
      return path.any(message, test);
    };
  }
  return [path = *std::move(path), test = std::move(test), negated](const Message& message) {
    const std::optional<Leaf> value = path.value(message);
    return (value && test(*value)) != negated;
  };
}

// "field:*", and "group:name", which asks for the presence of a field of a message.
Predicate PredicateBuilder::build_presence(const Term& term, const FieldPath& path) {
  if (term.literal.is_star()) {
    return [path](const Message& message) { return path.present(message); };
  }
  std::vector<Name> names = term.path;
  names.push_back({term.literal.text(), term.literal.offset});
  std::optional<FieldPath> inner = FieldPath::resolve(names, message_, allowed_, text_, problem_);
  if (!inner) return nullptr;
  fields_.insert(inner->text());
  return [inner = *std::move(inner)](const Message& message) { return inner.present(message); };
}

PredicateBuilder::Test PredicateBuilder::test_of(const Term& term, const FieldPath& path) {
  const Type type = path.type();
  if (type != Type::kText && term.literal.has_wildcard()) {
    return fail("type_mismatch", term.literal.offset, "only texts are compared with *");
  }
  switch (type) {
    case Type::kText:
      return text_test(term, path);
    case Type::kWhole:
    case Type::kDecimal:
    case Type::kMoney:
      return number_test(term, path);
    case Type::kReal:
      return real_test(term);
    case Type::kFlag:
      return flag_test(term);
    case Type::kEnum:
      return enum_test(term, path);
    case Type::kDate:
      return date_test(term);
    case Type::kInstant:
      return instant_test(term);
    case Type::kMessage:
      return fail("type_mismatch",
                  term.op_offset,
                  path.text() + " is a group of fields: name one of them, as in " + path.text() +
                      "." + path.leaf().message_type()->field(0)->name());
    case Type::kOther:
      return fail("unsupported_type", term.path.front().offset, path.text() + " can't be compared");
  }
  return nullptr;
}

PredicateBuilder::Test PredicateBuilder::text_test(const Term& term, const FieldPath& path) {
  if (is_ordering(term.op)) return not_allowed(term, "a text is compared with =, != or :");
  const bool has = term.op == Operator::kHas;
  // An element of a list is named whole; a text itself is searched in.
  const bool whole = !has || path.leaf().is_repeated();
  return [pattern = Pattern(term.literal.pieces, has), whole](const Leaf& leaf) {
    std::string scratch;
    const std::string_view text = leaf.text(scratch);
    return whole ? pattern.fits(text) : pattern.found_in(text);
  };
}

PredicateBuilder::Test PredicateBuilder::number_test(const Term& term, const FieldPath& path) {
  const Result<Decimal> wanted = parse_decimal(term.literal.text());
  if (!wanted.ok()) return mismatch(term, path.type());
  return [wanted = *wanted, op = term.op, type = path.type()](const Leaf& leaf) {
    const std::optional<Decimal> number = number_of(leaf, type);
    return number && holds(op, compare(*number, wanted));
  };
}

PredicateBuilder::Test PredicateBuilder::real_test(const Term& term) {
  const std::string text = term.literal.text();
  double wanted = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), wanted);
  const bool number =
      problem == std::errc() && end == text.data() + text.size() && std::isfinite(wanted);
  if (!number) return mismatch(term, Type::kReal);
  return [wanted, op = term.op](const Leaf& leaf) { return holds(op, leaf.real() <=> wanted); };
}

PredicateBuilder::Test PredicateBuilder::flag_test(const Term& term) {
  if (is_ordering(term.op)) return not_allowed(term, "true or false is compared with = or !=");
  const std::string text = term.literal.text();
  if (text != "true" && text != "false") return mismatch(term, Type::kFlag);
  return [wanted = text == "true"](const Leaf& leaf) { return leaf.flag() == wanted; };
}

PredicateBuilder::Test PredicateBuilder::enum_test(const Term& term, const FieldPath& path) {
  if (is_ordering(term.op)) return not_allowed(term, "a name is compared with = or !=");
  const EnumDescriptor& type = *path.leaf().enum_type();
  const std::vector<std::string> names = value_names(type);
  const std::string wanted = upper(term.literal.text());
  for (int i = 0; i < type.value_count(); ++i) {
    if (wanted != names[static_cast<size_t>(i)] && wanted != type.value(i)->name()) continue;
    return [number = type.value(i)->number()](const Leaf& leaf) {
      return leaf.enum_number() == number;
    };
  }
  problem_ = {"unknown_value",
              column_of(text_, term.literal.offset),
              path.text() + " has no value " + term.literal.text(),
              nearest(wanted, names)};
  return nullptr;
}

PredicateBuilder::Test PredicateBuilder::date_test(const Term& term) {
  const Result<Date> wanted = Date::parse(term.literal.text());
  if (!wanted.ok()) return mismatch(term, Type::kDate);
  return [wanted = *wanted, op = term.op](const Leaf& leaf) {
    const std::optional<Date> date = leaf.date();
    return date && holds(op, *date <=> wanted);
  };
}

PredicateBuilder::Test PredicateBuilder::instant_test(const Term& term) {
  const Result<Instant> parsed = Instant::parse(term.literal.text());
  if (!parsed.ok()) return mismatch(term, Type::kInstant);
  const Int128 wanted = Int128{parsed->unix_micros()} * 1000;
  return [wanted, op = term.op](const Leaf& leaf) {
    return holds(op, leaf.instant_nanos() <=> wanted);
  };
}

std::nullptr_t PredicateBuilder::mismatch(const Term& term, Type type) {
  std::string path;
  for (const Name& name : term.path) path += (path.empty() ? "" : ".") + name.text;
  return fail(
      "type_mismatch",
      term.literal.offset,
      path + " is compared with " + type_text(type) + ", not with \"" + term.literal.text() + "\"");
}

std::nullptr_t PredicateBuilder::not_allowed(const Term& term, const std::string& why) {
  return fail("operator_not_allowed", term.op_offset, why);
}

std::nullptr_t PredicateBuilder::fail(std::string code, size_t offset, std::string message) {
  problem_ = {std::move(code), column_of(text_, offset), std::move(message), ""};
  return nullptr;
}

}  // namespace encours::filter
