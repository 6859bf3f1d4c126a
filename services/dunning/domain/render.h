// What a message says: the template of its step, filled with the action and the names of people.
//
// Amounts and dates are written as the language writes them: French "1 234,56 €" (U+202F in the
// number, U+00A0 before the sign) and "10/03/2026", English "€1,234.56" and "10 March 2026"; other
// languages as English. Text, not HTML: nothing is escaped. Names: common/settings/scenario.h.
// Pure; the same action, names and template give the same bytes.
#pragma once

#include <string>

#include "common/base/result.h"
#include "encours/dunning/v1alpha1/effects.pb.h"

namespace encours::dunning {

// From encours.persons; may be empty where the person has been erased.
struct Names {
  std::string customer;
  std::string contact;
};

struct MessageText {
  std::string subject;
  std::string body;
};

// Refuses with "not_rendered" where the template can't be filled.
Result<MessageText> render(const v1alpha1::SendMail& mail, const Names& names);

std::string format_amount(const encours::common::v1alpha1::Money& amount,
                          std::string_view language);
std::string format_day(const google::type::Date& day, std::string_view language);

}  // namespace encours::dunning
