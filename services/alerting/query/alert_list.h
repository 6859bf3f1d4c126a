// AlertList: a tenant's alerts, by filter and order, in pages. What is common to lists is in
// common/query/paged_list.h.
#pragma once

#include <functional>
#include <string>

#include "common/query/paged_list.h"
#include "encours/alerting/v1alpha1/alerting.pb.h"

namespace encours::alerting {

struct AlertsMethod : query::ListMethod {
  using Request = v1alpha1::ListAlertsRequest;
  using Response = v1alpha1::ListAlertsResponse;
  using View = v1alpha1::Alert;
  static constexpr const char* kName = "alerts";
  static constexpr const char* kUsualOrder = "day desc, id";

  static google::protobuf::RepeatedPtrField<View>* rows_of(Response* response) {
    return response->mutable_alerts();
  }
  static std::string tie(const View& alert);
  static Status each(const RowReader& rows,
                     const query::ListQuestion& question,
                     const std::function<void(View&&)>& visit);
};

using AlertList = query::PagedList<AlertsMethod>;

}  // namespace encours::alerting
