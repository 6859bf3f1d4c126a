#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

std::optional<Date> to_date(const ProtoDate& date) {
  const Result<Date> day = Date::from_ymd(date.year(), date.month(), date.day());
  return day.ok() ? std::optional(*day) : std::nullopt;
}

void set_date(Date date, ProtoDate* out) {
  const YearMonthDay parts = date.ymd();
  out->set_year(parts.year);
  out->set_month(parts.month);
  out->set_day(parts.day);
}

ProtoMoney make_money(std::string_view currency, std::int64_t minor) {
  ProtoMoney money;
  money.set_currency_code(std::string(currency));
  money.set_minor(minor);
  return money;
}

}  // namespace encours::portfolio
