// PagedList: a list by filter and order, in pages, over the partitions of one or more instances.
//
// prepare() checks the request once. settle() writes into it the day for which all instances and
// all later pages compute, where the rows depend on one. answer() is the page of the partitions
// that are here; merge() makes one page of several answers to the same settled request. The order
// is total: what the caller's order leaves open is decided by the row's own names. An answer reads
// all rows of the tenant (they are counted too) and keeps one page in memory. Refusals name their
// field: filter, order_by, page_size, page_token. Made for one request; const after prepare(), so
// any thread may use it.
//
// Method says what is listed. It derives from ListMethod and has Request, Response, View, kName,
// rows_of(response), tie(view) in key form, and each(rows, question, visit(View&&)), which offers
// the rows that the reader may see and fails where amounts leave their range.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/filter/filter.h"
#include "common/filter/order_by.h"
#include "common/query/page.h"
#include "common/query/page_token.h"
#include "common/query/standing.h"
#include "common/stream/topology.h"

namespace encours::query {

inline constexpr std::int32_t kUsualListSize = 50;
inline constexpr std::int32_t kLargestListSize = 1'000;

// What a list is like unless its Method says otherwise.
struct ListMethod {
  static constexpr const char* kUsualOrder = "";
  // Rows depend on the day for which they are shown.
  static constexpr bool kOfADay = false;
  // False: rows of a tenant without a setting are shown too; until it has one it lives on the wall.
  static constexpr bool kOfKnownTenants = true;
  static bool is_filterable(std::string_view) { return true; }
  static bool is_orderable(std::string_view) { return true; }
  // What a row has besides, read for the rows of a page alone.
  template <class View>
  static Status complete(const QueryContext&, View*) {
    return {};
  }
};

// What a Method is asked for.
struct ListQuestion {
  std::string tenant;
  // Set for a reader who may see only what belongs to this owner.
  std::optional<std::string> only_owner;
  // Where the list is of a day.
  Date day = Date::min();
  // What the filter names.
  std::set<std::string> fields = {};
  const Sealer* sealer = nullptr;

  bool shows(const std::string& owner) const { return !only_owner || owner == *only_owner; }
};

// How a digest tells "everyone's" from "those of nobody".
inline std::string reader_word(const std::optional<std::string>& only_owner) {
  return only_owner ? "owner:" + *only_owner : "all";
}

template <class Method>
class PagedList {
 public:
  using Request = typename Method::Request;
  using Response = typename Method::Response;
  using View = typename Method::View;

  static constexpr bool kSettles = Method::kOfADay;

  static Result<PagedList> prepare(const Request& request,
                                   const std::optional<std::string>& only_owner) {
    const auto& type = *View::descriptor();
    ENCOURS_ASSIGN(
        auto filter,
        filter::Filter::compile(
            request.filter(), type, {.allowed = Method::is_filterable, .field = "filter"}));
    const std::string by = request.order_by().empty() ? Method::kUsualOrder : request.order_by();
    ENCOURS_ASSIGN(auto order,
                   filter::OrderBy::compile(
                       by, type, {.allowed = Method::is_orderable, .field = "order_by"}));
    ENCOURS_ASSIGN(const std::size_t size,
                   page_size_of(request.page_size(), kUsualListSize, kLargestListSize));
    const std::string digest =
        digest_of({Method::kName, request.tenant(), filter.text(), by, reader_word(only_owner)});
    ENCOURS_ASSIGN(PageToken token, decode_page_token(request.page_token(), digest));
    return PagedList(request.tenant(), std::move(filter), std::move(order), size, std::move(token));
  }

  // The request as other instances should get it. Where no partition is here it stays as it is,
  // and each instance takes the day of its own partitions.
  Result<Request> settle(const QueryContext& context, Request request) const {
    if (!kSettles || token_.day || context.partitions.empty()) return request;
    ENCOURS_ASSIGN(const TenantTime time, tenant_time(*context.settings, tenant_));
    PageToken settled = token_;
    settled.day = settled_day(context, time, request.min_position());
    request.set_page_token(settled.encode());
    return request;
  }

  Result<Response> answer(const QueryContext& context) const {
    Response response;
    // Who has no partition knows no settings either.
    if (context.partitions.empty()) {
      *response.mutable_coverage() = coverage_of(context, "");
      return response;
    }
    ENCOURS_ASSIGN(const TenantTime time, time_of(context));
    std::optional<Date> day;
    // With neither a token nor a tick there are no facts, and any day will do.
    if (kSettles) day = token_.day.value_or(day_of(context, time).value_or(Date::min()));
    Page<View> page(token_.after, size_);
    std::int64_t total = 0;
    const auto take = [&](View&& view) {
      if (!filter_.matches(view)) return;
      ++total;
      std::string key = sort_key(view);
      if (page.wants(key)) page.offer(std::move(key), std::move(view));
    };
    const ListQuestion question{tenant_, context.only_owner, day.value_or(Date::min()),
                                filter_.fields(), context.sealer};
    for (const PartitionRows& one : context.partitions) {
      ENCOURS_TRY(Method::each(*one.rows, question, take));
    }
    finish(std::move(page), false, day, &response);
    for (View& view : *Method::rows_of(&response)) ENCOURS_TRY(Method::complete(context, &view));
    ENCOURS_TRY(check_reads(context.partitions));
    response.set_total_size(total);
    *response.mutable_coverage() = coverage_of(context, time.clock);
    return response;
  }

  Result<Response> merge(std::vector<Response> parts) const {
    Response response;
    Page<View> page(token_.after, size_);
    bool more = false;
    std::optional<Date> day = token_.day;
    std::int64_t total = 0;
    std::vector<const Coverage*> coverage;
    for (Response& part : parts) {
      for (View& view : *Method::rows_of(&part)) {
        std::string key = sort_key(view);
        page.offer(std::move(key), std::move(view));
      }
      total += part.total_size();
      coverage.push_back(&part.coverage());
      if (part.next_page_token().empty()) continue;
      more = true;
      ENCOURS_ASSIGN(const PageToken theirs,
                     decode_page_token(part.next_page_token(), token_.digest));
      if (!day) day = theirs.day;
    }
    finish(std::move(page), more, day, &response);
    response.set_total_size(total);
    *response.mutable_coverage() = merge_coverage(coverage);
    return response;
  }

 private:
  PagedList(std::string tenant,
            filter::Filter filter,
            filter::OrderBy order,
            std::size_t size,
            PageToken token)
      : tenant_(std::move(tenant)),
        filter_(std::move(filter)),
        order_(std::move(order)),
        size_(size),
        token_(std::move(token)) {}

  // Only a list of a day needs the zone.
  Result<TenantTime> time_of(const QueryContext& context) const {
    if (kSettles) return tenant_time(*context.settings, tenant_);
    auto clock = clock_of(*context.settings, tenant_);
    if (clock) return TenantTime{*std::move(clock), Zone()};
    if (Method::kOfKnownTenants) return clock.failure();
    return TenantTime{stream::kWallClock, Zone()};
  }

  std::string sort_key(const View& view) const { return order_.key(view) + Method::tie(view); }

  void finish(Page<View> page, bool more, std::optional<Date> day, Response* response) const {
    auto finished = std::move(page).finish();
    for (View& view : finished.rows) *Method::rows_of(response)->Add() = std::move(view);
    if (!finished.more && !more) return;
    PageToken next = token_;
    next.day = day;
    next.after = finished.last_key;
    response->set_next_page_token(next.encode());
  }

  std::string tenant_;
  filter::Filter filter_;
  filter::OrderBy order_;
  std::size_t size_;
  PageToken token_;
};

}  // namespace encours::query
