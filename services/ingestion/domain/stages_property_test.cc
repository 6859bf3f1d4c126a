// Goal: it makes no difference to the ledger when a reference becomes known: whatever the order in
// which registrations and questions come, each event goes to the one account that owns what it
// names. Method: RapidCheck shuffles them; it prints its seed, which RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "services/ingestion/domain/identity_stage.h"
#include "services/ingestion/domain/reference_stage.h"
#include "services/ingestion/domain/testing.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;
using stream::testing::StageHarness;

// Runs events through both stages as the log does: what identity emits goes to reference by key.
class Chain {
 public:
  void handle(const proto::LookupRecord& check) {
    const auto& event = check.check_identity().event();
    now_ = now_ + std::chrono::seconds(1);
    const std::string id = "r" + std::to_string(++records_);
    RC_ASSERT(identity_.handle(
        StageHarness::fact_record("acme", "id/sap/" + event.id(), now_, id, check)));
    for (const auto& emitted : identity_.take_facts()) {
      if (emitted.fact.topic == "encours.ingestion.ledger") {
        count(emitted.as<proto::LedgerRecord>());
        continue;
      }
      const std::string entity(stream::entity_of_key(emitted.fact.key));
      RC_ASSERT(reference_.handle(StageHarness::fact_record(
          "acme", entity, now_, id + emitted.fact.key, emitted.as<proto::LookupRecord>())));
      for (const auto& answer : reference_.take_facts()) count(answer.as<proto::LedgerRecord>());
    }
  }

  // Accounts by event id.
  const std::map<std::string, std::vector<std::string>>& ledger() const { return ledger_; }
  bool refused() {
    return !identity_.take_refusals().empty() || !reference_.take_refusals().empty();
  }

 private:
  void count(const proto::LedgerRecord& record) {
    ledger_[record.event().id()].push_back(record.account());
  }

  IdentityStage identity_stage_;
  ReferenceStage reference_stage_;
  StageHarness identity_{identity_stage_};
  StageHarness reference_{reference_stage_};
  Instant now_ = at("2026-01-31T05:00:00Z");
  int records_ = 0;
  std::map<std::string, std::vector<std::string>> ledger_;
};

proto::LookupRecord check_of(const std::string& text) {
  proto::LookupRecord lookup;
  *lookup.mutable_check_identity()->mutable_event() = event_of(text);
  lookup.mutable_check_identity()->set_content_digest(text);
  return lookup;
}

RC_GTEST_PROP(Stages, order_of_arrival_does_not_matter, ()) {
  const int invoices = *rc::gen::inRange(1, 6);
  std::vector<proto::LookupRecord> checks;
  std::map<std::string, std::vector<std::string>> expected;
  for (int i = 0; i < invoices; ++i) {
    const std::string n = std::to_string(i);
    const std::string account = "C" + std::to_string(*rc::gen::inRange(0, 3));
    checks.push_back(check_of("id: \"i" + n + "\" invoice_issued { number: \"F" + n +
                              "\" account: \"" + account + "\" }"));
    expected["i" + n] = {account};
    for (int p = *rc::gen::inRange(0, 3); p-- > 0;) {
      const std::string id = "p" + n + "-" + std::to_string(p);
      checks.push_back(check_of("id: \"" + id + "\" payment_received { payment: \"" + id +
                                "\" allocations { invoice: \" f" + n + "\" } }"));
      expected[id] = {account};
    }
  }
  // Some come twice, as a door sends them after a lost answer.
  for (int again = *rc::gen::inRange(0, 4); again-- > 0;) {
    checks.push_back(checks[*rc::gen::inRange<std::size_t>(0, checks.size())]);
  }
  for (std::size_t left = checks.size(); left > 1; --left) {
    std::swap(checks[left - 1], checks[*rc::gen::inRange<std::size_t>(0, left)]);
  }
  Chain chain;
  for (const auto& check : checks) chain.handle(check);
  RC_ASSERT(chain.ledger() == expected);
  RC_ASSERT(!chain.refused());
}

}  // namespace
}  // namespace encours::ingestion
