// Reading and writing UTF-8 of which nothing is known: text from files, requests and headers.
//
// What is no valid UTF-8 (overlong forms and surrogates included) counts as U+FFFD, one for each
// byte, so every text can be walked to its end. Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace encours {

inline constexpr char32_t kReplacement = 0xFFFD;

struct CodePoint {
  char32_t value = kReplacement;
  size_t bytes = 1;    // How many it takes in the text; at least 1.
  bool valid = false;  // False where value stands in for a byte that is no UTF-8.
};

// The first code point of `text`, which must not be empty.
CodePoint decode_utf8(std::string_view text);

void append_utf8(std::string& out, char32_t code_point);

// The same text, with what is invalid replaced.
std::string valid_utf8(std::string_view text);

// Well-formed by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// Fit for a message: what is no printable character becomes "?", the rest is cut at `max_bytes`
// (three full stops say so). For names of fields and columns only, never for values.
std::string printable(std::string_view text, size_t max_bytes = 64);

// The longest beginning of at most `max_bytes` bytes that does not cut a code point in two.
std::string_view cut_utf8(std::string_view text, size_t max_bytes);

}  // namespace encours
