#include "services/ingestion/domain/decode/encoding.h"

#include <array>
#include <cstdint>

namespace encours::ingestion {
namespace {

// Windows-1252 from 0x80 to 0x9F; 0 where it defines nothing.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::optional<std::string> from_single_bytes(std::string_view bytes, bool windows) {
  std::string out;
  out.reserve(bytes.size());
  for (const char byte : bytes) {
    char16_t character = static_cast<std::uint8_t>(byte);
    if (windows && character >= 0x80 && character < 0xA0) {
      character = kWindows1252[character - 0x80];
      if (character == 0) return std::nullopt;
    }
    append_utf8(out, character);
  }
  return out;
}

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

}  // namespace

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
