// Facts of the ledger and of providers in one line each, and the stages of scoring joined in
// memory, for tests only. Tenant acme lives in Europe/Paris; times are UTC.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/stream/testing/harness.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/risk/v1alpha1/facts.pb.h"
#include "services/scoring/domain/days.h"
#include "services/scoring/domain/history_stage.h"
#include "services/scoring/domain/score_stage.h"
#include "services/scoring/domain/segment_stage.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring::testing {

using encours::receivables::v1alpha1::ReceivableRecord;
using encours::risk::v1alpha1::RiskRecord;
using stream::testing::EmittedFact;
using stream::testing::StageHarness;

inline constexpr const char* kTenant = "acme";

inline Instant utc(const std::string& text) { return Instant::parse(text).value(); }
inline Date on(const std::string& text) { return Date::parse(text).value(); }
inline Zone paris() { return Zone::load("Europe/Paris").value(); }
// A moment of a day in Paris.
inline Instant during(Date day, int hour = 12, int minute = 0) {
  return paris().at(day, hour, minute);
}

inline void set_money(const std::string& currency,
                      std::int64_t minor,
                      encours::common::v1alpha1::Money* out) {
  out->set_currency_code(currency);
  out->set_minor(minor);
}

inline ReceivableRecord about(const std::string& account) {
  ReceivableRecord fact;
  fact.set_account(account);
  return fact;
}
inline ReceivableRecord account_changed(const std::string& account,
                                        const std::string& segment,
                                        const std::string& owner = "") {
  auto fact = about(account);
  fact.mutable_account_changed()->set_segment(segment);
  fact.mutable_account_changed()->set_owner(owner);
  return fact;
}
inline ReceivableRecord recorded(const std::string& account,
                                 const std::string& invoice,
                                 Date due,
                                 std::int64_t gross,
                                 const std::string& currency = "EUR") {
  auto fact = about(account);
  fact.mutable_invoice_recorded()->set_invoice(invoice);
  set_date(due, fact.mutable_invoice_recorded()->mutable_due_date());
  set_money(currency, gross, fact.mutable_invoice_recorded()->mutable_gross_amount());
  return fact;
}
inline ReceivableRecord allocated(const std::string& account,
                                  const std::string& invoice,
                                  Date day,
                                  std::int64_t amount,
                                  bool credit_note = false) {
  auto fact = about(account);
  auto& body = *fact.mutable_allocation_recorded();
  body.set_invoice(invoice);
  credit_note ? body.set_credit_note("K-1") : body.set_payment("P-1");
  set_date(day, body.mutable_effective_date());
  set_money("EUR", amount, body.mutable_amount());
  return fact;
}
inline ReceivableRecord reversed(const std::string& account,
                                 const std::string& invoice,
                                 Date day,
                                 std::int64_t amount) {
  auto fact = about(account);
  auto& body = *fact.mutable_allocation_reversed();
  body.set_invoice(invoice);
  body.set_payment("P-1");
  set_date(day, body.mutable_effective_date());
  set_money("EUR", amount, body.mutable_amount());
  return fact;
}
inline ReceivableRecord settled(const std::string& account, const std::string& invoice, Date day) {
  auto fact = about(account);
  fact.mutable_invoice_settled()->set_invoice(invoice);
  set_date(day, fact.mutable_invoice_settled()->mutable_settled_on());
  return fact;
}
inline ReceivableRecord cancelled(const std::string& account,
                                  const std::string& invoice,
                                  Date day) {
  auto fact = about(account);
  fact.mutable_invoice_cancelled()->set_invoice(invoice);
  set_date(day, fact.mutable_invoice_cancelled()->mutable_cancelled_on());
  return fact;
}
// `value` below 0 takes the figure away.
inline RiskRecord criterion(const std::string& account,
                            encours::risk::v1alpha1::Criterion criterion,
                            const std::string& provider,
                            std::int64_t value,
                            const std::string& as_of,
                            Instant fetched_at) {
  RiskRecord record;
  record.set_account(account);
  auto& change = *record.mutable_criterion_changed();
  change.set_criterion(criterion);
  change.set_provider(provider);
  if (value >= 0) change.mutable_new_value()->set_number(value);
  if (!as_of.empty()) set_date(on(as_of), change.mutable_as_of());
  stream::set_timestamp(fetched_at, change.mutable_fetched_at());
  return record;
}

// The three stages with all that goes between them, on one partition. Facts are handled at once as
// in wall mode; midnight() handles one tick in all of them and then what it has caused.
class Chain {
 public:
  Chain() {
    for (StageHarness* one : {&history, &segment, &score}) one->open_tenant(kTenant);
  }

  void take(const ReceivableRecord& fact, Instant at) { take(fact.account(), fact, at, 0); }
  void take(const RiskRecord& fact, Instant at) { take(fact.account(), fact, at, 1); }
  template <class Message>
  void take(const std::string& account, const Message& fact, Instant at, int input) {
    ASSERT_TRUE(history
                    .handle(StageHarness::fact_record(
                        kTenant, account, at, "fact-" + std::to_string(++count_), fact, input))
                    .ok());
    pass_on();
  }

  // One tick, as it goes from stage to stage.
  void tick(Instant at) {
    history.tick(at);
    pass_on();
    segment.tick(at);
    score.tick(at);
    // The means of this tick, and the scores.
    pass_on();
  }

  // An invoice that comes and is paid in full on one day.
  void paid(const std::string& account,
            const std::string& invoice,
            Date due,
            Date day,
            std::int64_t gross,
            const std::string& currency = "EUR") {
    take(recorded(account, invoice, due, gross, currency), during(day));
    take(allocated(account, invoice, day, gross), during(day));
    take(settled(account, invoice, day), during(day));
  }

  std::vector<api::ScoreComputed> take_scores() { return std::exchange(scores_, {}); }
  const std::vector<api::HistoryRecord>& histories() const { return histories_; }
  const std::vector<api::ContributionRecord>& contributions() const { return contributions_; }
  const std::vector<api::MeanRecord>& means() const { return means_; }

  HistoryStage history_stage;
  SegmentStage segment_stage;
  ScoreStage score_stage;
  StageHarness history{history_stage};
  StageHarness segment{segment_stage};
  StageHarness score{score_stage};

 private:
  void pass_on() {
    for (const auto& emitted : history.take_facts()) {
      if (emitted.fact.topic == kHistoriesTopic) {
        histories_.push_back(emitted.as<api::HistoryRecord>());
        give(score, emitted, 0);
      } else {
        contributions_.push_back(emitted.as<api::ContributionRecord>());
        give(segment, emitted, 0);
      }
    }
    for (const auto& emitted : segment.take_facts()) {
      EXPECT_TRUE(emitted.fact.to_all_partitions);
      means_.push_back(emitted.as<api::MeanRecord>());
      give(score, emitted, 1);
    }
    for (const auto& emitted : score.take_facts()) {
      scores_.push_back(emitted.as<api::ScoreRecord>().score_computed());
    }
  }
  // Without firing timers first: in the log a tick comes behind the records of its instant.
  void give(StageHarness& to, const EmittedFact& emitted, int input) {
    stream::Envelope envelope;
    envelope.set_tenant(kTenant);
    envelope.set_id("derived-" + std::to_string(++count_));
    stream::set_timestamp(emitted.at, envelope.mutable_recorded_at());
    stream::set_timestamp(emitted.fact.occurred_at.value_or(emitted.at),
                          envelope.mutable_occurred_at());
    stream::Record record;
    record.input = input;
    record.at = emitted.at;
    record.key = emitted.fact.key;
    record.value = stream::encode_fact(envelope, emitted.fact.body);
    record.envelope = std::move(envelope);
    ASSERT_TRUE(to.handle(record).ok());
  }

  int count_ = 0;
  std::vector<api::HistoryRecord> histories_;
  std::vector<api::ContributionRecord> contributions_;
  std::vector<api::MeanRecord> means_;
  std::vector<api::ScoreComputed> scores_;
};

}  // namespace encours::scoring::testing
