#include "common/base/utf8.h"

#include "common/base/check.h"

namespace encours {
namespace {

// How many bytes the sequence has that starts with `lead`, and the bits that `lead` gives to it.
struct Lead {
  size_t bytes;
  char32_t bits;
  char32_t smallest;  // Smaller values have a shorter form, so this one would be overlong.
};

Lead read_lead(unsigned char lead) {
  if (lead < 0x80) return {1, lead, 0};
  if (lead >= 0xC2 && lead <= 0xDF) return {2, lead & 0x1FU, 0x80};
  if (lead >= 0xE0 && lead <= 0xEF) return {3, lead & 0x0FU, 0x800};
  if (lead >= 0xF0 && lead <= 0xF4) return {4, lead & 0x07U, 0x10000};
  return {0, 0, 0};
}

}  // namespace

CodePoint decode_utf8(std::string_view text) {
  ENCOURS_CHECK(!text.empty(), "there is a code point to read");
  const Lead lead = read_lead(static_cast<unsigned char>(text.front()));
  if (lead.bytes == 0 || lead.bytes > text.size()) return {};
  char32_t value = lead.bits;
  for (size_t i = 1; i < lead.bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return {};
    value = value << 6 | (byte & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < lead.smallest || surrogate || value > 0x10FFFF) return {};
  return {value, lead.bytes, true};
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto tail = [code_point](int shift) {
    return static_cast<char>(0x80 | (code_point >> shift & 0x3F));
  };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += {static_cast<char>(0xC0 | code_point >> 6), tail(0)};
  } else if (code_point < 0x10000) {
    out += {static_cast<char>(0xE0 | code_point >> 12), tail(6), tail(0)};
  } else {
    out += {static_cast<char>(0xF0 | code_point >> 18), tail(12), tail(6), tail(0)};
  }
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    if (!next.valid) return false;
    text.remove_prefix(next.bytes);
  }
  return true;
}

std::string printable(std::string_view text, size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    if (out.size() + next.bytes > max_bytes) return out + "...";
    const bool control = next.value < 0x20 || (next.value >= 0x7F && next.value < 0xA0);
    out += !next.valid || control ? std::string_view("?") : text.substr(0, next.bytes);
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    append_utf8(out, next.value);
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::string_view cut_utf8(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  // At most three bytes back is the lead of a sequence that goes past the end.
  for (size_t back = 0; back < 3 && end > 0; ++back) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80) break;
    --end;
  }
  return text.substr(0, end);
}

}  // namespace encours
