// Payments: received, with what they pay as far as it is said, and taken back by the bank.
#include <algorithm>
#include <tuple>

#include "services/ingestion/domain/ledger/allocation.h"
#include "services/ingestion/domain/ledger/balance.h"
#include "services/ingestion/domain/ledger/decide_event.h"
#include "services/ingestion/domain/ledger/ends.h"
#include "services/ingestion/domain/ledger/reversal.h"

namespace encours::ingestion::ledger {
namespace {

Status need_payment(const erp::PaymentReceived& received) {
  ENCOURS_TRY(need_text(received.payment(), "payment_received.payment"));
  ENCOURS_TRY(need_amount(received.has_amount(), received.amount(), "payment_received.amount"));
  return need_parts(received.allocations(), "payment_received.allocations");
}

Date value_day(const Book& book, const erp::PaymentReceived& received) {
  if (const auto day = to_date(received.value_date())) return *day;
  return to_date(received.booking_date()).value_or(book.occurred_on());
}

void emit_recorded(Book& book, const PaymentRow& payment, Date day) {
  const auto& row = payment.payment();
  ReceivableRecord fact;
  auto& recorded = *fact.mutable_payment_recorded();
  recorded.set_payment(row.payment());
  *recorded.mutable_value_date() = row.value_date();
  set_money(row.currency_code(), row.amount_minor(), recorded.mutable_amount());
  book.emit(std::move(fact), row.currency_code(), day);
}

// Of several rejections the last day counts, then the reason by its code: no order of arrival.
void note_rejection(PaymentRow& payment, Date day, const std::string& reason_code) {
  auto& row = *payment.mutable_payment();
  const auto known = to_date(row.rejected_on());
  if (known && std::tie(day, reason_code) <= std::tie(*known, row.reason_code())) return;
  set_date(day, row.mutable_rejected_on());
  row.set_reason_code(reason_code);
}

}  // namespace

Status decide_payment(Book& book) {
  const auto& received = book.event().payment_received();
  ENCOURS_TRY(need_payment(received));
  const std::string& currency = received.amount().currency_code();
  const std::string digest = content_digest(received);
  if (const PaymentRow* known = book.payment(received.payment())) {
    if (known->content_digest() == digest) return {};
    return conflicting_duplicate("payment_received.payment");
  }
  ENCOURS_TRY(need_headroom(
      book.find_balance(currency), received.amount().minor(), "payment_received.amount"));
  book.ensure_account();
  const Date day = value_day(book, received);
  PaymentRow& payment = book.add_payment(received.payment());
  auto& row = *payment.mutable_payment();
  set_date(day, row.mutable_value_date());
  row.set_currency_code(currency);
  row.set_amount_minor(received.amount().minor());
  row.set_state(state::LEDGER_PAYMENT_STATE_RECEIVED);
  *row.mutable_version() = version_of(book.event());
  payment.set_content_digest(digest);

  const End end = payment_end(received.payment());
  move_rest(book, end, received.amount().minor());
  emit_recorded(book, payment, day);
  add_parts(book, end, received.allocations());
  Allocator allocator(book);
  allocator.refresh_at(end);
  allocator.release();
  allocator.take();
  return {};
}

Status decide_payment_rejected(Book& book) {
  const auto& rejected = book.event().payment_rejected();
  const std::string& id =
      rejected.payment().empty() ? book.input().matched_entity() : rejected.payment();
  // Unpaid term paper is read by a later issue.
  if (id.empty() && !rejected.term_paper().empty()) return {};
  ENCOURS_TRY(need_text(id, "payment_rejected.payment"));
  if (rejected.has_amount()) {
    ENCOURS_TRY(need_amount(true, rejected.amount(), "payment_rejected.amount"));
  }
  const End end = payment_end(id);
  PaymentRow* payment = book.payment(id);
  if (payment == nullptr) {
    book.park(end);
    return {};
  }
  auto& row = *payment->mutable_payment();
  if (rejected.has_amount() && rejected.amount().currency_code() != row.currency_code()) {
    return refused("currency_mismatch",
                   "payment_rejected.amount",
                   "A payment is taken back in its own currency.");
  }
  const Date day = to_date(rejected.rejected_on()).value_or(book.occurred_on());
  ReversalRow kept;
  kept.set_currency_code(rejected.amount().currency_code());
  kept.set_amount_minor(rejected.amount().minor());
  set_date(day, kept.mutable_reversed_on());
  set_instant(book.occurred_at(), kept.mutable_occurred_at());
  const KeyWriter key = rejections_of(id).text(book.event().source()).text(book.event().id());
  if (!book.add_reversal(key, kept)) return {};
  const std::int64_t left = row.amount_minor() - payment->rejected_amount_minor();
  const std::int64_t part =
      rejected.has_amount() ? std::min(rejected.amount().minor(), left) : left;
  note_rejection(*payment, day, rejected.reason_code());
  if (part == 0) return {};
  Allocator allocator(book, day);
  allocator.touch(end);
  payment->set_rejected_amount_minor(payment->rejected_amount_minor() + part);
  if (part == left) row.set_state(state::LEDGER_PAYMENT_STATE_REJECTED);
  allocator.release();
  move_rest(book, end, -part);
  ReceivableRecord fact;
  auto& taken_back = *fact.mutable_payment_rejected();
  taken_back.set_payment(id);
  set_date(day, taken_back.mutable_rejected_on());
  set_money(row.currency_code(), part, taken_back.mutable_amount());
  taken_back.set_reason_code(rejected.reason_code());
  book.emit(std::move(fact), row.currency_code(), day);
  allocator.take();
  return {};
}

}  // namespace encours::ingestion::ledger
