// Goal: a mail is well formed whatever stands in its names and texts. Method: the parts that a
// reader of mail would see, written by hand; the base64 below was made by another program.
#include "services/dunning/egress/mail_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/dunning/domain/steps.h"

namespace encours::dunning {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1alpha1::SendMail mail() {
  v1alpha1::SendMail out;
  out.mutable_sender()->set_name("Exemple \"SA\"");
  out.mutable_sender()->set_address("compta@exemple.example");
  out.mutable_claimed_at()->set_seconds(1'773'385'200);  // 2026-03-13T07:00:00Z, by date -u.
  auto& action = *out.mutable_action();
  action.set_id("abc123");
  *action.mutable_day() = to_proto(*Date::parse("2026-03-13"));
  auto& line = *action.add_lines();
  line.set_invoice("I-1");
  line.set_step("first");
  return out;
}

TEST(MailMessage, HasTheHeadersOfItsAction) {
  const std::string text = build_mail(mail(), {"Hello", "Bonjour é\n"}, {"Anna", "a@b.example"});
  EXPECT_THAT(text, HasSubstr("Date: Fri, 13 Mar 2026 07:00:00 +0000\r\n"));
  EXPECT_THAT(text, HasSubstr("From: \"Exemple \\\"SA\\\"\" <compta@exemple.example>\r\n"));
  EXPECT_THAT(text, HasSubstr("To: \"Anna\" <a@b.example>\r\n"));
  EXPECT_THAT(text, HasSubstr("Subject: Hello\r\n"));
  EXPECT_THAT(text, HasSubstr("Message-ID: <abc123@exemple.example>\r\n"));
  EXPECT_THAT(text, HasSubstr("Encours-Invoice: I-1; step=first\r\n"));
  EXPECT_THAT(text, HasSubstr("Content-Transfer-Encoding: base64\r\n\r\nQm9uam91ciDDqQo=\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("Reply-To")));
}

TEST(MailMessage, NoValueBringsAHeaderOfItsOwn) {
  auto evil = mail();
  evil.mutable_action()->mutable_lines(0)->set_invoice("I\r\nBcc: x@y.example");
  const std::string text =
      build_mail(evil, {"S\r\nBcc: x@y.example", "body"}, {"N\nBcc: x@y.example", "a@b.example"});
  EXPECT_THAT(text, Not(HasSubstr("\nBcc:")));
}

TEST(MailMessage, LongSubjectsAreFoldedBetweenCharacters) {
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += "é";
  const std::string text = build_mail(mail(), {subject, "b"}, {"", "a@b.example"});
  for (std::size_t from = 0, to = 0; (to = text.find("\r\n", from)) != std::string::npos;
       from = to + 2) {
    EXPECT_LE(to - from, 90u);
  }
  // 45 bytes are cut to 44: 22 characters.
  EXPECT_THAT(text, HasSubstr("Subject: =?UTF-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcO"
                              "pw6nDqcOpw6k=?=\r\n =?UTF-8?B?"));
}

TEST(MailMessage, Mailboxes) {
  EXPECT_TRUE(is_mailbox("a.b+c@d.example"));
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nRCPT", "<a@b>"}) {
    EXPECT_FALSE(is_mailbox(bad)) << bad;
  }
}

}  // namespace
}  // namespace encours::dunning
