// One row of a CSV file, with its header line and mapping -> the events that it says.
//
// A row of an invoice gives InvoiceIssued (or CreditNoteIssued where it is below zero and the
// mapping says so), PaymentReceived of the whole where it is settled, and CustomerUpserted where
// the mapping names anything of the customer. Ids are made of the row's own number, never of its
// place in the file, so the same row in another export is the same event:
//   invoice/N  credit_note/N  settlement/N  payment/P  customer/ACCOUNT/content
// Errors name the column. Total and pure: any bytes give events or errors, on any thread.
//
// Codes beside those of csv.h and validate.h: missing_column, unknown_column, duplicate_column,
// column_count, invalid_utf8, invalid_encoding, not_a_number, too_many_decimals.
#pragma once

#include <string_view>

#include "services/ingestion/domain/decode/decoded.h"
#include "services/ingestion/domain/decode/mapping.h"

namespace encours::ingestion {

DecodedInput decode_csv_row(std::string_view header,
                            std::string_view row,
                            const Mapping& mapping,
                            const Origin& origin);

// What is wrong with a header line by itself: a door that asks first can tell it once for a file.
std::vector<Error> check_csv_header(std::string_view header, const Mapping& mapping);

}  // namespace encours::ingestion
