// What invoices, payments and credit notes have in common as the ends of allocations.
//
// Values read from the Book's rows, and the two changes that allocations make to an end. Unknown
// ends read as nullopt and can't be changed (checked).
#pragma once

#include <optional>
#include <string>

#include "services/ingestion/domain/ledger/book.h"

namespace encours::ingestion::ledger {

struct EndState {
  std::string currency;
  // Of an invoice its issue date, of a payment its value date.
  Date date;
  // As its document says.
  std::int64_t amount_minor = 0;
  // What it has to give (a payment, a credit note) or to be paid (an invoice).
  std::int64_t capacity_minor = 0;
  // Sum of what its allocations may count.
  std::int64_t live_minor = 0;
  bool cancelled = false;
};

std::optional<EndState> end_state(Book& book, const End& end);

void move_live(Book& book, const End& end, std::int64_t difference_minor);

// Moves what an invoice still owes, or what a payment or credit note still has; with the sums.
void move_rest(Book& book, const End& end, std::int64_t difference_minor);
std::int64_t rest_of(Book& book, const End& end);

}  // namespace encours::ingestion::ledger
