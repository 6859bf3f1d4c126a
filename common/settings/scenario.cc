#include "common/settings/scenario.h"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <set>

#include "common/base/nearest.h"
#include "common/base/utf8.h"

namespace encours::settings {
namespace {

namespace proto = encours::dunning::v1alpha1;

constexpr int kFirstDay = -90;
constexpr int kLastDay = 730;
constexpr std::size_t kMaxKeyBytes = 40;
constexpr int kMaxSteps = 50;

bool is_key(std::string_view key) {
  if (key.empty() || key.size() > kMaxKeyBytes || key.front() == '-') return false;
  return std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// A primary language and at most a region: "fr", "en-GB".
bool is_language(std::string_view tag) {
  const auto letters = [](std::string_view text, char first, char last) {
    return text.size() == 2 && std::all_of(text.begin(), text.end(), [&](char c) {
             return c >= first && c <= last;
           });
  };
  if (!letters(tag.substr(0, 2), 'a', 'z')) return false;
  return tag.size() == 2 || (tag[2] == '-' && letters(tag.substr(3), 'A', 'Z'));
}

bool is_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find('@', at + 1) == std::string::npos &&
         text.find('.', at) != std::string_view::npos && text.back() != '.' &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return c <= ' ' || c == '<' || c == '>' || c == ','; });
}

class Checker {
 public:
  Checker(const Places& places, Scenario* scenario, std::vector<Error>* errors)
      : places_(places), scenario_(*scenario), errors_(*errors) {}

  void check() {
    if (scenario_.title().empty()) add("missing_field", "title", "Give the scenario a title.");
    check_sender();
    if (scenario_.steps().empty()) add("missing_field", "steps", "Name at least one step.");
    if (scenario_.steps_size() > kMaxSteps) {
      add("wrong_value", "steps", "A scenario has at most 50 steps.");
    }
    std::set<std::string> keys;
    for (int i = 0; i < scenario_.steps_size(); ++i) {
      auto& step = *scenario_.mutable_steps(i);
      step.set_number(i + 1);
      const std::string path = "steps[" + std::to_string(i) + "]";
      check_step(step, path);
      if (!keys.insert(step.key()).second) {
        add("duplicate_key", path + ".key", "Another step has this key.");
      }
      if (i > 0 && step.days_after_due() <= scenario_.steps(i - 1).days_after_due()) {
        add("wrong_value", path + ".days_after_due", "Steps stand in the order of their days.");
      }
    }
  }

 private:
  void add(std::string code, const std::string& path, const std::string& what) {
    errors_.push_back(refused(std::move(code), path, places_.of(path) + what));
  }

  void check_sender() {
    const auto& sender = scenario_.sender();
    if (sender.name().empty()) add("missing_field", "sender.name", "Say who writes.");
    if (sender.name().find_first_of("\r\n") != std::string::npos) {
      add("wrong_value", "sender.name", "A name is one line.");
    }
    if (!is_address(sender.address())) {
      add("wrong_value", "sender.address", "The sender's mail address belongs here.");
    }
    if (!sender.reply_to().empty() && !is_address(sender.reply_to())) {
      add("wrong_value", "sender.reply_to", "A mail address belongs here.");
    }
  }

  void check_step(const ScenarioStep& step, const std::string& path) {
    if (!is_key(step.key())) {
      add("wrong_value", path + ".key",
          "A key is made of lower-case letters, digits and hyphens, at most 40.");
    }
    if (step.channel() == proto::STEP_CHANNEL_UNSPECIFIED) {
      add("missing_field", path + ".channel", "Say by which channel: email.");
    }
    if (step.days_after_due() < kFirstDay || step.days_after_due() > kLastDay) {
      add("wrong_value", path + ".days_after_due",
          "A step is at most 90 days before and 730 days after the due date.");
    }
    if (step.templates().empty()) {
      add("missing_field", path + ".templates", "Write the message in at least one language.");
    }
    std::set<std::string> languages;
    for (int i = 0; i < step.templates_size(); ++i) {
      const auto& text = step.templates(i);
      const std::string at = path + ".templates[" + std::to_string(i) + "]";
      if (!is_language(text.language())) {
        add("wrong_value", at + ".language", "A language belongs here, such as fr or en-GB.");
      }
      if (!languages.insert(text.language()).second) {
        add("duplicate_key", at + ".language", "This language stands twice.");
      }
      if (text.subject().find_first_of("\r\n") != std::string::npos) {
        add("wrong_value", at + ".subject", "A subject is one line.");
      }
      check_template(text.subject(), at + ".subject");
      check_template(text.body(), at + ".body");
    }
  }

  void check_template(const std::string& text, const std::string& path) {
    if (text.empty()) {
      add("missing_field", path, "Write something here.");
      return;
    }
    const kainjow::mustache::mustache parsed(text);
    if (!parsed.is_valid()) {
      add("invalid_template", path, printable(parsed.error_message(), 200) + ".");
      return;
    }
    check_names(text, path);
  }

  // A name that a message does not have would be printed as nothing, which nobody would notice.
  void check_names(const std::string& text, const std::string& path) {
    bool in_invoices = false;
    for (auto at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
      const auto end = text.find("}}", at);
      if (end == std::string::npos) return;
      std::string tag = text.substr(at + 2, end - at - 2);
      const char sign = tag.empty() ? ' ' : tag.front();
      if (sign == '!') continue;
      if (std::string_view("#/^{&>=").find(sign) != std::string_view::npos) tag.erase(0, 1);
      const auto first = tag.find_first_not_of(" \t}");
      const auto last = tag.find_last_not_of(" \t}");
      tag = first == std::string::npos ? std::string() : tag.substr(first, last - first + 1);
      if (sign == '>' || sign == '=') {
        add("invalid_template", path, "Partials and other delimiters are not known here.");
        return;
      }
      if (sign == '#' && tag == "invoices") in_invoices = true;
      check_name(tag, in_invoices, path);
      if (sign == '/' && tag == "invoices") in_invoices = false;
    }
  }

  void check_name(const std::string& name, bool in_invoices, const std::string& path) {
    const auto has = [&name](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (has(message_names()) || (in_invoices && has(invoice_names()))) return;
    std::vector<std::string> known = message_names();
    known.insert(known.end(), invoice_names().begin(), invoice_names().end());
    const std::string near = nearest(name, known);
    const bool outside = has(invoice_names());
    add("unknown_name", path,
        outside ? "{{" + printable(name) + "}} stands between {{#invoices}} and {{/invoices}} only."
                : "A message has no {{" + printable(name) + "}}." +
                      (near.empty() ? std::string() : " Did you mean {{" + near + "}}?"));
  }

  const Places& places_;
  Scenario& scenario_;
  std::vector<Error>& errors_;
};

}  // namespace

const std::vector<std::string>& message_names() {
  static const std::vector<std::string> names = {
      "customer", "contact", "account", "creditor",      "day",
      "currency", "amount",  "step",    "invoice_count", "invoices"};
  return names;
}

const std::vector<std::string>& invoice_names() {
  static const std::vector<std::string> names = {"number", "due_date", "open_amount", "days_late",
                                                 "late"};
  return names;
}

ParsedScenario parse_scenario(std::string_view yaml) {
  static const std::set<std::string> hidden = {"encours.dunning.v1alpha1.Step.number",
                                               "encours.dunning.v1alpha1.Scenario.yaml"};
  ParsedScenario parsed;
  YamlResult read = parse_yaml(yaml, hidden, &parsed.scenario);
  parsed.errors = std::move(read.errors);
  if (!parsed.ok()) return parsed;
  Checker(read.places, &parsed.scenario, &parsed.errors).check();
  parsed.scenario.set_yaml(std::string(yaml));
  return parsed;
}

const StepTemplate& template_for(const ScenarioStep& step, std::string_view language) {
  const StepTemplate* primary = nullptr;
  for (const auto& text : step.templates()) {
    if (text.language() == language) return text;
    if (primary == nullptr && text.language().substr(0, 2) == language.substr(0, 2)) {
      primary = &text;
    }
  }
  return primary != nullptr ? *primary : step.templates(0);
}

}  // namespace encours::settings
