#include "common/persons/open_person.h"

namespace encours {

using encours::erp::v1alpha1::ErpEvent;

Result<std::optional<ErpEvent>> open_person(const stream::View& view,
                                            const stream::PersonTables& tables,
                                            const Sealer& sealer, const PersonScope& person) {
  const auto row = view.get(tables.persons, KeyWriter().text(person.person).text(""));
  const auto key = view.get(tables.keys, KeyWriter().text(person.person));
  if (!row || !key) return std::optional<ErpEvent>();
  ENCOURS_ASSIGN(const std::string plain,
                 sealer.open(key->wrapped_key(), person, "", row->person().sealed()));
  ErpEvent event;
  if (!event.ParseFromString(plain)) return fatal("sealed_data", "Sealed data can't be read.");
  return std::optional(std::move(event));
}

}  // namespace encours
