#include "common/stream/kept_persons.h"

#include "common/stream/topology.h"

namespace encours::stream {
namespace {

using encours::stream::v1alpha1::PersonKey;
using encours::stream::v1alpha1::PersonRecord;

template <class Message>
std::optional<std::string> scope_by(const Record& record) {
  Message message;
  if (!message.ParseFromString(record.value)) return std::nullopt;
  return scope_of(record.tenant(), message.account());
}

}  // namespace

std::vector<StageInput> person_inputs() {
  return {{.topic = kPersonsTopic, .in_order_of_arrival = true},
          {.topic = kPersonKeysTopic, .in_order_of_arrival = true}};
}

std::optional<std::string> scope_of_person(const Record& record, bool is_key) {
  return is_key ? scope_by<PersonKey>(record) : scope_by<PersonRecord>(record);
}

Result<Effects> keep_person(const View& view, const Record& record, bool is_key,
                            const PersonTables& tables, KeptPersons kept) {
  Effects effects(view);
  if (is_key) {
    PersonKey key;
    if (!key.ParseFromString(record.value)) {
      return poison("unreadable_person_key", "", "A record of encours.person-keys can't be read.");
    }
    if (kept == KeptPersons::kAccounts && !key.person().empty()) return effects;
    key.clear_envelope();
    effects.put(tables.keys, key, KeyWriter().text(key.person()));
    return effects;
  }
  encours::state::v1alpha1::SealedPersonRow row;
  auto& person = *row.mutable_person();
  if (!person.ParseFromString(record.value)) {
    return poison("unreadable_person", "", "A record of encours.persons can't be read.");
  }
  const bool of_account = person.person().empty() && person.record().empty();
  if (kept == KeptPersons::kAccounts && !of_account) return effects;
  person.clear_envelope();
  effects.put(tables.persons, row, KeyWriter().text(person.person()).text(person.record()));
  return effects;
}

}  // namespace encours::stream
