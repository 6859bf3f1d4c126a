#include "common/state/key.h"

namespace encours {
namespace {

constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xFF';
constexpr char kEnd = '\x01';
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

}  // namespace

KeyWriter& KeyWriter::text(std::string_view part) {
  for (char c : part) {
    bytes_.push_back(c);
    if (c == kEscape) bytes_.push_back(kEscapedZero);
  }
  bytes_.push_back(kEscape);
  bytes_.push_back(kEnd);
  return *this;
}

KeyWriter& KeyWriter::number(std::int64_t part) {
  const std::uint64_t flipped = static_cast<std::uint64_t>(part) ^ kSignBit;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes_.push_back(static_cast<char>((flipped >> shift) & 0xFF));
  }
  return *this;
}

KeyWriter& KeyWriter::byte(std::uint8_t part) {
  bytes_.push_back(static_cast<char>(part));
  return *this;
}

KeyWriter& KeyWriter::raw(std::string_view part) {
  bytes_.append(part);
  return *this;
}

std::optional<std::string> KeyReader::text() {
  std::string out;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] != kEscape) {
      out.push_back(rest_[i]);
      continue;
    }
    if (i + 1 >= rest_.size()) break;
    if (rest_[i + 1] == kEnd) {
      rest_.remove_prefix(i + 2);
      return out;
    }
    if (rest_[i + 1] != kEscapedZero) break;
    out.push_back(kEscape);
    ++i;
  }
  rest_ = {};
  return std::nullopt;
}

std::optional<std::int64_t> KeyReader::number() {
  if (rest_.size() < 8) {
    rest_ = {};
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = (value << 8) | static_cast<std::uint8_t>(rest_[i]);
  rest_.remove_prefix(8);
  return static_cast<std::int64_t>(value ^ kSignBit);
}

std::optional<std::uint8_t> KeyReader::byte() {
  if (rest_.empty()) return std::nullopt;
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::string after_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    if (static_cast<std::uint8_t>(end.back()) != 0xFF) {
      end.back() = static_cast<char>(static_cast<std::uint8_t>(end.back()) + 1);
      return end;
    }
    end.pop_back();
  }
  return end;
}

}  // namespace encours
