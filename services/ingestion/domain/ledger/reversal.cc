#include "services/ingestion/domain/ledger/reversal.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "common/base/check.h"
#include "services/ingestion/domain/ledger/ends.h"

namespace encours::ingestion::ledger {
namespace {

// What a row of kReversalTable names, beside the payments of EndKind.
constexpr std::uint8_t kByAllocation = 0;
constexpr std::uint8_t kRejection = 4;

void sort_by_time(std::vector<AllocationRow*>& rows) {
  std::sort(rows.begin(), rows.end(), [](const AllocationRow* left, const AllocationRow* right) {
    return std::make_tuple(to_instant(left->occurred_at()), left->allocation().allocation()) <
           std::make_tuple(to_instant(right->occurred_at()), right->allocation().allocation());
  });
}

void sort_by_time(std::vector<ReversalRow>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const ReversalRow& left, const ReversalRow& right) {
    return to_instant(left.occurred_at()) < to_instant(right.occurred_at());
  });
}

// Takes at most `wanted` off an allocation; says how much that was.
std::int64_t cut(Book& book, AllocationRow& row, const ReversalRow& reversal, std::int64_t wanted) {
  if (!reversal.currency_code().empty() &&
      reversal.currency_code() != row.allocation().currency_code()) {
    return 0;
  }
  const std::int64_t asked = asked_of(book, row);
  const std::int64_t part = std::min(wanted, asked - row.reversed_amount_minor());
  if (part <= 0) return 0;
  row.set_reversed_amount_minor(row.reversed_amount_minor() + part);
  auto& inner = *row.mutable_allocation();
  inner.set_reversed(row.reversed_amount_minor() == asked);
  const auto day = to_date(reversal.reversed_on());
  const auto last = to_date(inner.reversed_on());
  if (day && (!last || *last < *day)) set_date(*day, inner.mutable_reversed_on());
  return part;
}

std::int64_t wanted_by(const ReversalRow& reversal) {
  return reversal.currency_code().empty() ? INT64_MAX : reversal.amount_minor();
}

}  // namespace

KeyWriter reversals_of_allocation(const std::string& allocation) {
  return std::move(KeyWriter().byte(kByAllocation).text(allocation).text(""));
}

KeyWriter reversals_between(const std::string& payment, const std::string& invoice) {
  return std::move(end_key(payment_end(payment)).text(invoice));
}

KeyWriter rejections_of(const std::string& payment) {
  return std::move(KeyWriter().byte(kRejection).text(payment).text(""));
}

bool find_reversals(Book& book, const AllocationRow& row) {
  const auto& inner = row.allocation();
  if (!book.reversals_at(reversals_of_allocation(inner.allocation())).empty()) return true;
  return !inner.payment().empty() &&
         !book.reversals_at(reversals_between(inner.payment(), inner.invoice())).empty();
}

std::int64_t asked_of(Book& book, const AllocationRow& row) {
  if (!row.asks_all()) return row.asked_amount_minor();
  const auto origin = end_state(book, origin_of(row));
  ENCOURS_CHECK(origin.has_value(), "what is asked of an unknown payment is not known");
  return origin->amount_minor;
}

void compute_reversed(Book& book, const AllocationRow& one) {
  const std::string payment = one.allocation().payment();
  const std::string invoice = one.allocation().invoice();
  std::vector<AllocationRow*> rows;
  for (const auto& id : book.allocations_at(origin_of(one), &invoice)) {
    AllocationRow* row = book.allocation(id);
    row->set_reversed_amount_minor(0);
    row->mutable_allocation()->clear_reversed();
    row->mutable_allocation()->clear_reversed_on();
    rows.push_back(row);
    for (const auto& reversal : book.reversals_at(reversals_of_allocation(id))) {
      cut(book, *row, reversal, wanted_by(reversal));
    }
  }
  if (payment.empty()) return;
  sort_by_time(rows);
  auto reversals = book.reversals_at(reversals_between(payment, invoice));
  sort_by_time(reversals);
  for (const auto& reversal : reversals) {
    std::int64_t wanted = wanted_by(reversal);
    for (auto row = rows.rbegin(); row != rows.rend() && wanted > 0; ++row) {
      if (to_instant((*row)->occurred_at()) > to_instant(reversal.occurred_at())) continue;
      wanted -= cut(book, **row, reversal, wanted);
    }
  }
}

}  // namespace encours::ingestion::ledger
