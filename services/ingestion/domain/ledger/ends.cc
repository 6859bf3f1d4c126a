#include "services/ingestion/domain/ledger/ends.h"

#include "common/base/check.h"
#include "services/ingestion/domain/ledger/balance.h"

namespace encours::ingestion::ledger {
namespace {

Date stored_date(const ProtoDate& date) {
  const auto day = to_date(date);
  ENCOURS_CHECK(day.has_value(), "a stored document has its date");
  return *day;
}

EndState state_of(const InvoiceRow& row) {
  const auto& invoice = row.invoice();
  const bool cancelled = invoice.state() == state::LEDGER_INVOICE_STATE_CANCELLED;
  const std::int64_t gross = invoice.gross_amount_minor();
  return {invoice.currency_code(),
          stored_date(invoice.issue_date()),
          gross,
          cancelled ? 0 : gross,
          row.live_amount_minor(),
          cancelled};
}

EndState state_of(const PaymentRow& row) {
  const auto& payment = row.payment();
  const std::int64_t amount = payment.amount_minor();
  return {payment.currency_code(),
          stored_date(payment.value_date()),
          amount,
          amount - row.rejected_amount_minor(),
          row.live_amount_minor(),
          false};
}

EndState state_of(const CreditNoteRow& row) {
  const auto& note = row.credit_note();
  const std::int64_t gross = note.gross_amount_minor();
  return {note.currency_code(),
          stored_date(note.issue_date()),
          gross,
          gross,
          row.live_amount_minor(),
          false};
}

template <class Row>
std::optional<EndState> state_or_none(const Row* row) {
  if (row == nullptr) return std::nullopt;
  return state_of(*row);
}

template <class Row>
void add_live(Row* row, std::int64_t difference_minor) {
  ENCOURS_CHECK(row != nullptr, "only a known end counts");
  std::int64_t live = 0;
  ENCOURS_CHECK(
      !__builtin_add_overflow(row->live_amount_minor(), difference_minor, &live) && live >= 0,
      "the sum of live amounts fits int64 and is never negative");
  row->set_live_amount_minor(live);
}

}  // namespace

std::optional<EndState> end_state(Book& book, const End& end) {
  switch (end.kind) {
    case EndKind::kInvoice:
      return state_or_none(book.invoice(end.id));
    case EndKind::kPayment:
      return state_or_none(book.payment(end.id));
    case EndKind::kCreditNote:
      return state_or_none(book.credit_note(end.id));
  }
  return std::nullopt;
}

void move_live(Book& book, const End& end, std::int64_t difference_minor) {
  switch (end.kind) {
    case EndKind::kInvoice:
      return add_live(book.invoice(end.id), difference_minor);
    case EndKind::kPayment:
      return add_live(book.payment(end.id), difference_minor);
    case EndKind::kCreditNote:
      return add_live(book.credit_note(end.id), difference_minor);
  }
}

void move_rest(Book& book, const End& end, std::int64_t difference_minor) {
  const auto known = end_state(book, end);
  ENCOURS_CHECK(known.has_value(), "only a known end has a rest");
  AccountBalance& balance = book.balance(known->currency);
  if (end.kind == EndKind::kInvoice) {
    return move_open(balance, *book.invoice(end.id), difference_minor);
  }
  const std::int64_t rest = rest_of(book, end) + difference_minor;
  ENCOURS_CHECK(rest >= 0, "no more is allocated than there is");
  move_unallocated(balance, end.kind, difference_minor);
  if (end.kind == EndKind::kPayment) {
    book.payment(end.id)->mutable_payment()->set_unallocated_amount_minor(rest);
  } else {
    book.credit_note(end.id)->mutable_credit_note()->set_unallocated_amount_minor(rest);
  }
}

std::int64_t rest_of(Book& book, const End& end) {
  switch (end.kind) {
    case EndKind::kInvoice:
      return book.invoice(end.id)->invoice().open_amount_minor();
    case EndKind::kPayment:
      return book.payment(end.id)->payment().unallocated_amount_minor();
    case EndKind::kCreditNote:
      return book.credit_note(end.id)->credit_note().unallocated_amount_minor();
  }
  return 0;
}

}  // namespace encours::ingestion::ledger
