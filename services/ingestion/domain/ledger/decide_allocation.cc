// Money set against claims, and taken off them again, as the source says it.
#include "services/ingestion/domain/ledger/allocation.h"
#include "services/ingestion/domain/ledger/decide_event.h"
#include "services/ingestion/domain/ledger/reversal.h"

namespace encours::ingestion::ledger {
namespace {

// Ids that the ledger makes itself begin with one of these.
constexpr const char* kOwnPrefixes[] = {"payment/", "credit_note/", "event/"};

Status need_foreign_id(const std::string& allocation, const char* field) {
  for (const std::string prefix : kOwnPrefixes) {
    if (allocation.rfind(prefix, 0) == 0) {
      return refused("reserved_id", field, "Ids that begin with " + prefix + " are the ledger's.");
    }
  }
  return {};
}

Status need_part(const erp::AllocationPart& part, const std::string& field) {
  if (!part.has_amount()) return {};
  return need_amount(true, part.amount(), field + ".amount");
}

// Parts for accessory claims and for the invoices of other accounts are read by a later issue;
// their money stays unallocated until then.
bool is_ours(const Book& book, const erp::AllocationPart& part) {
  return !part.invoice().empty() && (part.account().empty() || part.account() == book.account());
}

AllocationRow& add_row(Book& book,
                       const std::string& id,
                       const End& origin,
                       const erp::AllocationPart& part) {
  AllocationRow& row = book.add_allocation(id, origin, part.invoice());
  auto& inner = *row.mutable_allocation();
  *inner.mutable_version() = version_of(book.event());
  row.set_asks_all(!part.has_amount());
  row.set_asked_amount_minor(part.amount().minor());
  inner.set_currency_code(part.amount().currency_code());
  row.set_instalment(part.instalment());
  set_instant(book.occurred_at(), row.mutable_occurred_at());
  row.set_has_reversals(find_reversals(book, row));
  return row;
}

std::string allocation_id(const erp::ErpEvent& event) {
  const std::string& given = event.payment_allocated().allocation();
  return given.empty() ? "event/" + event.source() + "/" + event.id() : given;
}

std::optional<End> origin_of_event(const erp::PaymentAllocated& allocated) {
  if (!allocated.payment().empty()) return payment_end(allocated.payment());
  if (!allocated.credit_note().empty()) return credit_note_end(allocated.credit_note());
  return std::nullopt;
}

}  // namespace

Status need_parts(const google::protobuf::RepeatedPtrField<erp::AllocationPart>& parts,
                  const char* field) {
  for (int i = 0; i < parts.size(); ++i) {
    ENCOURS_TRY(need_part(parts.Get(i), std::string(field) + "[" + std::to_string(i) + "]"));
  }
  return {};
}

void add_parts(Book& book,
               const End& origin,
               const google::protobuf::RepeatedPtrField<erp::AllocationPart>& parts) {
  const std::string prefix = origin.kind == EndKind::kPayment ? "payment/" : "credit_note/";
  for (int i = 0; i < parts.size(); ++i) {
    if (!is_ours(book, parts.Get(i))) continue;
    const std::string id = prefix + origin.id + "#" + std::to_string(i + 1);
    add_row(book, id, origin, parts.Get(i)).set_part_of_document(true);
  }
}

Status decide_allocation(Book& book) {
  const auto& allocated = book.event().payment_allocated();
  ENCOURS_TRY(need_foreign_id(allocated.allocation(), "payment_allocated.allocation"));
  ENCOURS_TRY(need_part(allocated.part(), "payment_allocated.part"));
  const auto origin = origin_of_event(allocated);
  if (!origin && !allocated.down_payment().empty()) return {};  // Read by a later issue.
  if (!origin) return need_text("", "payment_allocated.payment");
  if (!is_ours(book, allocated.part())) return {};
  const std::string id = allocation_id(book.event());
  const std::string digest = content_digest(allocated);
  if (const AllocationRow* known = book.allocation(id)) {
    if (known->content_digest() == digest) return {};
    return conflicting_duplicate("payment_allocated.allocation");
  }
  AllocationRow& row = add_row(book, id, *origin, allocated.part());
  row.set_content_digest(digest);
  if (const auto day = to_date(allocated.effective_date())) {
    set_date(*day, row.mutable_allocation()->mutable_effective_date());
  }
  Allocator allocator(book);
  allocator.refresh(id);
  allocator.release();
  allocator.take();
  return {};
}

Status decide_reversal(Book& book) {
  const auto& reversed = book.event().allocation_reversed();
  const bool by_id = !reversed.allocation().empty();
  if (!by_id) {
    ENCOURS_TRY(need_text(reversed.payment(), "allocation_reversed.payment"));
    ENCOURS_TRY(need_text(reversed.invoice(), "allocation_reversed.invoice"));
  }
  if (reversed.has_amount()) {
    ENCOURS_TRY(need_amount(true, reversed.amount(), "allocation_reversed.amount"));
  }
  const Date day = to_date(reversed.reversed_on()).value_or(book.occurred_on());
  ReversalRow row;
  row.set_currency_code(reversed.amount().currency_code());
  row.set_amount_minor(reversed.amount().minor());
  set_date(day, row.mutable_reversed_on());
  set_instant(book.occurred_at(), row.mutable_occurred_at());
  KeyWriter key = by_id ? reversals_of_allocation(reversed.allocation())
                        : reversals_between(reversed.payment(), reversed.invoice());
  key.text(book.event().source()).text(book.event().id());
  if (!book.add_reversal(key, row)) return {};

  std::set<std::string> named;
  if (!by_id) {
    named = book.allocations_at(payment_end(reversed.payment()), &reversed.invoice());
  } else if (book.allocation(reversed.allocation()) != nullptr) {
    named = {reversed.allocation()};
  }
  if (named.empty()) return {};  // It waits as a row for what it names.
  for (const auto& id : named) book.allocation(id)->set_has_reversals(true);
  Allocator allocator(book, day);
  allocator.refresh(*named.begin());
  allocator.release();
  allocator.take();
  return {};
}

}  // namespace encours::ingestion::ledger
