#include "services/portfolio/query/names.h"

#include "common/base/hash.h"
#include "common/persons/open_person.h"
#include "common/stream/record.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

Result<std::string> name_of(const RowReader& rows,
                            const Sealer* sealer,
                            const std::string& tenant,
                            const std::string& account) {
  if (sealer == nullptr) return std::string();
  const stream::View view(rows, scope_of(tenant, account));
  ENCOURS_ASSIGN(const auto event, open_person(view, kPersons, *sealer, {tenant, account, ""}));
  return event ? event->customer_upserted().name() : std::string();
}

Result<std::string> name_of(const query::QueryContext& context,
                            const std::string& tenant,
                            const std::string& account) {
  const std::int32_t partition =
      partition_of(stream::make_key(tenant, account), context.partition_count);
  for (const query::PartitionRows& one : context.partitions) {
    if (one.partition == partition) return name_of(*one.rows, context.sealer, tenant, account);
  }
  return std::string();
}

}  // namespace encours::portfolio
