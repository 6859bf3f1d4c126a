// ActionList: a tenant's actions, by filter and order, in pages (common/query/paged_list.h).
#pragma once

#include <functional>
#include <string>

#include "common/query/paged_list.h"
#include "encours/dunning/v1alpha1/dunning.pb.h"

namespace encours::dunning {

struct ActionsMethod : query::ListMethod {
  using Request = v1alpha1::ListActionsRequest;
  using Response = v1alpha1::ListActionsResponse;
  using View = v1alpha1::Action;
  static constexpr const char* kName = "actions";
  static constexpr const char* kUsualOrder = "day desc, id";

  static google::protobuf::RepeatedPtrField<View>* rows_of(Response* response) {
    return response->mutable_actions();
  }
  static std::string tie(const View& action);
  static Status each(const RowReader& rows, const query::ListQuestion& question,
                     const std::function<void(View&&)>& visit);
};

using ActionList = query::PagedList<ActionsMethod>;

}  // namespace encours::dunning
