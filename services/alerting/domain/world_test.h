// TestWorld: the stage "alerting" with rows and timers in memory, for tests only.
//
// It gives records to the stage, applies the Effects at once, collects facts and replies, and fires
// timers up to an instant as the runtime does. Single-threaded; a decision that fails ends the
// test. Times are UTC; the tenants live in Europe/Paris.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/stream/decode.h"
#include "encours/alerting/v1alpha1/alerting.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/scoring/v1alpha1/scores.pb.h"
#include "services/alerting/domain/alert_book.h"
#include "services/alerting/domain/dates.h"
#include "services/alerting/domain/decide.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {

namespace receivables = encours::receivables::v1alpha1;

inline Instant utc(const std::string& text) { return Instant::parse(text).value(); }
inline Date on(const std::string& text) { return Date::parse(text).value(); }

class TestWorld : public RowReader {
 public:
  explicit TestWorld(FeedLimits limits = {}) : stage_(limits) {
    add_tenant("acme", 1);
    add_tenant("other", 2);
  }

  std::optional<std::string> get(std::string_view key) const override {
    const auto found = rows.find(std::string(key));
    if (found == rows.end()) return std::nullopt;
    return found->second;
  }
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    for (auto at = rows.lower_bound(std::string(from)); at != rows.end(); ++at) {
      if (!until.empty() && at->first >= until) return;
      if (!visit(at->first, at->second)) return;
    }
  }

  // A record of encours.receivables; `fact` has its body and account.
  stream::Record ledger_record(const receivables::ReceivableRecord& fact,
                               const std::string& id,
                               Instant at,
                               Instant occurred_at,
                               const std::string& tenant = "acme") const {
    stream::Record record;
    record.at = at;
    record.key = stream::make_key(tenant, fact.account());
    record.value = stream::Effects::serialise(fact);
    record.envelope.set_tenant(tenant);
    record.envelope.set_id(id);
    record.envelope.set_actor("clock");
    stream::set_timestamp(at, record.envelope.mutable_recorded_at());
    stream::set_timestamp(occurred_at, record.envelope.mutable_occurred_at());
    return record;
  }

  static stream::Record acknowledge_record(const std::string& account,
                                           const std::string& alert,
                                           const std::string& request_id,
                                           Instant at) {
    v1alpha1::AcknowledgeAlertRequest request;
    request.set_tenant("acme");
    request.set_request_id(request_id);
    request.set_account(account);
    request.set_alert(alert);
    stream::Record record;
    record.kind = stream::RecordKind::kCommand;
    record.input = 1;
    record.at = at;
    record.key = stream::make_key("acme", account);
    record.envelope.set_tenant("acme");
    record.envelope.set_id("command-" + request_id);
    record.envelope.set_actor("user:lea");
    record.command.set_request_id(request_id);
    record.command.set_type(request.GetTypeName());
    record.command.set_body(request.SerializeAsString());
    return record;
  }

  Result<stream::Effects> decide(const stream::Record& record) {
    const stream::View view(*this, stage_.scope(record));
    return stage_.decide(view, record, stream::Settings(settings_, 2));
  }

  // Decides and applies. The Effects are returned for their reply.
  stream::Effects take(const stream::Record& record) {
    auto effects = decide(record);
    EXPECT_TRUE(effects.ok()) << describe(effects.failure());
    apply(*effects, stage_.scope(record), record.tenant());
    return *effects;
  }

  // A tick: fires what is due, also what the firing sets.
  void tick(Instant until) {
    while (!timers.empty() && std::get<0>(*timers.begin()) <= until) {
      const auto [due, scope, kind, entity] = *timers.begin();
      timers.erase(timers.begin());
      ++timers_fired;
      stream::Record record;
      record.kind = stream::RecordKind::kTimer;
      record.at = until;
      record.timer = {kind, entity, due};
      record.envelope.set_tenant(KeyReader(scope).text().value());
      record.envelope.set_id("timer-" + std::to_string(timers_fired));
      take(record);
    }
  }

  std::vector<std::pair<std::int64_t, Alert>> feed(const std::string& tenant = "acme") const {
    std::vector<std::pair<std::int64_t, Alert>> out;
    const stream::View view(*this, tenant_scope(tenant));
    view.scan(kFeedTable, KeyWriter(), [&](std::string_view key, const state::AlertFeedRow& row) {
      out.emplace_back(KeyReader(key).number().value(), row.after());
      return true;
    });
    return out;
  }
  std::vector<state::AlertRow> alerts(const std::string& tenant = "acme") const {
    std::vector<state::AlertRow> out;
    const stream::View view(*this, tenant_scope(tenant));
    view.scan(kAlertTable, KeyWriter(), [&](std::string_view, const state::AlertRow& row) {
      out.push_back(row);
      return true;
    });
    return out;
  }
  std::vector<std::string> active_alerts() const {
    std::vector<std::string> out;
    const stream::View view(*this, tenant_scope("acme"));
    view.scan(kActiveTable, KeyWriter(), [&](std::string_view, const state::ActiveAlertRow& row) {
      out.push_back(row.alert());
      return true;
    });
    return out;
  }

  std::map<std::string, std::string> rows;
  // (due, scope, kind, entity): the order in which the runtime fires timers.
  std::set<std::tuple<Instant, std::string, std::uint8_t, std::string>> timers;
  std::vector<v1alpha1::AlertRecord> facts;
  std::vector<std::string> fact_keys;
  int timers_fired = 0;

 private:
  void add_tenant(const std::string& name, std::int64_t sequence) {
    stream::TenantSetting tenant;
    tenant.set_clock_mode(stream::TenantSetting::CLOCK_MODE_EVENTS);
    tenant.set_time_zone("Europe/Paris");
    stream::Setting setting;
    setting.mutable_envelope()->set_tenant(name);
    setting.set_sequence(sequence);
    setting.set_kind("tenant");
    setting.set_name("tenant");
    setting.set_type(tenant.GetTypeName());
    setting.set_body(tenant.SerializeAsString());
    settings_.add(setting);
  }

  void apply(const stream::Effects& effects, const std::string& scope, const std::string& tenant) {
    for (const auto& change : effects.row_changes()) {
      // A row of another tenant would be a hole between tenants.
      EXPECT_EQ(KeyReader(std::string_view(change.key).substr(1)).text(), tenant);
      if (change.value) {
        rows[change.key] = *change.value;
      } else {
        rows.erase(change.key);
      }
    }
    for (const auto& change : effects.timers) {
      std::erase_if(timers, [&](const auto& timer) {
        return std::get<1>(timer) == scope && std::get<2>(timer) == change.kind &&
               std::get<3>(timer) == change.entity;
      });
      if (change.due) timers.insert({*change.due, scope, change.kind, change.entity});
    }
    for (const auto& fact : effects.facts) {
      EXPECT_EQ(fact.topic, "encours.alerts");
      v1alpha1::AlertRecord record;
      EXPECT_TRUE(record.ParseFromString(fact.body));
      facts.push_back(record);
      fact_keys.push_back(fact.key);
    }
  }

  AlertingStage stage_;
  stream::SettingsTable settings_;
};

// A record of encours.scores, as of a day.
inline stream::Record score_record(const std::string& account, std::int64_t hundredths, Date day) {
  encours::scoring::v1alpha1::ScoreRecord fact;
  fact.set_account(account);
  auto& score = *fact.mutable_score_computed()->mutable_score();
  score.set_account(account);
  score.set_score_hundredths(hundredths);
  *score.mutable_as_of() = to_proto(day);
  stream::Record record;
  record.input = 2;
  record.at = Zone::load("Europe/Paris")->at(day, 0, 0);
  record.key = stream::make_key("acme", account);
  record.value = fact.SerializeAsString();
  record.envelope.set_tenant("acme");
  record.envelope.set_id("score-" + account + "-" + day.to_string());
  record.envelope.set_actor("clock");
  return record;
}

// Bodies of facts.
inline receivables::ReceivableRecord overdue_fact(const std::string& account,
                                                  const std::string& invoice,
                                                  Date due_date,
                                                  std::int64_t open_minor) {
  receivables::ReceivableRecord fact;
  fact.set_account(account);
  auto* overdue = fact.mutable_invoice_overdue();
  overdue->set_invoice(invoice);
  *overdue->mutable_due_date() = to_proto(due_date);
  overdue->mutable_open_amount()->set_currency_code("EUR");
  overdue->mutable_open_amount()->set_minor(open_minor);
  return fact;
}
inline receivables::ReceivableRecord settled_fact(const std::string& account,
                                                  const std::string& invoice) {
  receivables::ReceivableRecord fact;
  fact.set_account(account);
  fact.mutable_invoice_settled()->set_invoice(invoice);
  return fact;
}
inline receivables::ReceivableRecord cancelled_fact(const std::string& account,
                                                    const std::string& invoice) {
  receivables::ReceivableRecord fact;
  fact.set_account(account);
  fact.mutable_invoice_cancelled()->set_invoice(invoice);
  return fact;
}
inline receivables::ReceivableRecord recorded_fact(const std::string& account,
                                                   const std::string& invoice,
                                                   Date due_date) {
  receivables::ReceivableRecord fact;
  fact.set_account(account);
  fact.mutable_invoice_recorded()->set_invoice(invoice);
  *fact.mutable_invoice_recorded()->mutable_due_date() = to_proto(due_date);
  return fact;
}

}  // namespace encours::alerting
