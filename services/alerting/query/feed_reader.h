// Reading a tenant's feed from the committed rows of one partition.
//
// A Change is one row of the feed as readers pass it on; it never changes once it is made, so many
// readers share one (that is why it travels as shared_ptr). Reads come from a snapshot of the
// partition's store; its status() tells of failures. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/state/rows.h"
#include "encours/alerting/v1alpha1/alerts.pb.h"

namespace encours::alerting {

struct Change {
  std::int32_t partition = 0;
  std::int64_t sequence = 0;
  v1alpha1::Alert after;
};
using ChangePtr = std::shared_ptr<const Change>;

// Who owns the account; nullopt where nobody has said.
std::optional<std::string> owner_of(const RowReader& rows,
                                    const std::string& tenant,
                                    const std::string& account);

// The last sequence that the feed has given; 0 for none.
std::int64_t feed_head(const RowReader& rows, const std::string& tenant);

// Appends the changes behind the place `after`, at most `limit`. False where changes behind it are
// no longer kept; never for kFromFirst.
bool read_feed(const RowReader& rows,
               const std::string& tenant,
               std::int32_t partition,
               std::int64_t after,
               std::size_t limit,
               std::vector<ChangePtr>* out);

}  // namespace encours::alerting
