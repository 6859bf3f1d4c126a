// Movements: writes what one record moves, under keys that keep the order of what is known.
//
// A movement's key ends with the instant at which it was recorded, a part and the record's id. The
// part keeps the movements of one record apart, and those of a new version behind all that the
// document already has of the same instant, so that the last version in order of key is the one
// that holds. Made for one record and dropped after it; pure.
#pragma once

#include <cstdint>
#include <string>

#include "common/stream/effects.h"
#include "services/portfolio/domain/worth.h"

namespace encours::portfolio {

struct CreditName {
  CreditKind kind = CreditKind::kPayment;
  std::string id;

  KeyWriter key() const {
    return std::move(KeyWriter().byte(static_cast<std::uint8_t>(kind)).text(id));
  }
};

class Movements {
 public:
  Movements(const stream::View& view, const stream::Envelope& envelope, stream::Effects& effects);

  // To be called before the movements of a document that is known already.
  void follow_invoice(const std::string& number);
  void follow_credit(const CreditName& name, const std::string& currency);

  // `due_date` may be null. Also adds the movement to the row's open amount.
  Status move_invoice(state::InvoiceViewRow* row,
                      state::MovementKind kind,
                      const Worth& worth,
                      const ProtoDate* due_date = nullptr);
  void move_credit(const CreditName& name, state::MovementKind kind, const Worth& worth);

  state::InvoiceMovementRow row_of(state::MovementKind kind, const Worth& worth) const;

 private:
  template <class Row>
  void follow(const Table<Row>& table, KeyWriter document);
  KeyWriter complete(KeyWriter document);

  const stream::View& view_;
  const stream::Envelope& envelope_;
  stream::Effects& effects_;
  std::int64_t recorded_us_;
  std::int64_t part_ = 0;
};

}  // namespace encours::portfolio
