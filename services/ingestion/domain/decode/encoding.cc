#include "services/ingestion/domain/decode/encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace encours::ingestion {
namespace {

// Bytes of the well-formed character that begins at `bytes`, or 0.
std::size_t utf8_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const auto follows = [&](std::size_t i) { return i < bytes.size() && (at(i) & 0xC0) == 0x80; };
  const std::uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return follows(1) ? 2 : 0;
  if (first < 0xF0) {
    if (!follows(1) || !follows(2)) return 0;
    if (first == 0xE0 && at(1) < 0xA0) return 0;
    return first == 0xED && at(1) >= 0xA0 ? 0 : 3;
  }
  if (first > 0xF4 || !follows(1) || !follows(2) || !follows(3)) return 0;
  if (first == 0xF0 && at(1) < 0x90) return 0;
  return first == 0xF4 && at(1) >= 0x90 ? 0 : 4;
}

// Windows-1252 from 0x80 to 0x9F; 0 where it defines nothing.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append_utf8(char16_t character, std::string* out) {
  if (character < 0x80) {
    out->push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (character >> 6)));
    out->push_back(static_cast<char>(0x80 | (character & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xE0 | (character >> 12)));
    out->push_back(static_cast<char>(0x80 | ((character >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (character & 0x3F)));
  }
}

std::optional<std::string> from_single_bytes(std::string_view bytes, bool windows) {
  std::string out;
  out.reserve(bytes.size());
  for (const char byte : bytes) {
    char16_t character = static_cast<std::uint8_t>(byte);
    if (windows && character >= 0x80 && character < 0xA0) {
      character = kWindows1252[character - 0x80];
      if (character == 0) return std::nullopt;
    }
    append_utf8(character, &out);
  }
  return out;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<std::uint8_t>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<std::uint8_t>(character[1]) < 0xA0;
}

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::optional<std::string> to_utf8(std::string_view bytes, TextEncoding encoding) {
  switch (encoding) {
    case v1alpha1::TEXT_ENCODING_LATIN_1:
      return from_single_bytes(bytes, false);
    case v1alpha1::TEXT_ENCODING_WINDOWS_1252:
      return from_single_bytes(bytes, true);
    default:
      if (!is_utf8(bytes)) return std::nullopt;
      return std::string(bytes);
  }
}

std::string printable(std::string_view bytes, std::size_t max_bytes) {
  std::string out;
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    const std::string_view character = bytes.substr(0, std::max<std::size_t>(length, 1));
    if (out.size() + character.size() > max_bytes) return out + "...";
    out += length == 0 || is_control(character) ? std::string_view("?") : character;
    bytes.remove_prefix(character.size());
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == ' ' || text.front() == '\t') {
      text.remove_prefix(1);
    } else if (text.starts_with(kNoBreakSpace)) {
      text.remove_prefix(kNoBreakSpace.size());
    } else {
      break;
    }
  }
  while (!text.empty()) {
    if (text.back() == ' ' || text.back() == '\t') {
      text.remove_suffix(1);
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(kNoBreakSpace.size());
    } else {
      break;
    }
  }
  return text;
}

}  // namespace encours::ingestion
