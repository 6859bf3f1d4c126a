#include "services/portfolio/query/timeline.h"

#include <deque>
#include <string>
#include <utility>

#include "common/filter/filter.h"
#include "common/query/page_token.h"
#include "common/query/standing.h"
#include "services/portfolio/domain/timeline.h"
#include "services/portfolio/query/customers.h"
#include "services/portfolio/query/row_scan.h"

namespace encours::portfolio {
namespace {

Result<bool> is_descending(const std::string& order_by) {
  if (order_by.empty() || order_by == "recorded_at" || order_by == "recorded_at asc") return false;
  if (order_by == "recorded_at desc") return true;
  return refused("unsupported_order",
                 "order_by",
                 "A timeline is ordered by recorded_at or by recorded_at desc.");
}

struct Entry {
  std::string key;
  api::TimelineEntry entry;
};

// The entries in order of key, `limit` of them at most: the first ones behind `after`, or, going
// back, the last ones before it.
std::deque<Entry> read_entries(const RowReader& rows,
                               const stream::View& view,
                               const filter::Filter& filter,
                               const std::string& after,
                               bool descending,
                               std::size_t limit) {
  const std::string head = view.key(kTimelineTable.id, "");
  const std::string end = after_prefix(head);
  const bool resumes = !after.empty();
  std::deque<Entry> entries;
  rows.scan(descending || !resumes ? head : head + after,
            descending && resumes ? head + after : end,
            [&](std::string_view key, std::string_view value) {
              key.remove_prefix(head.size());
              if (key == after) return true;
              api::TimelineEntry entry =
                  timeline_entry(stream::View::parse<state::TimelineRow>(value));
              if (!filter.matches(entry)) return true;
              entries.push_back({std::string(key), std::move(entry)});
              if (descending && entries.size() > limit) entries.pop_front();
              return descending || entries.size() < limit;
            });
  return entries;
}

}  // namespace

Result<api::GetTimelineResponse> get_timeline(const query::QueryContext& context,
                                              const query::PartitionRows& owner,
                                              const api::GetTimelineRequest& request) {
  ENCOURS_ASSIGN(const bool descending, is_descending(request.order_by()));
  ENCOURS_ASSIGN(const filter::Filter filter,
                 filter::Filter::compile(request.filter(), *api::TimelineEntry::descriptor(), {}));
  ENCOURS_ASSIGN(
      const std::size_t size,
      query::page_size_of(request.page_size(), kUsualTimelineSize, kLargestTimelineSize));
  const std::string digest = query::digest_of({"timeline",
                                               request.tenant(),
                                               request.account(),
                                               request.filter(),
                                               descending ? "desc" : "asc"});
  ENCOURS_ASSIGN(query::PageToken token, query::decode_page_token(request.page_token(), digest));
  ENCOURS_ASSIGN(const query::TenantTime time,
                 query::tenant_time(*context.settings, request.tenant()));
  ENCOURS_ASSIGN(const auto row,
                 visible_customer(context, *owner.rows, request.tenant(), request.account()));

  const stream::View view(*owner.rows, scope_of(request.tenant(), request.account()));
  std::deque<Entry> entries =
      read_entries(*owner.rows, view, filter, token.after, descending, size + 1);
  ENCOURS_TRY(check_reads(context.partitions));
  api::GetTimelineResponse response;
  const bool more = entries.size() > size;
  if (more) descending ? entries.pop_front() : entries.pop_back();
  if (more) {
    token.after = descending ? entries.front().key : entries.back().key;
    response.set_next_page_token(token.encode());
  }
  while (!entries.empty()) {
    Entry& next = descending ? entries.back() : entries.front();
    *response.add_entries() = std::move(next.entry);
    descending ? entries.pop_back() : entries.pop_front();
  }
  *response.mutable_coverage() = coverage_of_one(context, owner, time.clock);
  return response;
}

}  // namespace encours::portfolio
