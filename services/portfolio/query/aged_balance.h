// Aged balance: what each customer owes by days late, as of any day and any state of knowledge.
//
// It is computed from the movements, never from what is open now, so a day of two years ago and a
// day after the last tick are answered the same way. The request is prepared, settled, answered and
// merged as in PagedList; rows come by account, then currency, so a page reads no further than it
// needs, except a first page that was asked for totals. Made for one request.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/query/page.h"
#include "common/query/page_token.h"
#include "common/query/standing.h"
#include "services/portfolio/domain/aging.h"
#include "services/portfolio/domain/as_of.h"
#include "services/portfolio/query/row_scan.h"

namespace encours::portfolio {

inline constexpr std::int32_t kUsualBalanceSize = 1'000;
inline constexpr std::int32_t kLargestBalanceSize = 10'000;

class AgedBalanceQuery {
 public:
  using Request = api::GetAgedBalanceRequest;
  using Response = api::GetAgedBalanceResponse;
  static constexpr bool kSettles = true;

  static Result<AgedBalanceQuery> prepare(const Request& request,
                                          const std::optional<std::string>& only_owner);
  // The request as other instances should get it, its day settled where it can be.
  Result<Request> settle(const query::QueryContext& context, Request request) const;
  Result<Response> answer(const query::QueryContext& context) const;
  Result<Response> merge(std::vector<Response> parts) const;

 private:
  using Sums = std::map<std::string, AgedAmounts>;
  struct Answer;

  AgedBalanceQuery(std::string tenant, filter::Filter filter)
      : tenant_(std::move(tenant)), filter_(std::move(filter)) {}

  Status add_partition(const query::QueryContext& context,
                       const RowReader& rows,
                       Answer* answer) const;
  Status add_chunk(const query::QueryContext& context,
                   const RowReader& rows,
                   const std::vector<Customer>& chunk,
                   Answer* answer) const;
  Status add_customer(const Customer& customer, const Sums& by_currency, Answer* answer) const;
  Status finish(Answer answer, bool more, Response* response) const;

  std::string tenant_;
  filter::Filter filter_;
  std::size_t size_ = 0;
  query::PageToken token_;
  std::optional<Date> day_;
  std::optional<Instant> known_at_;
  bool with_totals_ = false;
};

}  // namespace encours::portfolio
