// As-of: what an invoice, a payment or a credit note was worth on a day, as far as was known then.
//
// Two times: `day` chooses by the date of the fact, `known_at` by when it was recorded. The
// movements of one document are given one by one in order of key; the answer is their sum up to
// that day, where money set against an invoice counts from the invoice's own date on at the
// earliest, and is taken off a payment from the payment's date on at the earliest. What the last
// known version of a document says of its dates holds for all days. Pure values, one per document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

struct AsOf {
  Date day;
  // Unset: all that is known now.
  std::optional<Instant> known_at;

  bool knows(const Timestamp& recorded_at) const;
};

struct OpenAmount {
  std::string currency;
  std::int64_t minor = 0;
};

class InvoiceAsOf {
 public:
  explicit InvoiceAsOf(AsOf as_of) : as_of_(as_of) {}

  void add(const state::InvoiceMovementRow& movement);

  // Per currency; an invoice whose currency was corrected has two, of which one is zero.
  Result<std::vector<OpenAmount>> open() const;
  // Unset while only money for the invoice is known, not the invoice.
  std::optional<Date> due_date() const { return due_; }

 private:
  struct Movement {
    Date date;
    bool own;  // Of the invoice itself, not of money set against it.
    std::string currency;
    std::int64_t delta_minor;
  };
  AsOf as_of_;
  std::vector<Movement> movements_;
  std::optional<Date> due_;
  std::optional<Date> issued_;
};

// The same of a payment or credit note, in one currency.
class CreditAsOf {
 public:
  explicit CreditAsOf(AsOf as_of) : as_of_(as_of) {}

  void add(const state::UnallocatedMovementRow& movement);
  Result<std::int64_t> unallocated() const;

 private:
  struct Movement {
    Date date;
    bool own;
    std::int64_t delta_minor;
  };
  AsOf as_of_;
  std::vector<Movement> movements_;
  std::optional<Date> dated_;
};

}  // namespace encours::portfolio
