// Worth: what a document brings, in which currency and from which day; and how two of them differ.
//
// Pure values. Whatever can't be read or leaves the range of amounts is poison: the ledger never
// sends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

struct Worth {
  std::string currency;
  std::int64_t minor = 0;
  Date date;

  friend bool operator==(const Worth&, const Worth&) = default;
};

// `date_field` is named where the day is missing.
Result<Worth> worth_of(const ProtoMoney& amount, const ProtoDate& date, const char* date_field);
Worth worth_of(const state::InvoiceMovementRow& row);

Result<Worth> negated(Worth worth);

Result<std::int64_t> add_amounts(std::int64_t left, std::int64_t right);

// The differences that make `after` of `before`: one where only the amount changes, else what was
// said is taken back at its own date. The last of them belongs to `after`.
Result<std::vector<Worth>> differences(const std::optional<Worth>& before, const Worth& after);

Result<Date> need_date(const ProtoDate& date, const char* field);
Status need_text(const std::string& text, const char* field);

}  // namespace encours::portfolio
