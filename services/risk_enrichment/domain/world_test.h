// RiskWorld: the stage "companies" with rows and timers in memory, and a provider that answers what
// the test says, for tests only.
//
// Each effect that the stage plans is kept until answer() or fail() ends it. Times are UTC; the
// tenant "acme" lives in Europe/Paris, on its own clock unless told otherwise. Single-threaded.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/stream/testing/harness.h"
#include "encours/risk/v1alpha1/internal.pb.h"
#include "encours/risk/v1alpha1/risk.pb.h"
#include "services/risk_enrichment/domain/companies_stage.h"
#include "services/risk_enrichment/domain/dates.h"
#include "services/risk_enrichment/domain/provider_book.h"

namespace encours::risk {

inline Instant utc(const std::string& text) { return Instant::parse(text).value(); }

inline constexpr const char* kSirenA = "siren:552032534";
inline constexpr const char* kSirenB = "siren:732829320";

struct Asked {
  std::string effect;
  Instant at;
  api::FetchCompany fetch;
};

class RiskWorld {
  CompaniesStage stage_;

 public:
  stream::testing::StageHarness harness;
  std::vector<Asked> asked;

  explicit RiskWorld(
      stream::TenantSetting::ClockMode mode = stream::TenantSetting::CLOCK_MODE_EVENTS)
      : harness(stage_) {
    harness.open_tenant("acme", "Europe/Paris", mode);
  }

  // "sirene" free every 30 days, "altares" for 4.50 EUR every 7 days; stale after 40 and 10.
  static api::RiskPolicy policy(api::RiskPolicy::Watch watch = api::RiskPolicy::WATCH_ALL) {
    api::RiskPolicy policy;
    policy.set_watch(watch);
    auto& altares = *policy.add_providers();
    altares.set_provider("altares");
    altares.set_refresh_days(7);
    altares.set_stale_after_days(10);
    altares.mutable_cost()->set_currency_code("EUR");
    altares.mutable_cost()->set_minor(450);
    auto& sirene = *policy.add_providers();
    sirene.set_provider("sirene");
    sirene.set_refresh_days(30);
    sirene.set_stale_after_days(40);
    return policy;
  }
  // Of one provider only, for tests that follow it.
  static api::RiskPolicy altares_only() {
    api::RiskPolicy one = policy();
    one.mutable_providers()->DeleteSubrange(1, 1);
    return one;
  }
  void publish(const api::RiskPolicy& policy) {
    harness.set_setting("acme", kPolicyKind, kPolicyName, policy);
    changed_ = true;
  }
  void go_live(Instant from, stream::TenantSetting::ClockMode mode) {
    stream::TenantSetting setting;
    setting.set_time_zone("Europe/Paris");
    setting.set_clock_mode(mode);
    *setting.mutable_live_from() = to_proto(from);
    harness.set_setting("acme", "tenant", "tenant", setting);
    changed_ = true;
  }

  void link(const std::string& company, const std::string& account, Instant at) {
    api::CompanyRecord fact;
    fact.set_legal_entity(company);
    fact.mutable_account_linked()->set_account(account);
    take_fact(fact, at);
  }
  void unlink(const std::string& company, const std::string& account, Instant at) {
    api::CompanyRecord fact;
    fact.set_legal_entity(company);
    fact.mutable_account_unlinked()->set_account(account);
    take_fact(fact, at);
  }
  void tick(Instant at) {
    if (std::exchange(changed_, false)) sweep(at);
    harness.advance(at);
    collect(at);
  }

  // What is asked and not ended yet, by provider and company; takes it.
  Asked take_asked(const std::string& provider, const std::string& company = kSirenA) {
    for (auto it = asked.begin(); it != asked.end(); ++it) {
      if (it->fetch.provider() != provider || it->fetch.legal_entity() != company) continue;
      Asked one = *it;
      asked.erase(it);
      return one;
    }
    ADD_FAILURE() << provider << " is not asked about " << company;
    return {};
  }
  void end(const Asked& one, api::FetchAnswer answer, Instant at) {
    answer.set_provider(one.fetch.provider());
    answer.set_legal_entity(one.fetch.legal_entity());
    *answer.mutable_fetched_at() = to_proto(at);
    stream::Record record;
    record.kind = stream::RecordKind::kOutcome;
    record.input = 1;
    record.at = at;
    record.key = stream::make_key("acme", one.fetch.legal_entity());
    record.envelope.set_tenant("acme");
    record.envelope.set_id("outcome-" + one.effect);
    record.outcome.set_effect(one.effect);
    record.outcome.set_type(answer.GetDescriptor()->full_name());
    record.outcome.set_body(stream::Effects::serialise(answer));
    ASSERT_TRUE(harness.handle(record).ok());
    collect(at);
  }
  void end(const Asked& one,
           api::FetchOutcome outcome,
           const std::string& code,
           Instant at,
           std::int64_t retry_after_s = 0) {
    api::FetchAnswer answer;
    answer.set_outcome(outcome);
    answer.set_code(code);
    answer.set_retry_after_s(retry_after_s);
    end(one, answer, at);
  }
  template <class Request>
  stream::Reply command(Request request, Instant at) {
    request.set_tenant("acme");
    request.set_request_id("request-" + std::to_string(++records_));
    stream::Record record;
    record.kind = stream::RecordKind::kCommand;
    record.input = 2;
    record.at = at;
    record.key = stream::make_key("acme", request.legal_entity());
    record.envelope.set_tenant("acme");
    record.envelope.set_id(request.request_id());
    record.envelope.set_actor("user:lea");
    record.command.set_request_id(request.request_id());
    record.command.set_type(request.GetTypeName());
    record.command.set_body(request.SerializeAsString());
    EXPECT_TRUE(harness.handle(record).ok());
    collect(at);
    EXPECT_TRUE(harness.last_reply().has_value());
    return harness.last_reply().value_or(stream::Reply{});
  }

  std::vector<api::RiskRecord> take_facts() {
    std::vector<api::RiskRecord> bodies;
    for (const auto& emitted : harness.take_facts()) {
      bodies.push_back(emitted.as<api::RiskRecord>());
      EXPECT_EQ(emitted.fact.topic, kRiskTopic);
      EXPECT_EQ(emitted.fact.key, "acme/" + bodies.back().account());
    }
    return bodies;
  }
  // The facts since the last call in short, "C-1 SOLVENCY_SCORE - 40 INFO", "C-1 altares FAILED x".
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const auto& record : take_facts()) lines.push_back(line_of(record));
    return lines;
  }

  state::CompanyProviderRow provider(const std::string& name,
                                     const std::string& company = kSirenA) const {
    return harness.view("acme", company)
        .get(kProviderTable, KeyWriter().text(name))
        .value_or(state::CompanyProviderRow());
  }

  static std::string text_of(const api::CriterionValue& value) {
    switch (value.value_case()) {
      case api::CriterionValue::kNumber:
        return std::to_string(value.number());
      case api::CriterionValue::kCode:
        return value.code();
      case api::CriterionValue::kMoney:
        return std::to_string(value.money().minor()) + value.money().currency_code();
      case api::CriterionValue::kDate:
        return stored_date(value.date()).to_string();
      case api::CriterionValue::VALUE_NOT_SET:
        return "-";
    }
    return "?";
  }
  static std::string line_of(const api::RiskRecord& record) {
    const std::string head = record.account() + " ";
    if (record.has_monitoring_changed()) {
      const auto& fact = record.monitoring_changed();
      return head + (fact.monitored() ? "watched " : "left ") + fact.reason_code();
    }
    if (record.has_fetch_ended()) {
      const auto& fact = record.fetch_ended();
      return head + fact.provider() + " " + api::FetchOutcome_Name(fact.outcome()).substr(14) +
             (fact.code().empty() ? "" : " " + fact.code());
    }
    const auto& fact = record.criterion_changed();
    return head + api::Criterion_Name(fact.criterion()).substr(10) + " " +
           text_of(fact.old_value()) + " " + text_of(fact.new_value()) + " " +
           api::Severity_Name(fact.severity()).substr(9);
  }

 private:
  void take_fact(const api::CompanyRecord& fact, Instant at) {
    ASSERT_TRUE(harness
                    .handle(stream::testing::StageHarness::fact_record(
                        "acme", fact.legal_entity(), at, "r" + std::to_string(++records_), fact))
                    .ok());
    collect(at);
  }
  // As the runtime does at the first tick with new settings, before its timers.
  void sweep(Instant at) {
    harness.advance(at - Duration(1));
    std::vector<std::string> companies;
    for (const auto& [key, value] : harness.rows().all()) {
      if (static_cast<std::uint8_t>(key[0]) != kCompanyTable.id) continue;
      KeyReader reader(std::string_view(key).substr(1));
      reader.text();
      companies.push_back(reader.text().value_or(""));
    }
    for (const auto& company : companies) {
      stream::Record record;
      record.kind = stream::RecordKind::kSweep;
      record.at = at;
      record.key = stream::make_key("acme", company);
      record.envelope.set_tenant("acme");
      record.envelope.set_id("sweep-" + company);
      EXPECT_TRUE(harness.handle(record).ok());
    }
  }
  void collect(Instant at) {
    for (const auto& intent : harness.take_intents()) {
      EXPECT_EQ(intent.kind, kFetchKind);
      Asked one{intent.id, at, {}};
      EXPECT_TRUE(one.fetch.ParseFromString(intent.body));
      EXPECT_TRUE(ids_.insert(one.effect).second) << "an attempt has an id of its own";
      asked.push_back(one);
    }
  }

  std::set<std::string> ids_;
  int records_ = 0;
  bool changed_ = false;
};

inline api::AnsweredCriterion number(api::Criterion criterion, std::int64_t value) {
  api::AnsweredCriterion one;
  one.set_criterion(criterion);
  one.mutable_value()->set_number(value);
  return one;
}
inline api::AnsweredCriterion code(api::Criterion criterion, const std::string& value) {
  api::AnsweredCriterion one;
  one.set_criterion(criterion);
  one.mutable_value()->set_code(value);
  return one;
}
inline api::AnsweredCriterion euros(api::Criterion criterion, std::int64_t minor) {
  api::AnsweredCriterion one;
  one.set_criterion(criterion);
  one.mutable_value()->mutable_money()->set_currency_code("EUR");
  one.mutable_value()->mutable_money()->set_minor(minor);
  return one;
}
inline api::FetchAnswer ok(const std::vector<api::AnsweredCriterion>& criteria) {
  api::FetchAnswer answer;
  answer.set_outcome(api::FETCH_OUTCOME_OK);
  answer.set_document_sha256("d0c");
  for (const auto& one : criteria) *answer.add_criteria() = one;
  return answer;
}

}  // namespace encours::risk
