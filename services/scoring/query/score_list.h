// ScoreList: a tenant's scores, by filter and order, in pages. What is common to lists is in
// common/query/paged_list.h.
#pragma once

#include <functional>
#include <string>

#include "common/query/paged_list.h"
#include "encours/scoring/v1alpha1/scoring.pb.h"

namespace encours::scoring {

struct ScoresMethod : query::ListMethod {
  using Request = encours::scoring::v1alpha1::ListScoresRequest;
  using Response = encours::scoring::v1alpha1::ListScoresResponse;
  using View = encours::scoring::v1alpha1::Score;
  static constexpr const char* kName = "scores";
  static constexpr const char* kUsualOrder = "account";

  static google::protobuf::RepeatedPtrField<View>* rows_of(Response* response) {
    return response->mutable_scores();
  }
  static std::string tie(const View& score);
  static Status each(const RowReader& rows,
                     const query::ListQuestion& question,
                     const std::function<void(View&&)>& visit);
};

using ScoreList = query::PagedList<ScoresMethod>;

}  // namespace encours::scoring
