// LetterList: a tenant's dead letters, by filter and order, in pages.
//
// A record may be refused because its tenant is not open, so its letters are listed all the same.
// Nobody owns a letter: who may list a tenant's letters sees all of them.
#pragma once

#include <functional>
#include <string>

#include "common/query/paged_list.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "encours/state/v1alpha1/letters.pb.h"

namespace encours::ingestion {

// Without the original bytes: a page of them would be too large to send.
encours::ingestion::v1alpha1::DeadLetterView view_of(
    const encours::state::v1alpha1::DeadLetterRow& row);

struct LettersMethod : query::ListMethod {
  using Request = encours::ingestion::v1alpha1::ListDeadLettersRequest;
  using Response = encours::ingestion::v1alpha1::ListDeadLettersResponse;
  using View = encours::ingestion::v1alpha1::DeadLetterView;
  static constexpr const char* kName = "dead letters";
  static constexpr const char* kUsualOrder = "recorded_at desc";
  static constexpr bool kOfKnownTenants = false;

  static google::protobuf::RepeatedPtrField<View>* rows_of(Response* response) {
    return response->mutable_dead_letters();
  }
  static std::string tie(const View& letter);
  static Status each(const RowReader& rows,
                     const query::ListQuestion& question,
                     const std::function<void(View&&)>& visit);
};

using LetterList = query::PagedList<LettersMethod>;

}  // namespace encours::ingestion
