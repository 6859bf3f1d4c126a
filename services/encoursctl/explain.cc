#include "services/encoursctl/explain.h"

#include <array>
#include <string_view>

#include "services/encoursctl/output/printer.h"

namespace encours::ctl {
namespace {

struct NextStep {
  std::string_view code;  // "*_not_found" matches by its end, "token_*" by its beginning.
  std::string_view sentence;
};

// The first that matches counts. Errors that say themselves what to do have none.
constexpr std::array<NextStep, 19> kNextSteps = {{
    {"local_run_not_found", ""},
    {"tenant_needed", ""},
    {"token_*", "Give a valid token with --token-file."},
    {"invalid_token_file", "Give a file that holds a token with --token-file."},
    {"unauthenticated", "Give a valid token with --token-file."},
    {"role_not_allowed", "Ask for a token with a role that may do this."},
    {"tenant_not_allowed", "'encoursctl tenants list' shows the tenants of your token."},
    {"permission_denied", "Ask for a token that may do this."},
    {"plaintext_refused", "Name the file of trusted certificates with --ca-file."},
    {"tenant_not_found", "'encoursctl tenants list' shows the tenants that there are."},
    {"dead_letter_not_found", "'encoursctl dead-letters list' shows those that there are."},
    {"alert_not_found", "'encoursctl alerts list' shows those that there are."},
    {"*_not_found", "Look for it with the list command."},
    {"outcome_unknown", "It may have been done: look before you ask again."},
    {"deadline_exceeded", "Ask again; 'encoursctl status' shows how the services are."},
    {"unimplemented", "The server is of another version than this program."},
    {"no_instance", "'encoursctl status' shows what runs; deploy/run starts the local run."},
    {"unavailable", "'encoursctl status' shows what runs; deploy/run starts the local run."},
    {"position_not_reached", "'encoursctl status' shows how far the services are."},
}};

bool matches(std::string_view pattern, std::string_view code) {
  if (pattern.front() == '*') return code.ends_with(pattern.substr(1));
  if (pattern.back() == '*') return code.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == code;
}

std::string_view next_step(const std::string& code) {
  for (const NextStep& step : kNextSteps) {
    if (matches(step.code, code)) return step.sentence;
  }
  return {};
}

void close_sentence(std::string* text) {
  if (!text->empty() && text->back() != '.' && text->back() != '?') text->push_back('.');
}

}  // namespace

std::string explain(const Error& failure) {
  std::string message = printable(failure.message);
  if (message.empty()) message = "It failed without a message";
  // The code stands inside the first sentence, where scripts and people find it at once.
  std::string text = failure.field.empty() ? "" : printable(failure.field) + ": ";
  close_sentence(&message);
  text += message + " (" + printable(failure.code) + ")";
  const std::string_view next = next_step(failure.code);
  if (!next.empty()) text += " " + std::string(next);
  return text;
}

}  // namespace encours::ctl
