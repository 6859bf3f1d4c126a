// Kept persons: a stage's own copy of encours.persons and encours.person-keys, as it came.
//
// A stage that writes to people, or whose queries show names, lists person_inputs() among its
// inputs and the two tables of its own ids, and hands the records to keep_person(). Rows are
// sealed and their keys wrapped: no decision reads them (common/persons/open_person.h does, for a
// reader), they are not in the dump, and their order means nothing. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/stream/decide.h"
#include "encours/state/v1alpha1/runtime.pb.h"
#include "encours/stream/v1alpha1/person.pb.h"

namespace encours::stream {

struct PersonTables {
  // tenant, account, person, record
  Table<encours::state::v1alpha1::SealedPersonRow> persons;
  // tenant, account, person
  Table<encours::stream::v1alpha1::PersonKey> keys;
};

// Of the numbers of a service's own tables.
constexpr PersonTables person_tables(std::uint8_t persons, std::uint8_t keys) {
  return {{persons, "person", "ssss", "sealed by random keys; encours.persons is the record"},
          {keys, "known_person_key", "sss", "keys are random"}};
}

enum class KeptPersons {
  kAll,
  // Master data of the account itself: what it is called.
  kAccounts,
};

// Persons first, then their keys.
std::vector<StageInput> person_inputs();

// The account's scope: the keys of these records have more than the account. Nullopt where the
// record can't be read.
std::optional<std::string> scope_of_person(const Record& record, bool is_key);

// `is_key`: the record is one of encours.person-keys. Poison where it can't be read.
Result<Effects> keep_person(const View& view, const Record& record, bool is_key,
                            const PersonTables& tables, KeptPersons kept);

}  // namespace encours::stream
