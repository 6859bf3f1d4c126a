// A mail as it leaves: RFC 5322 with a text of UTF-8 in base64. Pure.
//
// The Message-ID is the action's id, so a mail that is handed over twice is one mail to whoever
// reads it; the Date is the claim's. Beside the usual headers stand Encours-Action, Encours-Day,
// Encours-Currency and one Encours-Invoice per invoice with its step, for filters and for tests.
// Words outside ASCII are encoded (RFC 2047); no value can bring a header of its own.
#pragma once

#include <string>

#include "encours/dunning/v1alpha1/effects.pb.h"
#include "services/dunning/domain/render.h"

namespace encours::dunning {

struct Recipient {
  std::string name;
  std::string address;
};

std::string build_mail(const v1alpha1::SendMail& mail, const MessageText& text,
                       const Recipient& to);

// A mailbox that can stand in a header and in SMTP: one @, no blanks, brackets or line ends.
bool is_mailbox(const std::string& address);

}  // namespace encours::dunning
