// Goal: facts of risk, scores and dunning are said in one sentence of at most 140 characters, and
// stand in the timeline with their subject. Method: sentences by hand; then the longest names.
#include <gtest/gtest.h>

#include <algorithm>

#include "services/portfolio/domain/reason.h"
#include "services/portfolio/domain/timeline.h"
#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

namespace alerting = encours::alerting::v1alpha1;
namespace dunning = encours::dunning::v1alpha1;
namespace risk = encours::risk::v1alpha1;
using testing::day;

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

RiskRecord criterion(std::int64_t before, std::int64_t after) {
  RiskRecord record;
  auto& change = *record.mutable_criterion_changed();
  change.set_criterion(risk::CRITERION_SOLVENCY_SCORE);
  change.set_provider("altares");
  if (before >= 0) change.mutable_old_value()->set_number(before);
  if (after >= 0) change.mutable_new_value()->set_number(after);
  return record;
}

TEST(Reasons, OfRisk) {
  EXPECT_EQ(reason_of(criterion(-1, 60)), "altares: solvency score is 60.");
  auto worse = criterion(60, 40);
  worse.mutable_criterion_changed()->set_severity(risk::SEVERITY_WARNING);
  EXPECT_EQ(reason_of(worse), "altares: solvency score went from 60 to 40 (warning).");
  EXPECT_EQ(reason_of(criterion(60, -1)), "altares: solvency score is no longer given; it was 60.");
  RiskRecord ended;
  ended.mutable_fetch_ended()->set_provider("altares");
  ended.mutable_fetch_ended()->set_outcome(risk::FETCH_OUTCOME_FAILED);
  ended.mutable_fetch_ended()->set_code("http_500");
  EXPECT_EQ(reason_of(ended), "Provider altares gave no answer (http_500); its last values stand.");
  RiskRecord watched;
  watched.mutable_monitoring_changed()->set_monitored(true);
  watched.mutable_monitoring_changed()->set_reason_code("policy");
  EXPECT_EQ(reason_of(watched), "The company is watched (policy).");
}

TEST(Reasons, OfAScore) {
  ScoreRecord record;
  auto& score = *record.mutable_score_computed()->mutable_score();
  score.set_score_hundredths(6'929);
  score.set_paid_invoice_count(2);
  auto* factor = score.add_factors();
  factor->set_name("payment_index");
  factor->set_contribution_hundredths(6'929);
  EXPECT_EQ(reason_of(record), "Score 69.29: payment index 69.29; 2 paid invoices.");
  record.mutable_score_computed()->set_previous_score_hundredths(8'005);
  EXPECT_EQ(reason_of(record), "Score 69.29 (80.05 before): payment index 69.29; 2 paid invoices.");
}

TEST(Reasons, OfDunning) {
  DunningRecord record;
  auto& action = *record.mutable_action_planned()->mutable_action();
  action.set_step("R1");
  set_date(day("2026-02-03"), action.mutable_day());
  action.add_lines()->set_invoice("F-1");
  *action.mutable_amount() = make_money("EUR", 123'456);
  EXPECT_EQ(reason_of(record),
            "The message of step R1 is planned for 2026-02-03: 1 invoice, 1234.56 EUR.");
  DunningRecord change;
  change.mutable_case_state_changed()->set_currency_code("EUR");
  change.mutable_case_state_changed()->set_from(dunning::CASE_STATE_OVERDUE);
  change.mutable_case_state_changed()->set_to(dunning::CASE_STATE_LEVEL);
  change.mutable_case_state_changed()->set_level(2);
  EXPECT_EQ(reason_of(change), "The dunning case in EUR went from overdue to level 2.");
  change.mutable_case_state_changed()->set_from(dunning::CASE_STATE_LEVEL);
  change.mutable_case_state_changed()->set_from_level(1);
  EXPECT_EQ(reason_of(change), "The dunning case in EUR went from level 1 to level 2.");
}

TEST(Reasons, OfLimitsAndTheirAlerts) {
  ReceivableRecord record;
  auto& limit = *record.mutable_internal_limit_changed();
  EXPECT_EQ(reason_of(record), "The customer has no internal limit from now on.");
  *limit.mutable_amount() = make_money("EUR", 50'000);
  set_date(day("2026-01-01"), limit.mutable_valid_from());
  set_date(day("2026-12-31"), limit.mutable_valid_until());
  EXPECT_EQ(reason_of(record),
            "The internal limit is 500.00 EUR from 2026-01-01 on, until 2026-12-31.");
  AlertRecord alert;
  auto& raised = *alert.mutable_raised();
  raised.set_kind(alerting::ALERT_KIND_LIMIT_EXCEEDED);
  *raised.mutable_amount() = make_money("EUR", 50'001);
  *raised.mutable_limit() = make_money("EUR", 50'000);
  set_date(day("2026-02-03"), raised.mutable_day());
  EXPECT_EQ(reason_of(alert),
            "Alert: exposure of 500.01 EUR is above the limit of 500.00 EUR on 2026-02-03.");
  raised.set_kind(alerting::ALERT_KIND_SCORE_DROP);
  raised.set_old_score_hundredths(8'000);
  raised.set_new_score_hundredths(6'999);
  EXPECT_EQ(reason_of(alert), "Alert: the score of 2026-02-03 is 69.99, down from 80.00.");
}

// All texts as long as they come and all numbers as large.
template <class Message>
void fill(Message* message, int depth = 0) {
  const auto* type = message->GetDescriptor();
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->real_containing_oneof() != nullptr && depth == 0) continue;
    using Field = google::protobuf::FieldDescriptor;
    if (field->is_repeated()) continue;
    switch (field->cpp_type()) {
      case Field::CPPTYPE_STRING: {
        const bool currency = field->name() == "currency_code" && type->name() == "Money";
        std::string text;
        for (int n = 0; n < 100; ++n) text += "\xC3\xA9";
        reflection->SetString(message, field, currency ? "EUR" : text);
        break;
      }
      case Field::CPPTYPE_INT64:
        reflection->SetInt64(message, field, -INT64_MAX);
        break;
      case Field::CPPTYPE_INT32:
        reflection->SetInt32(message, field, field->name() == "year" ? 2026 : 12);
        break;
      case Field::CPPTYPE_MESSAGE:
        if (field->message_type()->name() != "Timestamp" && depth < 4) {
          fill(reflection->MutableMessage(message, field), depth + 1);
        }
        break;
      default:
        break;
    }
  }
}

template <class Record>
void expect_short() {
  const auto* type = Record::descriptor();
  const auto* oneof = type->FindOneofByName("fact");
  for (int i = 0; i < oneof->field_count(); ++i) {
    Record record;
    google::protobuf::Message* body =
        record.GetReflection()->MutableMessage(&record, oneof->field(i));
    fill(body, 1);
    const std::string sentence = reason_of(record);
    EXPECT_LE(characters(sentence), 140u) << sentence;
    EXPECT_EQ(sentence.back(), '.');
  }
}

TEST(Reasons, AreShortWhateverTheNames) {
  expect_short<RiskRecord>();
  expect_short<DunningRecord>();
  ScoreRecord record;
  auto& computed = *record.mutable_score_computed();
  computed.set_previous_score_hundredths(10'000);
  computed.mutable_score()->set_score_hundredths(10'000);
  computed.mutable_score()->set_paid_invoice_count(1'000'000);
  for (const char* name : {"payment_index", "solvency_score", "external_payment_index"}) {
    auto* factor = computed.mutable_score()->add_factors();
    factor->set_name(name);
    factor->set_contribution_hundredths(3'333);
  }
  EXPECT_LE(characters(reason_of(record)), 140u) << reason_of(record);
}

TEST(Timeline, HoldsTheFactsOfAllServices) {
  testing::FoldedRows rows;
  rows.fold("C1", criterion(60, 40));
  ScoreRecord score;
  score.mutable_score_computed()->mutable_score()->set_score_hundredths(6'000);
  rows.fold("C1", score);
  DunningRecord planned;
  auto& action = *planned.mutable_action_planned()->mutable_action();
  action.set_id("a1");
  action.set_currency_code("EUR");
  action.add_lines()->set_invoice("F-1");
  *action.mutable_amount() = make_money("EUR", 100);
  rows.fold("C1", planned);
  DunningRecord sent;
  sent.mutable_action_sent()->set_action("a1");
  sent.mutable_action_sent()->add_invoices("F-1");
  rows.fold("C1", sent);
  std::vector<api::TimelineEntry> entries;
  rows.view("C1").scan(kTimelineTable, {}, [&](std::string_view, const state::TimelineRow& row) {
    entries.push_back(timeline_entry(row));
    return true;
  });
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].kind(), "criterion_changed");
  EXPECT_EQ(entries[1].kind(), "score_computed");
  EXPECT_TRUE(entries[1].has_score());
  EXPECT_EQ(entries[2].kind(), "action_planned");
  EXPECT_EQ(entries[2].document(), "F-1");
  EXPECT_EQ(entries[2].amount().minor(), 100);
  EXPECT_EQ(entries[3].kind(), "action_sent");
  EXPECT_EQ(entries[3].document(), "F-1");
  for (const auto& entry : entries) EXPECT_FALSE(entry.reason().empty());
}

}  // namespace
}  // namespace encours::portfolio
