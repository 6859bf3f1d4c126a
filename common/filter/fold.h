// Searching text as people do: case and accents don't count, so "societe" finds "SOCIÉTÉ".
//
// fold() is the one definition of "the same to a searcher": ASCII, Latin-1 and Latin Extended-A
// letters become plain lower-case letters, combining accents go, typographic spaces and
// apostrophes become plain. Other scripts stay as they are. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace encours::filter {

std::string fold(std::string_view text);

// A text with wildcards: the pieces between the stars.
class Pattern {
 public:
  // `folded`: the pieces and what they are compared with are folded first.
  Pattern(std::vector<std::string> pieces, bool folded);

  // The whole text fits the pattern.
  bool fits(std::string_view text) const;
  // A pattern without wildcards is somewhere in the text; one with wildcards fits the whole.
  bool found_in(std::string_view text) const;

 private:
  bool fits_plain(std::string_view text) const;

  std::vector<std::string> pieces_;  // At least one; a star between each two.
  bool folded_;
};

}  // namespace encours::filter
