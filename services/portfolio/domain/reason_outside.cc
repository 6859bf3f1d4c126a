// The sentences of risk, scores and dunning. Names and codes in them are cut to a few characters,
// so that a sentence stays within 140.
#include <google/protobuf/generated_enum_reflection.h>

#include <cctype>

#include "services/portfolio/domain/reason.h"

namespace encours::portfolio {
namespace {

namespace risk = encours::risk::v1alpha1;
namespace scoring = encours::scoring::v1alpha1;
namespace dunning = encours::dunning::v1alpha1;

constexpr std::size_t kNameCharacters = 24;

// The first characters of a name; UTF-8 is not cut in the middle of one.
std::string name_text(const std::string& name) {
  if (name.empty()) return "?";
  std::size_t characters = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(name[i]) & 0xC0) != 0x80;
    if (begins && ++characters > kNameCharacters) return name.substr(0, i) + "...";
  }
  return name;
}

// "solvency score" for CRITERION_SOLVENCY_SCORE.
template <class Enum>
std::string words(Enum value, const std::string& prefix) {
  const auto* known = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  std::string text = known == nullptr ? "unknown" : known->name();
  if (text.rfind(prefix, 0) == 0) text.erase(0, prefix.size());
  for (char& c : text) {
    c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

std::string value_text(const risk::CriterionValue& value) {
  switch (value.value_case()) {
    case risk::CriterionValue::kNumber:
      return std::to_string(value.number());
    case risk::CriterionValue::kCode:
      return name_text(value.code());
    case risk::CriterionValue::kMoney:
      return amount_text(value.money());
    case risk::CriterionValue::kDate:
      return date_text(value.date());
    case risk::CriterionValue::VALUE_NOT_SET:
      break;
  }
  return "unknown";
}

std::string say(const risk::CriterionChanged& change) {
  const std::string what =
      name_text(change.provider()) + ": " + words(change.criterion(), "CRITERION_");
  if (!change.has_new_value()) {
    return what + " is no longer given; it was " + value_text(change.old_value()) + ".";
  }
  const std::string severity = change.severity() > risk::SEVERITY_INFO
                                   ? " (" + words(change.severity(), "SEVERITY_") + ")"
                                   : "";
  if (!change.has_old_value()) return what + " is " + value_text(change.new_value()) + ".";
  return what + " went from " + value_text(change.old_value()) + " to " +
         value_text(change.new_value()) + severity + ".";
}

std::string say(const risk::FetchEnded& ended) {
  const std::string provider = name_text(ended.provider());
  const std::string why = " (" + name_text(ended.code()) + ")";
  switch (ended.outcome()) {
    case risk::FETCH_OUTCOME_OK:
      return "Provider " + provider + " has answered.";
    case risk::FETCH_OUTCOME_NOT_FOUND:
      return "Provider " + provider + " does not know the company.";
    case risk::FETCH_OUTCOME_STALE:
      return "The last good answer of provider " + provider + " is too old.";
    case risk::FETCH_OUTCOME_FAILED:
      return "Provider " + provider + " gave no answer" + why + "; its last values stand.";
    case risk::FETCH_OUTCOME_UNKNOWN:
      return "Whether provider " + provider + " has answered is not known" + why + ".";
    case risk::FETCH_OUTCOME_SUPPRESSED:
      return "Provider " + provider + " was not asked" + why + ".";
    default:
      return "An attempt with provider " + provider + " has ended.";
  }
}

std::string say(const risk::MonitoringChanged& change) {
  return std::string("The company is ") + (change.monitored() ? "watched" : "no longer watched") +
         " (" + name_text(change.reason_code()) + ").";
}

// "payment index" for "payment_index".
std::string factor_text(const std::string& name) {
  std::string text = name_text(name);
  for (char& c : text) c = c == '_' ? ' ' : c;
  return text;
}

std::string say(const scoring::ScoreComputed& computed) {
  const auto& score = computed.score();
  std::string text = "Score " + hundredths_text(score.score_hundredths());
  if (computed.has_previous_score_hundredths()) {
    text += " (" + hundredths_text(computed.previous_score_hundredths()) + " before)";
  }
  const char* separator = ": ";
  for (const auto& factor : score.factors()) {
    text += separator + factor_text(factor.name()) + " " +
            hundredths_text(factor.contribution_hundredths());
    separator = ", ";
  }
  return text + "; " + std::to_string(score.paid_invoice_count()) + " paid invoices.";
}

std::string invoices_text(int count) {
  return std::to_string(count) + (count == 1 ? " invoice" : " invoices");
}

std::string say(const dunning::ActionPlanned& planned) {
  const auto& action = planned.action();
  return "The message of step " + name_text(action.step()) + " is planned for " +
         date_text(action.day()) + ": " + invoices_text(action.lines_size()) + ", " +
         amount_text(action.amount()) + ".";
}

std::string say(const dunning::ActionFailed& failed) {
  return "The message did not leave (" + name_text(failed.reason_code()) +
         (failed.has_retry_at() ? "); it is tried again." : ") and was given up.");
}

std::string say(const dunning::ActionSuppressed& suppressed) {
  const auto& action = suppressed.action();
  return "The message of step " + name_text(action.step()) + " for " + date_text(action.day()) +
         " is not sent: " + name_text(action.reason_code()) + ".";
}

std::string state_text(dunning::CaseState state, int level) {
  const std::string text = words(state, "CASE_STATE_");
  return state == dunning::CASE_STATE_LEVEL && level > 0 ? text + " " + std::to_string(level)
                                                         : text;
}

std::string say(const dunning::CaseStateChanged& change) {
  return "The dunning case in " + name_text(change.currency_code()) + " went from " +
         state_text(change.from(), change.from_level()) + " to " +
         state_text(change.to(), change.level()) + ".";
}

constexpr const char* kUnknownFact = "A fact of a kind that this build does not know.";

}  // namespace

std::string reason_of(const RiskRecord& record) {
  switch (record.fact_case()) {
    case RiskRecord::kCriterionChanged:
      return say(record.criterion_changed());
    case RiskRecord::kFetchEnded:
      return say(record.fetch_ended());
    case RiskRecord::kMonitoringChanged:
      return say(record.monitoring_changed());
    case RiskRecord::FACT_NOT_SET:
      break;
  }
  return kUnknownFact;
}

std::string reason_of(const ScoreRecord& record) {
  return record.has_score_computed() ? say(record.score_computed()) : kUnknownFact;
}

std::string reason_of(const DunningRecord& record) {
  switch (record.fact_case()) {
    case DunningRecord::kActionPlanned:
      return say(record.action_planned());
    case DunningRecord::kActionClaimed:
      return "The message may leave: all payments that were in before have been seen.";
    case DunningRecord::kActionSent:
      return "The message of step " + name_text(record.action_sent().step()) + " has left for " +
             invoices_text(record.action_sent().invoices_size()) + ".";
    case DunningRecord::kActionFailed:
      return say(record.action_failed());
    case DunningRecord::kActionUnknown:
      return "The message may have left (" + name_text(record.action_unknown().reason_code()) +
             "); it is repeated under the same Message-ID.";
    case DunningRecord::kActionSuperseded:
      return "The message is not sent, what it was for is gone: " +
             name_text(record.action_superseded().reason_code()) + ".";
    case DunningRecord::kActionSuppressed:
      return say(record.action_suppressed());
    case DunningRecord::kCaseStateChanged:
      return say(record.case_state_changed());
    case DunningRecord::FACT_NOT_SET:
      break;
  }
  return kUnknownFact;
}

}  // namespace encours::portfolio
