#include "services/portfolio/domain/worth.h"

#include "common/money/money.h"

namespace encours::portfolio {

Result<Date> need_date(const ProtoDate& date, const char* field) {
  const auto day = to_date(date);
  if (!day) return poison("invalid_date", field, "A fact that moves money has a day.");
  return *day;
}

Status need_text(const std::string& text, const char* field) {
  if (text.empty()) return poison("missing_field", field, "A fact names what it is about.");
  return {};
}

Result<std::int64_t> add_amounts(std::int64_t left, std::int64_t right) {
  const auto total = add_minor(left, right);
  if (!total) return poison("amount_out_of_range", "amount", "The sum of amounts is too large.");
  return *total;
}

Result<Worth> worth_of(const ProtoMoney& amount, const ProtoDate& date, const char* date_field) {
  ENCOURS_TRY(need_text(amount.currency_code(), "currency_code"));
  ENCOURS_ASSIGN(const Date day, need_date(date, date_field));
  // Zero is added for its check of the range.
  ENCOURS_ASSIGN(const std::int64_t minor, add_amounts(amount.minor(), 0));
  return Worth{amount.currency_code(), minor, day};
}

Worth worth_of(const state::InvoiceMovementRow& row) {
  return {row.currency_code(), row.delta_minor(), to_date(row.date()).value_or(Date::min())};
}

Result<Worth> negated(Worth worth) {
  const auto minor = subtract_minor(0, worth.minor);
  if (!minor) return poison("amount_out_of_range", "amount", "The amount is too large.");
  worth.minor = *minor;
  return worth;
}

Result<std::vector<Worth>> differences(const std::optional<Worth>& before, const Worth& after) {
  if (!before) return std::vector<Worth>{after};
  ENCOURS_ASSIGN(const Worth taken_back, negated(*before));
  if (before->currency != after.currency || before->date != after.date) {
    return std::vector<Worth>{taken_back, after};
  }
  ENCOURS_ASSIGN(const std::int64_t change, add_amounts(after.minor, taken_back.minor));
  return std::vector<Worth>{{after.currency, change, after.date}};
}

}  // namespace encours::portfolio
