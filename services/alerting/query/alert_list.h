// AlertList: one page of a tenant's alerts, by filter and order.
//
// prepare() checks the request once; answer() makes the page of the partitions that are here;
// merge() puts the pages of several instances together. A page begins behind the sort key of the
// one before, so no alert is shown twice or left out while they stand still. Each answer reads all
// alerts of the tenant (they are counted too) and keeps one page in memory. Refusals name their
// field: filter, order_by, page_size, page_token. A value; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/filter/filter.h"
#include "common/filter/order_by.h"
#include "common/state/store.h"
#include "encours/alerting/v1alpha1/alerting.pb.h"

namespace encours::alerting {

class AlertList {
 public:
  // `only_owner`: the caller may see the alerts of this person's accounts only.
  static Result<AlertList> prepare(const v1alpha1::ListAlertsRequest& request,
                                   const std::optional<std::string>& only_owner);

  // Without coverage: the caller knows which partitions these are.
  Result<v1alpha1::ListAlertsResponse> answer(const std::vector<const Snapshot*>& partitions) const;

  v1alpha1::ListAlertsResponse merge(std::vector<v1alpha1::ListAlertsResponse> answers) const;

 private:
  class Page;

  AlertList(filter::Filter filter, filter::OrderBy order)
      : filter_(std::move(filter)), order_(std::move(order)) {}
  void scan(const RowReader& rows, Page* page) const;
  std::string sort_key(const v1alpha1::Alert& alert) const;

  std::string tenant_;
  std::optional<std::string> only_owner_;
  filter::Filter filter_;
  filter::OrderBy order_;
  std::size_t page_size_ = 0;
  // Of the query that a page token belongs to.
  std::string digest_;
  // Sort key of the last alert of the page before; empty for the first page.
  std::string after_;
};

}  // namespace encours::alerting
