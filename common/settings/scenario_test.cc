// Goal: the scenario that we ship is good, and each rule of a scenario refuses what breaks it, with
// its place. Method: one mistake at a time in a scenario of one step.
#include "common/settings/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace encours::settings {
namespace {

using ::testing::HasSubstr;

std::string file(const std::string& path) {
  std::ifstream in(std::string(ENCOURS_ROOT) + "/" + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

const char* const kSmall =
    "title: T\n"
    "sender: {name: A, address: a@a.example}\n"
    "steps:\n"
    "  - key: one\n"
    "    channel: email\n"
    "    days_after_due: 3\n"
    "    templates:\n"
    "      - {language: fr, subject: S, body: 'B {{amount}}'}\n";

// kSmall with one piece in place of another.
std::string with(const std::string& from, const std::string& to) {
  std::string text = kSmall;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Scenario, TheOneThatWeShipIsGood) {
  const auto parsed = parse_scenario(file("tests/data/scenarios/standard.yaml"));
  ASSERT_TRUE(parsed.ok()) << parsed.errors[0].message;
  const auto& steps = parsed.scenario.steps();
  ASSERT_EQ(steps.size(), 4);
  EXPECT_EQ(steps[0].key(), "courtesy");
  EXPECT_EQ(steps[0].days_after_due(), -5);
  EXPECT_EQ(steps[3].number(), 4);
  EXPECT_THAT(parsed.scenario.yaml(), HasSubstr("key: courtesy"));
  ASSERT_TRUE(parse_scenario(kSmall).ok());
}

TEST(Scenario, EachRuleRefusesWhatBreaksIt) {
  const std::string second = "  - {key: two, channel: email, days_after_due: 3, templates: "
                             "[{language: fr, subject: S, body: B}]}\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {with("title: T\n", ""), "missing_field title"},
      {with("name: A", "name: ''"), "missing_field sender.name"},
      {with("a@a.example", "nobody"), "wrong_value sender.address"},
      {with("a@a.example", "a@a.example, reply_to: b"), "wrong_value sender.reply_to"},
      {with("key: one", "key: One"), "wrong_value steps[0].key"},
      {with("    channel: email\n", ""), "missing_field steps[0].channel"},
      {with("channel: email", "channel: pigeon"), "wrong_value steps[0].channel"},
      {with("due: 3", "due: 731"), "wrong_value steps[0].days_after_due"},
      {with("due: 3", "due: -91"), "wrong_value steps[0].days_after_due"},
      {with("language: fr", "language: french"), "wrong_value steps[0].templates[0].language"},
      {with("subject: S", "subject: ''"), "missing_field steps[0].templates[0].subject"},
      {with("subject: S", "subject: \"S\\nBcc: x\""),
       "wrong_value steps[0].templates[0].subject"},
      {with("{{amount}}", "{{#invoices}}"), "invalid_template steps[0].templates[0].body"},
      {with("{{amount}}", "{{amout}}"), "unknown_name steps[0].templates[0].body"},
      {with("{{amount}}", "{{number}}"), "unknown_name steps[0].templates[0].body"},
      {with("{{amount}}", "{{> other}}"), "invalid_template steps[0].templates[0].body"},
      {std::string(kSmall) + second, "wrong_value steps[1].days_after_due"}};
  for (const auto& [yaml, expected] : cases) {
    const auto parsed = parse_scenario(yaml);
    ASSERT_FALSE(parsed.ok()) << yaml;
    EXPECT_EQ(parsed.errors[0].code + " " + parsed.errors[0].field, expected) << yaml;
    EXPECT_THAT(parsed.errors[0].message, HasSubstr(expected == "missing_field title" ? "" : "Li"));
  }
}

TEST(Scenario, TheTemplateOfALanguageOrTheNearest) {
  const auto parsed = parse_scenario(with("'B {{amount}}'}", "'fr'}\n"
                                          "      - {language: en, subject: S, body: 'en'}\n"
                                          "      - {language: en-US, subject: S, body: 'us'}"));
  ASSERT_TRUE(parsed.ok()) << parsed.errors[0].message;
  const auto& step = parsed.scenario.steps(0);
  EXPECT_EQ(template_for(step, "en-US").body(), "us");
  EXPECT_EQ(template_for(step, "en-GB").body(), "en");
  EXPECT_EQ(template_for(step, "fr-BE").body(), "fr");
  EXPECT_EQ(template_for(step, "de").body(), "fr");
  EXPECT_EQ(template_for(step, "").body(), "fr");
}

}  // namespace
}  // namespace encours::settings
