// Personal data of an event on its way to encours.persons.
//
// The ledger neither reads nor keeps them: it only says whom and what they belong to. The runtime
// seals them under the person's key before they leave this process.
#pragma once

#include "services/ingestion/domain/ledger/book.h"

namespace encours::ingestion::ledger {

// Emits the personal fields of the event in hand, if it has any, as ErpEvents with nothing else
// set. The person is a contact's id, empty for the account itself; the record is the document that
// the data belong to, empty for master data.
void emit_persons(Book& book);

}  // namespace encours::ingestion::ledger
