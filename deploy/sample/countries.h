// Countries of the sample's customers: towns, names, forms of companies. Words only.
//
// Names of companies are put together from invented words, so that none is meant; towns are real,
// streets are of the kind that every town has. Data of the program, read-only.
#pragma once

#include <span>
#include <string_view>

namespace encours::sample {

struct Town {
  std::string_view name;
  std::string_view postal_code;
};

struct Country {
  std::string_view code;
  // Of most accounts there.
  std::string_view language;
  std::string_view currency;
  std::string_view time_zone;
  std::span<const Town> towns;
  std::span<const std::string_view> streets;
  std::span<const std::string_view> first_names;
  std::span<const std::string_view> last_names;
  // A company's name is a trade and an invented word, in the order of the country, and a form.
  std::span<const std::string_view> trades;
  std::span<const std::string_view> words;
  std::span<const std::string_view> forms;
  // True where the trade comes first ("Hôtel Orvenne"), false where it follows ("Wexmere Inns").
  bool trade_first;
};

// Of `code`; one that is not there is a bug of the caller.
const Country& country(std::string_view code);

}  // namespace encours::sample
