// nearest() finds the known word that somebody most likely meant: "overdu" gives "overdue".
//
// It serves error messages only (settings, filters, commands); no decision depends on it. Upper
// and lower case and underscores don't count, so "dueDate" finds "due_date". The cost is the
// product of the lengths for each candidate; words are cut at 64 bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace encours {

// The nearest candidate, the first of equals; empty where none is near enough to be meant.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace encours
