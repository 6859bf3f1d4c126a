#include "services/ingestion/domain/decode/sense.h"

#include "services/ingestion/domain/decode/proto_date.h"

namespace encours::ingestion {

void Sense::add(std::string code, std::string_view field, std::string message) {
  findings_.add(std::move(code), path(field), std::move(message));
}

void Sense::need(bool is_there, std::string_view field, std::string_view what) {
  if (!is_there) add("missing_field", field, "Give " + std::string(what) + ".");
}

void Sense::account(const std::string& account) {
  if (account.starts_with("~")) {
    add("reserved_name", "account", "No account of a source begins with \"~\".");
  }
}

void Sense::need_account(const std::string& account) {
  need(!account.empty(), "account", "the customer's number");
  this->account(account);
}

void Sense::need_date(bool is_set, std::string_view field, std::string_view what) {
  need(is_set, field, what);
}

void Sense::need_positive(bool is_set, const ProtoMoney& amount, std::string_view field) {
  need(is_set, field, "the amount");
  positive(is_set, amount, field);
}

void Sense::positive(bool is_set, const ProtoMoney& amount, std::string_view field) {
  not_negative(is_set, amount, field);
  if (is_set && amount.minor() == 0) {
    add("zero_amount", field, "Give an amount above zero, or leave the event out.");
  }
}

void Sense::not_negative(bool is_set, const ProtoMoney& amount, std::string_view field) {
  if (is_set && amount.minor() < 0) {
    add("negative_amount",
        field,
        "Give it without a minus sign; what lowers a claim is an event of its own.");
  }
}

void Sense::same_currency(bool is_set,
                          const ProtoMoney& amount,
                          const ProtoMoney& main,
                          std::string_view field) {
  if (is_set && amount.currency_code() != main.currency_code()) {
    add("currency_mismatch", field, "Give all amounts of the event in one currency.");
  }
}

void Sense::not_before(const ProtoDate& later,
                       const ProtoDate& earlier,
                       const char* code,
                       std::string_view field,
                       const char* message) {
  const auto end = date_of(later);
  const auto start = date_of(earlier);
  if (end && start && *end < *start) add(code, field, message);
}

}  // namespace encours::ingestion
