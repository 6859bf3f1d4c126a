#include "services/portfolio/query/aged_balance.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/stream/decode.h"
#include "services/portfolio/domain/aged_account.h"
#include "services/portfolio/query/names.h"

namespace encours::portfolio {
namespace {

constexpr std::size_t kCustomersAtATime = 256;

// The columns of CustomerView that no day changes.
bool is_of_no_day(std::string_view path) {
  constexpr std::string_view kColumns[] = {"tenant",
                                           "account",
                                           "currency_code",
                                           "segment",
                                           "owner",
                                           "legal_entity",
                                           "group",
                                           "country",
                                           "language",
                                           "payment_terms",
                                           "implicit"};
  return std::find(std::begin(kColumns), std::end(kColumns), path) != std::end(kColumns);
}

api::CustomerView columns_of(const std::string& tenant,
                             const Customer& customer,
                             const std::string& currency) {
  api::CustomerView view;
  view.set_tenant(tenant);
  view.set_account(customer.account);
  view.set_currency_code(currency);
  view.set_segment(customer.row.segment());
  view.set_owner(customer.row.owner());
  view.set_legal_entity(customer.row.legal_entity());
  view.set_group(customer.row.group());
  view.set_country(customer.row.country());
  view.set_language(customer.row.language());
  view.set_payment_terms(customer.row.payment_terms());
  view.set_implicit(customer.row.implicit());
  return view;
}

std::string sort_key(const std::string& account, const std::string& currency) {
  return KeyWriter().text(account).text(currency).take();
}

AgedAmounts amounts_of(const api::AgedBalanceRow& row) {
  AgedAmounts amounts;
  amounts.not_due = row.not_due();
  amounts.d1_30 = row.d1_30();
  amounts.d31_60 = row.d31_60();
  amounts.d61_90 = row.d61_90();
  amounts.d91_120 = row.d91_120();
  amounts.over_120 = row.over_120();
  amounts.unallocated = row.unallocated();
  return amounts;
}

}  // namespace

struct AgedBalanceQuery::Answer {
  AsOf as_of;
  query::Page<api::AgedBalanceRow> page;
  bool all = false;  // Read on behind a full page, for the totals.
  Sums totals = {};
  std::optional<Instant> known_at = {};
};

Result<AgedBalanceQuery> AgedBalanceQuery::prepare(const Request& request,
                                                   const std::optional<std::string>& only_owner) {
  ENCOURS_ASSIGN(auto filter,
                 filter::Filter::compile(request.filter(),
                                         *api::CustomerView::descriptor(),
                                         {.allowed = is_of_no_day, .field = "filter"}));
  AgedBalanceQuery query(request.tenant(), std::move(filter));
  ENCOURS_ASSIGN(query.size_,
                 query::page_size_of(request.page_size(), kUsualBalanceSize, kLargestBalanceSize));
  const std::string reader = only_owner ? "owner:" + *only_owner : "all";
  const std::string digest = query::digest_of({"aged balance",
                                               request.tenant(),
                                               request.filter(),
                                               request.as_of().SerializeAsString(),
                                               request.known_at().SerializeAsString(),
                                               reader});
  ENCOURS_ASSIGN(query.token_, query::decode_page_token(request.page_token(), digest));
  query.day_ = query.token_.day;
  query.known_at_ = query.token_.known_at;
  if (request.has_as_of()) {
    query.day_ = to_date(request.as_of());
    if (!query.day_) return refused("invalid_date", "as_of", "This is no day of the calendar.");
  }
  if (request.has_known_at()) query.known_at_ = stream::to_instant(request.known_at());
  query.with_totals_ = request.with_totals() && query.token_.after.empty();
  return query;
}

Result<AgedBalanceQuery::Request> AgedBalanceQuery::settle(const query::QueryContext& context,
                                                           Request request) const {
  if (day_ || context.partitions.empty()) return request;
  ENCOURS_ASSIGN(const query::TenantTime time, query::tenant_time(*context.settings, tenant_));
  query::PageToken settled = token_;
  settled.day = settled_day(context, time, request.min_position());
  request.set_page_token(settled.encode());
  return request;
}

Result<AgedBalanceQuery::Response> AgedBalanceQuery::answer(
    const query::QueryContext& context) const {
  Response response;
  if (context.partitions.empty()) {
    *response.mutable_coverage() = coverage_of(context, "");
    return response;
  }
  ENCOURS_ASSIGN(const query::TenantTime time, query::tenant_time(*context.settings, tenant_));
  // With neither a day asked for nor a tick there are no facts, and any day will do.
  const Date day = day_.value_or(day_of(context, time).value_or(Date::min()));
  Answer answer{{day, known_at_}, {token_.after, size_}, with_totals_};
  answer.known_at = known_at_ ? known_at_ : latest_known(context, time.clock);
  for (const query::PartitionRows& one : context.partitions) {
    ENCOURS_TRY(add_partition(context, *one.rows, &answer));
  }
  ENCOURS_TRY(finish(std::move(answer), false, &response));
  for (auto& row : *response.mutable_rows()) {
    ENCOURS_ASSIGN(auto name, name_of(context, tenant_, row.customer_id()));
    row.set_display_name(std::move(name));
  }
  ENCOURS_TRY(check_reads(context.partitions));
  *response.mutable_coverage() = coverage_of(context, time.clock);
  return response;
}

Status AgedBalanceQuery::add_partition(const query::QueryContext& context,
                                       const RowReader& rows,
                                       Answer* answer) const {
  Status done;
  const std::string first = answer->all ? "" : KeyReader(token_.after).text().value_or("");
  each_customer_chunk(
      rows, tenant_, first, kCustomersAtATime, [&](const std::vector<Customer>& chunk) {
        done = add_chunk(context, rows, chunk, answer);
        const std::string last = sort_key(chunk.back().account, "");
        return done.ok() && (answer->all || answer->page.wants(last));
      });
  return done;
}

Status AgedBalanceQuery::add_chunk(const query::QueryContext& context,
                                   const RowReader& rows,
                                   const std::vector<Customer>& chunk,
                                   Answer* answer) const {
  std::map<std::string, AgedAccount> accounts;
  for (const Customer& one : chunk) {
    if (context.only_owner && one.row.owner() != *context.only_owner) continue;
    accounts.emplace(one.account, AgedAccount(answer->as_of));
  }
  Status done;
  const AccountRange range = range_of(chunk);
  scan_accounts(
      rows, kInvoiceMovementTable, tenant_, range, [&](auto account, auto rest, auto row) {
        const auto found = accounts.find(account);
        if (found == accounts.end()) return true;
        const auto number = rest.text();
        ENCOURS_CHECK(number.has_value(), "a key has the shape of its table");
        done = found->second.add_invoice(*number, row);
        return done.ok();
      });
  ENCOURS_TRY(done);
  scan_accounts(
      rows, kUnallocatedMovementTable, tenant_, range, [&](auto account, auto rest, auto row) {
        const auto found = accounts.find(account);
        if (found == accounts.end()) return true;
        const auto currency = rest.text();
        const auto kind = rest.byte();
        const auto id = rest.text();
        ENCOURS_CHECK(currency && kind && id, "a key has the shape of its table");
        done = found->second.add_credit(*currency, static_cast<char>(*kind) + *id, row);
        return done.ok();
      });
  ENCOURS_TRY(done);
  for (const Customer& one : chunk) {
    const auto found = accounts.find(one.account);
    if (found == accounts.end()) continue;
    ENCOURS_ASSIGN(const Sums by_currency, found->second.finish());
    ENCOURS_TRY(add_customer(one, by_currency, answer));
  }
  return {};
}

Status AgedBalanceQuery::add_customer(const Customer& customer,
                                      const Sums& by_currency,
                                      Answer* answer) const {
  for (const auto& [currency, amounts] : by_currency) {
    if (!filter_.matches_all() && !filter_.matches(columns_of(tenant_, customer, currency))) {
      continue;
    }
    if (with_totals_) ENCOURS_TRY(answer->totals[currency].add(amounts));
    std::string key = sort_key(customer.account, currency);
    if (!answer->page.wants(key)) continue;
    ENCOURS_ASSIGN(auto row, aged_balance_row(customer.account, currency, amounts));
    answer->page.offer(std::move(key), std::move(row));
  }
  return {};
}

Status AgedBalanceQuery::finish(Answer answer, bool more, Response* response) const {
  auto finished = std::move(answer.page).finish();
  for (auto& row : finished.rows) *response->add_rows() = std::move(row);
  for (const auto& [currency, amounts] : answer.totals) {
    ENCOURS_ASSIGN(*response->add_totals(), aged_balance_row("", currency, amounts));
  }
  set_date(answer.as_of.day, response->mutable_as_of());
  if (answer.known_at) {
    stream::set_timestamp(*answer.known_at, response->mutable_known_at());
  }
  if (!finished.more && !more) return {};
  query::PageToken next = token_;
  next.day = answer.as_of.day;
  next.known_at = answer.known_at;
  next.after = finished.last_key;
  response->set_next_page_token(next.encode());
  return {};
}

Result<AgedBalanceQuery::Response> AgedBalanceQuery::merge(std::vector<Response> parts) const {
  Response response;
  Answer answer{{day_.value_or(Date::min()), known_at_}, {token_.after, size_}};
  std::optional<Date> day = day_;
  bool more = false;
  std::vector<const query::Coverage*> coverage;
  for (Response& part : parts) {
    coverage.push_back(&part.coverage());
    // Who has no partition has computed nothing, for no day.
    if (!part.has_as_of()) continue;
    const auto theirs = to_date(part.as_of());
    if (day && theirs != day) {
      return error(Reaction::kRetry, "days_differ", "The instances are at different days.");
    }
    day = theirs;
    if (part.has_known_at()) {
      answer.known_at =
          std::max(answer.known_at, std::optional(stream::to_instant(part.known_at())));
    }
    for (auto& row : *part.mutable_rows()) {
      std::string key = sort_key(row.customer_id(), row.currency_code());
      answer.page.offer(std::move(key), std::move(row));
    }
    for (const auto& row : part.totals()) {
      ENCOURS_TRY(answer.totals[row.currency_code()].add(amounts_of(row)));
    }
    more = more || !part.next_page_token().empty();
  }
  if (day) {
    answer.as_of.day = *day;
    ENCOURS_TRY(finish(std::move(answer), more, &response));
  }
  *response.mutable_coverage() = query::merge_coverage(coverage);
  return response;
}

}  // namespace encours::portfolio
