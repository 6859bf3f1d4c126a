#include "common/filter/fold.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/check.h"
#include "common/base/utf8.h"

namespace encours::filter {
namespace {

struct Range {
  char32_t first;
  char32_t last;
  std::string_view plain;
};

// In order of the code points; what is not in a range stays.
constexpr std::array<Range, 68> kRanges{{
    {0x00A0, 0x00A0, " "},  {0x00C0, 0x00C5, "a"},   {0x00C6, 0x00C6, "ae"},
    {0x00C7, 0x00C7, "c"},  {0x00C8, 0x00CB, "e"},   {0x00CC, 0x00CF, "i"},
    {0x00D0, 0x00D0, "d"},  {0x00D1, 0x00D1, "n"},   {0x00D2, 0x00D6, "o"},
    {0x00D8, 0x00D8, "o"},  {0x00D9, 0x00DC, "u"},   {0x00DD, 0x00DD, "y"},
    {0x00DE, 0x00DE, "th"}, {0x00DF, 0x00DF, "ss"},  {0x00E0, 0x00E5, "a"},
    {0x00E6, 0x00E6, "ae"}, {0x00E7, 0x00E7, "c"},   {0x00E8, 0x00EB, "e"},
    {0x00EC, 0x00EF, "i"},  {0x00F0, 0x00F0, "d"},   {0x00F1, 0x00F1, "n"},
    {0x00F2, 0x00F6, "o"},  {0x00F8, 0x00F8, "o"},   {0x00F9, 0x00FC, "u"},
    {0x00FD, 0x00FD, "y"},  {0x00FE, 0x00FE, "th"},  {0x00FF, 0x00FF, "y"},
    {0x0100, 0x0105, "a"},  {0x0106, 0x010D, "c"},   {0x010E, 0x0111, "d"},
    {0x0112, 0x011B, "e"},  {0x011C, 0x0123, "g"},   {0x0124, 0x0127, "h"},
    {0x0128, 0x0131, "i"},  {0x0132, 0x0133, "ij"},  {0x0134, 0x0135, "j"},
    {0x0136, 0x0138, "k"},  {0x0139, 0x0142, "l"},   {0x0143, 0x014B, "n"},
    {0x014C, 0x0151, "o"},  {0x0152, 0x0153, "oe"},  {0x0154, 0x0159, "r"},
    {0x015A, 0x0161, "s"},  {0x0162, 0x0167, "t"},   {0x0168, 0x0173, "u"},
    {0x0174, 0x0175, "w"},  {0x0176, 0x0178, "y"},   {0x0179, 0x017E, "z"},
    {0x017F, 0x017F, "s"},  {0x0218, 0x0219, "s"},   {0x021A, 0x021B, "t"},
    {0x0300, 0x036F, ""},   {0x1E9E, 0x1E9E, "ss"},  {0x2009, 0x2009, " "},
    {0x2010, 0x2015, "-"},  {0x2018, 0x2019, "'"},   {0x201C, 0x201D, "\""},
    {0x202F, 0x202F, " "},  {0xFB00, 0xFB00, "ff"},  {0xFB01, 0xFB01, "fi"},
    {0xFB02, 0xFB02, "fl"}, {0xFB03, 0xFB03, "ffi"}, {0xFB04, 0xFB04, "ffl"},
    {0xFB05, 0xFB06, "st"}, {0xFF07, 0xFF07, "'"},   {0xFF08, 0xFF08, "("},
    {0xFF09, 0xFF09, ")"},  {0xFF0D, 0xFF0D, "-"},
}};

void append_folded(std::string& out, char32_t c) {
  const auto range = std::ranges::lower_bound(kRanges, c, {}, &Range::last);
  if (range != kRanges.end() && c >= range->first) {
    out += range->plain;
  } else {
    append_utf8(out, c);
  }
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      ++at;
      continue;
    }
    const CodePoint next = decode_utf8(text.substr(at));
    append_folded(out, next.value);
    at += next.bytes;
  }
  return out;
}

Pattern::Pattern(std::vector<std::string> pieces, bool folded)
    : pieces_(std::move(pieces)), folded_(folded) {
  ENCOURS_CHECK(!pieces_.empty(), "a pattern has a piece");
  if (!folded_) return;
  for (std::string& piece : pieces_) piece = fold(piece);
}

bool Pattern::fits(std::string_view text) const {
  return folded_ ? fits_plain(fold(text)) : fits_plain(text);
}

bool Pattern::found_in(std::string_view text) const {
  if (pieces_.size() > 1) return fits(text);
  if (folded_) return fold(text).find(pieces_.front()) != std::string::npos;
  return text.find(pieces_.front()) != std::string_view::npos;
}

// The first piece is at the beginning, the last at the end, and the others between them in order;
// taking each at its first place leaves the most room for the rest.
bool Pattern::fits_plain(std::string_view text) const {
  const std::string& first = pieces_.front();
  const std::string& last = pieces_.back();
  if (pieces_.size() == 1) return text == first;
  if (text.size() < first.size() + last.size()) return false;
  if (!text.starts_with(first) || !text.ends_with(last)) return false;
  text.remove_prefix(first.size());
  text.remove_suffix(last.size());
  for (size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const size_t at = text.find(pieces_[i]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + pieces_[i].size());
  }
  return true;
}

}  // namespace encours::filter
