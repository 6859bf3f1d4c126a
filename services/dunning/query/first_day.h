// FirstDay: what the next opening of the sending hours would send, were the tenant live.
//
// The same steps as the decision takes (domain/steps.h), over all open invoices, with the choice
// for what is late already; nothing is stored. A query in parts (common/query/ask_all.h): each
// partition counts its own, and sums are merged. Refusals: "missing_field" (backlog.choice),
// "unknown_step" (backlog.step), "scenario_not_found".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/query/standing.h"
#include "encours/dunning/v1alpha1/dunning.pb.h"

namespace encours::dunning {

class FirstDay {
 public:
  using Request = v1alpha1::PreviewFirstDayRequest;
  using Response = v1alpha1::PreviewFirstDayResponse;
  static constexpr bool kSettles = false;

  static Result<FirstDay> prepare(const Request& request,
                                  const std::optional<std::string>& only_owner);
  Result<Request> settle(const query::QueryContext& context, Request request) const;
  Result<Response> answer(const query::QueryContext& context) const;
  Result<Response> merge(std::vector<Response> parts) const;

 private:
  explicit FirstDay(Request request) : request_(std::move(request)) {}

  Request request_;
};

}  // namespace encours::dunning
