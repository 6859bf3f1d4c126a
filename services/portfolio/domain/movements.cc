#include "services/portfolio/domain/movements.h"

#include "common/stream/decode.h"

namespace encours::portfolio {

Movements::Movements(const stream::View& view,
                     const stream::Envelope& envelope,
                     stream::Effects& effects)
    : view_(view),
      envelope_(envelope),
      effects_(effects),
      recorded_us_(stream::to_instant(envelope.recorded_at()).unix_micros()) {}

template <class Row>
void Movements::follow(const Table<Row>& table, KeyWriter document) {
  view_.scan(table, document.number(recorded_us_), [&](std::string_view, const Row&) {
    ++part_;
    return true;
  });
}

void Movements::follow_invoice(const std::string& number) {
  follow(kInvoiceMovementTable, std::move(KeyWriter().text(number)));
}

void Movements::follow_credit(const CreditName& name, const std::string& currency) {
  follow(kUnallocatedMovementTable, std::move(KeyWriter().text(currency).raw(name.key().bytes())));
}

KeyWriter Movements::complete(KeyWriter document) {
  return std::move(document.number(recorded_us_).number(part_++).text(envelope_.id()));
}

state::InvoiceMovementRow Movements::row_of(state::MovementKind kind, const Worth& worth) const {
  state::InvoiceMovementRow row;
  row.set_kind(kind);
  set_date(worth.date, row.mutable_date());
  *row.mutable_recorded_at() = envelope_.recorded_at();
  row.set_delta_minor(worth.minor);
  row.set_currency_code(worth.currency);
  return row;
}

Status Movements::move_invoice(state::InvoiceViewRow* row,
                               state::MovementKind kind,
                               const Worth& worth,
                               const ProtoDate* due_date) {
  ENCOURS_ASSIGN(const std::int64_t open, add_amounts(row->open_amount_minor(), worth.minor));
  row->set_open_amount_minor(open);
  if (open != 0 && row->state() == state::INVOICE_VIEW_STATE_SETTLED) {
    row->set_state(state::INVOICE_VIEW_STATE_OPEN);
    row->clear_settled_on();
  }
  state::InvoiceMovementRow movement = row_of(kind, worth);
  if (due_date != nullptr) *movement.mutable_due_date() = *due_date;
  effects_.put(
      kInvoiceMovementTable, movement, complete(std::move(KeyWriter().text(row->number()))));
  return {};
}

void Movements::move_credit(const CreditName& name, state::MovementKind kind, const Worth& worth) {
  state::UnallocatedMovementRow row;
  row.set_kind(kind);
  set_date(worth.date, row.mutable_date());
  *row.mutable_recorded_at() = envelope_.recorded_at();
  row.set_delta_minor(worth.minor);
  row.set_credit_note(name.kind == CreditKind::kCreditNote);
  effects_.put(kUnallocatedMovementTable,
               row,
               complete(std::move(KeyWriter().text(worth.currency).raw(name.key().bytes()))));
}

}  // namespace encours::portfolio
