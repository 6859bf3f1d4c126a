#include "common/stream/effects.h"

#include "common/stream/decide.h"

namespace encours::stream {

std::string Effects::serialise(const google::protobuf::MessageLite& message) {
  return row_bytes(message);
}

std::vector<RowChange> Effects::row_changes() const {
  std::vector<RowChange> changes;
  for (const auto& put : rows) {
    changes.push_back({put.key, std::nullopt});
    if (put.row) changes.back().value = row_bytes(*put.row);
  }
  return changes;
}

std::string Stage::scope(const Record& record) const {
  return scope_of(tenant_of_key(record.key), entity_of_key(record.key));
}

}  // namespace encours::stream
