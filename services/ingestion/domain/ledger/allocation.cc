#include "services/ingestion/domain/ledger/allocation.h"

#include <algorithm>
#include <tuple>

#include "common/base/check.h"
#include "services/ingestion/domain/ledger/aging.h"
#include "services/ingestion/domain/ledger/ends.h"
#include "services/ingestion/domain/ledger/reversal.h"

namespace encours::ingestion::ledger {
namespace {

const std::string& currency_of(const AllocationRow& row) {
  return row.allocation().currency_code();
}

// What happened first is served first; on one instant what a payment says itself comes before what
// is said of it later, its parts in their order ("#2" before "#10").
using ServingOrder = std::tuple<Instant, bool, std::size_t, std::string>;
ServingOrder serving_order(const AllocationRow& row) {
  const std::string& id = row.allocation().allocation();
  return {to_instant(row.occurred_at()), !row.part_of_document(), id.size(), id};
}

// The allocation as an event, for the dead letters: it may have come inside a payment, or long
// before the invoice that shows it to be wrong.
erp::ErpEvent as_event(const AllocationRow& row) {
  const auto& inner = row.allocation();
  erp::ErpEvent event;
  event.set_source(inner.version().source());
  // A part of a payment is an event of its own here: the payment's id is taken already.
  event.set_id(row.part_of_document() ? inner.allocation() : inner.version().source_id());
  auto& allocated = *event.mutable_payment_allocated();
  if (!row.part_of_document()) allocated.set_allocation(inner.allocation());
  if (inner.payment().empty()) {
    allocated.set_credit_note(inner.credit_note());
  } else {
    allocated.set_payment(inner.payment());
  }
  allocated.mutable_part()->set_invoice(inner.invoice());
  allocated.mutable_part()->set_instalment(row.instalment());
  if (!row.asks_all()) {
    set_money(inner.currency_code(),
              row.asked_amount_minor(),
              allocated.mutable_part()->mutable_amount());
  }
  return event;
}

void refuse_currency(Book& book, const AllocationRow& row) {
  book.refuse(refused("currency_mismatch",
                      "payment_allocated.part.amount",
                      "Money pays claims of its own currency only; it stays unallocated."),
              as_event(row));
}

// A bucket for an invoice that opens again: by its due date, on the day of this decision.
void give_bucket(Book& book, InvoiceRow& invoice) {
  auto& row = *invoice.mutable_invoice();
  if (row.counted_bucket() != AgingBucket::AGING_BUCKET_UNSPECIFIED) return;
  const auto due = to_date(row.due_date());
  ENCOURS_CHECK(due.has_value(), "a stored invoice has a due date");
  row.set_counted_bucket(bucket_on(book.today(), *due));
}

// AllocationRecorded and AllocationReversed say the same of opposite directions.
template <class Fact>
void describe(
    Book& book, const AllocationRow& row, std::int64_t amount_minor, Date effective, Fact* fact) {
  const auto& inner = row.allocation();
  fact->set_allocation(inner.allocation());
  fact->set_payment(inner.payment());
  fact->set_credit_note(inner.credit_note());
  fact->set_invoice(inner.invoice());
  set_money(currency_of(row), amount_minor, fact->mutable_amount());
  set_date(effective, fact->mutable_effective_date());
  set_money(currency_of(row),
            rest_of(book, invoice_end(inner.invoice())),
            fact->mutable_invoice_open_amount());
  set_money(currency_of(row), rest_of(book, origin_of(row)), fact->mutable_unallocated_amount());
}

}  // namespace

std::int64_t Allocator::capacity(const End& end) {
  const auto expected = expected_minor_.find(end);
  if (expected != expected_minor_.end()) return expected->second;
  return end_state(book_, end)->capacity_minor;
}

bool Allocator::binds(const End& end) {
  const auto known = end_state(book_, end);
  return known && known->live_minor > capacity(end);
}

void Allocator::touch(const End& end) { bound_before_.try_emplace(end, binds(end)); }

void Allocator::expect(const End& end, std::int64_t capacity_minor) {
  touch(end);
  expected_minor_[end] = capacity_minor;
}

// The part of an allocation that may count, given what is known now.
std::int64_t Allocator::live_of(AllocationRow& row) {
  const auto origin = end_state(book_, origin_of(row));
  const auto invoice = end_state(book_, invoice_end(row.allocation().invoice()));
  if (!origin) return 0;
  auto& inner = *row.mutable_allocation();
  if (!inner.has_effective_date()) set_date(origin->date, inner.mutable_effective_date());
  if (inner.currency_code().empty()) inner.set_currency_code(origin->currency);
  if (!invoice) return 0;
  const bool mixed =
      inner.currency_code() != origin->currency || inner.currency_code() != invoice->currency;
  if (mixed && !row.refused()) refuse_currency(book_, row);
  row.set_refused(mixed);
  if (mixed || invoice->cancelled) return 0;
  return asked_of(book_, row) - row.reversed_amount_minor();
}

void Allocator::refresh(const std::string& allocation) {
  AllocationRow* named = book_.allocation(allocation);
  ENCOURS_CHECK(named != nullptr, "an allocation that is refreshed has a row");
  std::set<std::string> ids = {allocation};
  const End origin = origin_of(*named);
  const End invoice = invoice_end(named->allocation().invoice());
  if (named->has_reversals() && end_state(book_, origin)) {
    live_of(*named);  // Its currency must be known before a reversal is compared with it.
    compute_reversed(book_, *named);
    ids = book_.allocations_at(origin, &invoice.id);
  }
  touch(origin);
  touch(invoice);
  for (const auto& id : ids) {
    AllocationRow& row = *book_.allocation(id);
    const std::int64_t live = live_of(row);
    ENCOURS_CHECK(live >= 0, "no more is reversed than was asked for");
    const std::int64_t difference = live - row.live_amount_minor();
    refreshed_.insert(id);
    if (difference == 0) continue;
    move_live(book_, origin, difference);
    move_live(book_, invoice, difference);
    row.set_live_amount_minor(live);
  }
}

void Allocator::refresh_at(const End& end) {
  touch(end);
  for (const auto& id : book_.allocations_at(end)) refresh(id);
}

// The allocations whose share may have changed: those refreshed, and all that share an end with
// them which is (or was) asked for more than it holds.
Allocator::Served Allocator::affected() {
  Served served;
  std::vector<End> open;
  std::set<End> seen;
  const auto add_end = [&](const End& end) {
    if (seen.insert(end).second) open.push_back(end);
  };
  const auto add_allocation = [&](const std::string& id) {
    if (!served.allocations.insert(id).second) return;
    const AllocationRow& row = *book_.allocation(id);
    for (const End& end : {origin_of(row), invoice_end(row.allocation().invoice())}) {
      if (binds(end)) add_end(end);
    }
  };
  for (const auto& id : refreshed_) add_allocation(id);
  for (const auto& [end, bound_before] : bound_before_) {
    if (bound_before || binds(end)) add_end(end);
  }
  while (!open.empty()) {
    const End end = std::move(open.back());
    open.pop_back();
    if (binds(end)) served.rest[end] = capacity(end);
    for (const auto& id : book_.allocations_at(end)) add_allocation(id);
  }
  return served;
}

std::vector<Allocator::Change> Allocator::plan() {
  Served served = affected();
  std::vector<const AllocationRow*> rows;
  for (const auto& id : served.allocations) rows.push_back(book_.allocation(id));
  std::sort(rows.begin(), rows.end(), [](const AllocationRow* left, const AllocationRow* right) {
    return serving_order(*left) < serving_order(*right);
  });
  std::vector<Change> changes;
  for (const AllocationRow* row : rows) {
    const auto& inner = row->allocation();
    std::int64_t share = row->live_amount_minor();
    const auto origin = served.rest.find(origin_of(*row));
    const auto invoice = served.rest.find(invoice_end(inner.invoice()));
    if (origin != served.rest.end()) share = std::min(share, origin->second);
    if (invoice != served.rest.end()) share = std::min(share, invoice->second);
    if (origin != served.rest.end()) origin->second -= share;
    if (invoice != served.rest.end()) invoice->second -= share;
    const std::int64_t difference = share - inner.amount_minor();
    if (difference != 0) changes.push_back({inner.allocation(), difference});
  }
  return changes;
}

void Allocator::release() {
  for (auto& change : plan()) {
    if (change.difference_minor < 0) {
      apply(change);
    } else {
      to_take_.push_back(std::move(change));
    }
  }
}

void Allocator::take() {
  for (const auto& change : to_take_) apply(change);
  to_take_.clear();
}

void Allocator::apply(const Change& change) {
  AllocationRow& row = *book_.allocation(change.allocation);
  auto& inner = *row.mutable_allocation();
  const End origin = origin_of(row);
  InvoiceRow& invoice = *book_.invoice(inner.invoice());
  inner.set_amount_minor(inner.amount_minor() + change.difference_minor);
  ENCOURS_CHECK(inner.amount_minor() >= 0, "an allocation takes no less than nothing");
  give_bucket(book_, invoice);
  move_rest(book_, invoice_end(inner.invoice()), -change.difference_minor);
  move_rest(book_, origin, -change.difference_minor);

  const Date issued = *to_date(invoice.invoice().issue_date());
  Date effective = std::max(*to_date(inner.effective_date()), issued);
  if (since_) effective = std::max(effective, *since_);
  ReceivableRecord fact;
  if (change.difference_minor > 0) {
    describe(book_, row, change.difference_minor, effective, fact.mutable_allocation_recorded());
  } else {
    describe(book_, row, -change.difference_minor, effective, fact.mutable_allocation_reversed());
  }
  book_.note_change(inner.invoice(), effective);
  // Money is not set against a claim before it came, even if the claim counts as paid before.
  const Date came = end_state(book_, origin)->date;
  book_.emit(std::move(fact), currency_of(row), std::max(effective, came));
}

}  // namespace encours::ingestion::ledger
