#include "common/filter/order_by.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/filter/field_path.h"
#include "common/filter/fold.h"
#include "common/filter/lexer.h"
#include "common/filter/parser.h"

namespace encours::filter {
namespace {

constexpr char kPresent = 1;
constexpr char kAbsent = 2;

struct Column {
  FieldPath path;
  bool descending = false;
};

// Big-endian with the sign bit turned: bytes compare as the numbers do.
void append_number(std::string& key, Int128 number) {
  constexpr int kBits = 128;
  for (int shift = kBits - 8; shift >= 0; shift -= 8) {
    auto byte = static_cast<unsigned char>(number >> shift & 0xFF);
    if (shift == kBits - 8) byte ^= 0x80;
    key += static_cast<char>(byte);
  }
}

void append_real(std::string& key, double number) {
  // -0.0 equals 0.0. Of IEEE 754 a negative number has all bits turned, a positive one the sign.
  const auto bits = std::bit_cast<uint64_t>(number == 0 ? 0.0 : number);
  const bool negative = bits >> 63 != 0;
  const uint64_t ordered = negative ? ~bits : bits | uint64_t{1} << 63;
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(ordered >> shift & 0xFF);
}

// A zero byte ends the text; one inside is followed by 0xFF, so that "a" is before "a\0".
void append_text(std::string& key, std::string_view text) {
  for (const char c : text) {
    key += c;
    if (c == '\0') key += '\xFF';
  }
  key += {'\0', '\0'};
}

// The bytes of a value; false where its content makes no sense and counts as absent. `fixed` is
// the part that is not turned round when the order is descending.
bool append_value(const Leaf& leaf, Type type, std::string& fixed, std::string& key) {
  switch (type) {
    case Type::kText: {
      std::string scratch;
      const std::string_view text = leaf.text(scratch);
      append_text(key, fold(text));
      append_text(key, text);
      return true;
    }
    case Type::kWhole:
      append_number(key, leaf.whole());
      return true;
    case Type::kReal:
      if (std::isnan(leaf.real())) return false;
      append_real(key, leaf.real());
      return true;
    case Type::kFlag:
      key += leaf.flag() ? '\1' : '\0';
      return true;
    case Type::kEnum:
      append_number(key, leaf.enum_number());
      return true;
    case Type::kDate:
      if (!leaf.date()) return false;
      append_number(key, leaf.date()->days());
      return true;
    case Type::kInstant:
      append_number(key, leaf.instant_nanos());
      return true;
    case Type::kMoney: {
      const std::optional<Money> money = leaf.money();
      if (!money) return false;
      append_text(fixed, money->currency.code());
      append_number(key, money->minor);
      return true;
    }
    case Type::kDecimal: {
      const std::optional<Decimal> number = leaf.decimal();
      if (!number) return false;
      append_number(key, number->mantissa * power_of_ten(18 - number->scale));
      return true;
    }
    case Type::kMessage:
    case Type::kOther:
      break;
  }
  return false;
}

// Reads "path [asc|desc] {, path [asc|desc]}".
class OrderParser {
 public:
  OrderParser(std::string_view text,
              const google::protobuf::Descriptor& message,
              const FieldPath::Allowed& allowed,
              Problem& problem)
      : text_(text), message_(message), allowed_(allowed), problem_(problem), lexer_(text) {}

  std::optional<std::vector<Column>> parse() {
    std::vector<Column> columns;
    if (lexer_.next().kind == Token::Kind::kEnd) return columns;
    do {
      if (!parse_column(columns)) return std::nullopt;
    } while (take(Token::Kind::kComma));
    if (lexer_.next().kind == Token::Kind::kEnd) return columns;
    fail("syntax_error", lexer_.next().offset, "fields are separated by commas");
    return std::nullopt;
  }

 private:
  bool parse_column(std::vector<Column>& columns) {
    std::vector<Name> names;
    do {
      const Token name = lexer_.next();
      if (name.kind != Token::Kind::kWord) {
        return fail("syntax_error", name.offset, "the name of a field is missing here");
      }
      names.push_back({std::string(name.text), name.offset});
      lexer_.take();
    } while (take(Token::Kind::kDot));
    std::optional<FieldPath> path = FieldPath::resolve(names, message_, allowed_, text_, problem_);
    if (!path || !check(*path, columns, names.front().offset)) return false;
    columns.push_back({*std::move(path), false});
    return parse_direction(columns.back());
  }

  bool parse_direction(Column& column) {
    const Token word = lexer_.next();
    if (word.kind != Token::Kind::kWord) return true;
    if (word.text != "asc" && word.text != "desc") {
      return fail("syntax_error", word.offset, "behind a field stands asc, desc or a comma");
    }
    column.descending = word.text == "desc";
    lexer_.take();
    return true;
  }

  bool check(const FieldPath& path, const std::vector<Column>& columns, size_t offset) {
    const bool comparable = path.type() != Type::kMessage && path.type() != Type::kOther;
    if (path.repeated() || !comparable) {
      return fail("unsupported_type", offset, path.text() + " has no order");
    }
    if (columns.size() >= kMaxOrderFields) {
      return fail("order_too_long", offset, "at most 10 fields");
    }
    const bool twice = std::ranges::any_of(
        columns, [&path](const Column& other) { return other.path.text() == path.text(); });
    return !twice || fail("syntax_error", offset, path.text() + " is named twice");
  }

  bool take(Token::Kind kind) {
    if (lexer_.next().kind != kind) return false;
    lexer_.take();
    return true;
  }

  bool fail(std::string code, size_t offset, std::string message) {
    problem_ = {std::move(code), column_of(text_, offset), std::move(message), ""};
    return false;
  }

  const std::string_view text_;
  const google::protobuf::Descriptor& message_;
  const FieldPath::Allowed& allowed_;
  Problem& problem_;
  Lexer lexer_;
};

}  // namespace

struct OrderBy::Compiled {
  const google::protobuf::Descriptor* message = nullptr;
  std::vector<Column> columns;
};

Result<OrderBy> OrderBy::compile(std::string_view text,
                                 const google::protobuf::Descriptor& message,
                                 const Options& options,
                                 Problem* problem) {
  Problem found;
  std::optional<std::vector<Column>> columns;
  if (check_text(text, found)) {
    columns = OrderParser(text, message, options.allowed, found).parse();
  }
  if (!columns) {
    if (problem != nullptr) *problem = found;
    return as_error(found, options.field);
  }
  return OrderBy(std::make_shared<const Compiled>(Compiled{&message, *std::move(columns)}));
}

std::string OrderBy::key(const google::protobuf::Message& message) const {
  ENCOURS_CHECK(message.GetDescriptor() == compiled_->message, "an order is for one type");
  std::string key;
  for (const Column& column : compiled_->columns) {
    std::string fixed;
    std::string value;
    const std::optional<Leaf> leaf = column.path.value(message);
    if (!leaf || !append_value(*leaf, column.path.type(), fixed, value)) {
      key += kAbsent;
      continue;
    }
    key += kPresent;
    key += fixed;
    if (column.descending) {
      for (char& c : value) c = static_cast<char>(~c);
    }
    key += value;
  }
  return key;
}

}  // namespace encours::filter
