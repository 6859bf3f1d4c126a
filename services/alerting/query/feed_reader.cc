#include "services/alerting/query/feed_reader.h"

#include <algorithm>

#include "services/alerting/domain/tables.h"
#include "services/alerting/query/feed_cursor.h"

namespace encours::alerting {

std::optional<std::string> owner_of(const RowReader& rows,
                                    const std::string& tenant,
                                    const std::string& account) {
  const stream::View view(rows, tenant_scope(tenant));
  const auto row = view.get(kAccountTable, KeyWriter().text(account));
  if (!row || row->owner().empty()) return std::nullopt;
  return row->owner();
}

std::int64_t feed_head(const RowReader& rows, const std::string& tenant) {
  const stream::View view(rows, tenant_scope(tenant));
  const auto head = view.get(kFeedHeadTable);
  return head ? head->last_sequence() : 0;
}

bool read_feed(const RowReader& rows,
               const std::string& tenant,
               std::int32_t partition,
               std::int64_t after,
               std::size_t limit,
               std::vector<ChangePtr>* out) {
  const std::int64_t first = std::max<std::int64_t>(after, 0) + 1;
  const std::string prefix = KeyWriter().byte(kFeedTable.id).raw(tenant_scope(tenant)).take();
  const std::string from = KeyWriter(prefix).number(first).take();
  bool kept = true;
  std::size_t taken = 0;
  rows.scan(from, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    auto change = std::make_shared<Change>();
    change->partition = partition;
    change->sequence = KeyReader(key.substr(prefix.size())).number().value_or(0);
    if (taken == 0 && after >= 0 && change->sequence != first) {
      kept = false;
      return false;
    }
    auto row = stream::View::parse<state::AlertFeedRow>(value);
    change->after.Swap(row.mutable_after());
    out->push_back(std::move(change));
    return ++taken < limit;
  });
  return kept;
}

}  // namespace encours::alerting
