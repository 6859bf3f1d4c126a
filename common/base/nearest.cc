#include "common/base/nearest.h"

#include <algorithm>
#include <array>

namespace encours {
namespace {

constexpr size_t kMaxLength = 64;

std::string plain(std::string_view word) {
  std::string letters;
  for (const char c : word.substr(0, kMaxLength)) {
    if (c == '_') continue;
    letters.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return letters;
}

// Letters to insert, remove, change or swap with a neighbour to turn one word into the other.
size_t edits_between(std::string_view from, std::string_view to) {
  using Row = std::array<size_t, kMaxLength + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (size_t j = 0; j <= to.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t change = from[i - 1] == to[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[to.size()];
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::string wanted = plain(word);
  // A third of the letters may be wrong, but at least one: beyond that a guess does not help.
  size_t best_edits = std::max<size_t>(1, wanted.size() / 3) + 1;
  std::string_view best;
  for (const std::string& candidate : candidates) {
    const size_t edits = edits_between(wanted, plain(candidate));
    if (edits >= best_edits) continue;
    best_edits = edits;
    best = candidate;
  }
  return std::string(best);
}

}  // namespace encours
