#include "services/dunning/domain/render.h"

#include <array>
#include <kainjow/mustache.hpp>

#include "common/money/money.h"
#include "services/dunning/domain/steps.h"

namespace encours::dunning {
namespace {

using encours::common::v1alpha1::Money;
using kainjow::mustache::data;
using kainjow::mustache::mustache;

constexpr std::string_view kNarrowSpace = "\xE2\x80\xAF";  // U+202F
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";     // U+00A0

bool is_french(std::string_view language) { return language.substr(0, 2) == "fr"; }

// Signs that both languages know; other currencies are written by their code.
std::string sign_of(const std::string& currency) {
  if (currency == "EUR") return "\xE2\x82\xAC";
  if (currency == "GBP") return "\xC2\xA3";
  if (currency == "USD") return "$";
  return currency;
}

// "1234567" -> "1 234 567".
std::string grouped(const std::string& digits, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += separator;
    out += digits[i];
  }
  return out;
}

Result<std::string> fill(const std::string& text, const data& values) {
  mustache parsed(text);
  if (!parsed.is_valid()) return refused("not_rendered", "template", parsed.error_message());
  parsed.set_custom_escape([](const std::string& plain) { return plain; });
  std::string out = parsed.render(values);
  if (!parsed.error_message().empty()) {
    return refused("not_rendered", "template", parsed.error_message());
  }
  return out;
}

data values_of(const v1alpha1::SendMail& mail, const Names& names) {
  const auto& action = mail.action();
  const std::string& language = mail.template_().language();
  data values;
  values.set("customer", names.customer.empty() ? action.account() : names.customer);
  values.set("contact", names.contact);
  values.set("account", action.account());
  values.set("creditor", mail.sender().name());
  values.set("day", format_day(action.day(), language));
  values.set("currency", action.currency_code());
  values.set("amount", format_amount(action.amount(), language));
  values.set("step", action.step());
  values.set("invoice_count", std::to_string(action.lines_size()));
  data invoices{data::type::list};
  for (const auto& line : action.lines()) {
    data invoice;
    invoice.set("number", line.invoice());
    invoice.set("due_date", format_day(line.due_date(), language));
    invoice.set("open_amount", format_amount(line.open_amount(), language));
    invoice.set("days_late", std::to_string(line.days_late()));
    invoice.set("late", line.days_late() > 0);
    invoices << invoice;
  }
  values.set("invoices", invoices);
  return values;
}

}  // namespace

Result<MessageText> render(const v1alpha1::SendMail& mail, const Names& names) {
  const data values = values_of(mail, names);
  MessageText text;
  ENCOURS_ASSIGN(text.subject, fill(mail.template_().subject(), values));
  ENCOURS_ASSIGN(text.body, fill(mail.template_().body(), values));
  return text;
}

std::string format_amount(const Money& amount, std::string_view language) {
  const auto currency = Currency::parse(amount.currency_code());
  if (!currency) return std::to_string(amount.minor()) + " " + amount.currency_code();
  std::string plain = format(encours::Money{*currency, amount.minor()});
  const bool negative = plain.front() == '-';
  if (negative) plain.erase(0, 1);
  const auto point = plain.find('.');
  const std::string whole = plain.substr(0, point);
  const std::string rest = point == std::string::npos ? std::string() : plain.substr(point + 1);
  const std::string sign = sign_of(amount.currency_code());
  const std::string minus = negative ? "-" : "";
  if (is_french(language)) {
    return minus + grouped(whole, kNarrowSpace) + (rest.empty() ? "" : "," + rest) +
           std::string(kNoBreakSpace) + sign;
  }
  const bool code = sign == amount.currency_code();
  return minus + sign + (code ? std::string(kNoBreakSpace) : std::string()) + grouped(whole, ",") +
         (rest.empty() ? "" : "." + rest);
}

std::string format_day(const google::type::Date& day, std::string_view language) {
  static constexpr std::array<const char*, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const std::string iso = date_of(day).to_string();
  if (is_french(language)) {
    return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
  }
  return std::to_string(day.day()) + " " + kMonths[day.month() - 1] + " " + iso.substr(0, 4);
}

}  // namespace encours::dunning
