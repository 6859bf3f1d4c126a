#include "services/dunning/egress/mail_message.h"

#include <absl/strings/escaping.h>
#include <absl/time/time.h>

#include <algorithm>

#include "common/base/utf8.h"
#include "services/dunning/domain/steps.h"

namespace encours::dunning {
namespace {

constexpr std::size_t kLineBytes = 76;
// So that an encoded word with its frame stays below 75 characters.
constexpr std::size_t kWordBytes = 45;

bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

// Encoded words of RFC 2047, none of which cuts a character.
std::string encoded(const std::string& text) {
  if (is_plain(text) && text.find("=?") == std::string::npos) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view part = cut_utf8(rest, kWordBytes);
    const std::string word = absl::Base64Escape(std::string(part));
    out += (out.empty() ? "" : "\r\n ") + std::string("=?UTF-8?B?") + word + "?=";
    rest.remove_prefix(part.size());
  }
  return out;
}

// A display name in quotes, or encoded.
std::string mailbox(const std::string& name, const std::string& address) {
  if (name.empty()) return "<" + address + ">";
  if (!is_plain(name)) return encoded(name) + " <" + address + ">";
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "\"" + quoted + "\" <" + address + ">";
}

std::string date_header(const google::protobuf::Timestamp& at) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", absl::FromUnixSeconds(at.seconds()),
                          absl::UTCTimeZone());
}

std::string base64_lines(const std::string& text) {
  const std::string all = absl::Base64Escape(text);
  std::string out;
  for (std::size_t at = 0; at < all.size(); at += kLineBytes) {
    out += all.substr(at, kLineBytes) + "\r\n";
  }
  return out;
}

std::string domain_of(const std::string& address) {
  return address.substr(address.rfind('@') + 1);
}

void header(const std::string& name, const std::string& value, std::string* out) {
  *out += name + ": " + value + "\r\n";
}

}  // namespace

bool is_mailbox(const std::string& address) {
  return !address.empty() && std::count(address.begin(), address.end(), '@') == 1 &&
         address.front() != '@' &&
         address.back() != '@' &&
         std::all_of(address.begin(), address.end(), [](char c) {
           return c > 0x20 && c < 0x7F && c != '<' && c != '>' && c != ',' && c != ';' && c != '"';
         });
}

std::string build_mail(const v1alpha1::SendMail& mail, const MessageText& text,
                       const Recipient& to) {
  const auto& action = mail.action();
  const auto& sender = mail.sender();
  std::string out;
  header("Date", date_header(mail.claimed_at()), &out);
  header("From", mailbox(sender.name(), sender.address()), &out);
  header("To", mailbox(to.name, to.address), &out);
  if (!sender.reply_to().empty()) header("Reply-To", "<" + sender.reply_to() + ">", &out);
  header("Subject", encoded(text.subject), &out);
  header("Message-ID", "<" + action.id() + "@" + domain_of(sender.address()) + ">", &out);
  header("Auto-Submitted", "auto-generated", &out);
  header("Encours-Action", action.id(), &out);
  header("Encours-Day", date_of(action.day()).to_string(), &out);
  header("Encours-Currency", action.currency_code(), &out);
  for (const auto& line : action.lines()) {
    header("Encours-Invoice", encoded(line.invoice()) + "; step=" + line.step(), &out);
  }
  header("MIME-Version", "1.0", &out);
  header("Content-Type", "text/plain; charset=utf-8", &out);
  header("Content-Language", mail.template_().language(), &out);
  header("Content-Transfer-Encoding", "base64", &out);
  return out + "\r\n" + base64_lines(text.body);
}

}  // namespace encours::dunning
