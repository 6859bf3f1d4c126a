// Goal: what holds for every history that a ledger may tell: read again from the start, no alert is
// raised twice; the feed replayed gives the alerts as they stand; alive are those not over.
// Method: RapidCheck makes histories of a few invoices (overdue, settled, cancelled, open again,
// postponed) with acknowledgements in between. It prints its seed; RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "common/base/hash.h"
#include "common/time/zone.h"
#include "services/alerting/domain/world_test.h"

namespace encours::alerting {
namespace {

const Instant kStart = utc("2024-02-01T05:00:00Z");

// One invoice as the ledger knows it: it tells "overdue" once per opening.
struct Invoice {
  std::string account;
  std::string number;
  Date due_date = on("2024-01-31");
  bool overdue = false;
  bool over = false;
};

using History = std::vector<stream::Record>;

class Narrator {
 public:
  explicit Narrator(const TestWorld& world) : world_(world) {
    for (const char* account : {"C-1", "C-2"}) {
      for (const char* number : {"F-1", "F-2"}) invoices_.push_back({account, number});
    }
  }

  History tell(int steps) {
    for (int i = 0; i < steps; ++i) {
      at_ = at_ + std::chrono::hours(*rc::gen::inRange(0, 30));
      step(invoices_[*rc::gen::inRange<std::size_t>(0, invoices_.size())]);
    }
    return history_;
  }

 private:
  void step(Invoice& invoice) {
    const int choice = *rc::gen::inRange(0, 10);
    if (choice == 0 && invoice.overdue) {
      acknowledge(invoice);
    } else if (choice == 1 && !invoice.over) {
      invoice.due_date = invoice.due_date + *rc::gen::inRange(-3, 20);
      if (Zone().local_date(at_) <= invoice.due_date) invoice.overdue = false;
      add(recorded_fact(invoice.account, invoice.number, invoice.due_date));
    } else if (choice == 2 && !invoice.over) {
      invoice.over = true;
      invoice.overdue = false;
      add(cancelled_fact(invoice.account, invoice.number));
    } else if (choice < 6 && invoice.overdue) {
      invoice.overdue = false;
      add(settled_fact(invoice.account, invoice.number));
    } else if (!invoice.overdue && !invoice.over && invoice.due_date < Zone().local_date(at_)) {
      invoice.overdue = true;
      add(overdue_fact(invoice.account, invoice.number, invoice.due_date, 100));
    }
  }

  void add(const receivables::ReceivableRecord& fact) {
    history_.push_back(world_.ledger_record(fact, "record-" + std::to_string(++count_), at_, at_));
  }
  // Of any alert that this invoice could have on the day; often there is none.
  void acknowledge(const Invoice& invoice) {
    const std::string id = stable_id(
        {"acme", "overdue", invoice.account, invoice.number, (invoice.due_date + 1).to_string()});
    history_.push_back(TestWorld::acknowledge_record(
        invoice.account, id, "request-" + std::to_string(++count_), at_));
  }

  const TestWorld& world_;
  std::vector<Invoice> invoices_;
  History history_;
  Instant at_ = kStart;
  int count_ = 0;
};

History any_history(const TestWorld& world) {
  return Narrator(world).tell(*rc::gen::inRange(0, 80));
}

std::multiset<std::string> raised(const TestWorld& world) {
  std::multiset<std::string> ids;
  for (const auto& fact : world.facts) {
    if (fact.has_raised()) ids.insert(fact.alert());
  }
  return ids;
}

RC_GTEST_PROP(AlertingProperty, APrefixReadAgainRaisesNoSecondAlert, ()) {
  TestWorld once;
  const History history = any_history(once);
  for (const auto& record : history) once.take(record);

  TestWorld twice;
  const auto again = *rc::gen::inRange<std::size_t>(0, history.size() + 1);
  for (std::size_t i = 0; i < again; ++i) twice.take(history[i]);
  for (const auto& record : history) twice.take(record);

  RC_ASSERT(raised(twice) == raised(once));
  // Each alert is raised once, and each overdue fact of the ledger raised exactly one.
  const auto ids = raised(once);
  RC_ASSERT(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
  std::size_t overdue_facts = 0;
  for (const auto& record : history) {
    receivables::ReceivableRecord fact;
    RC_ASSERT(fact.ParseFromString(record.value));
    overdue_facts += record.kind == stream::RecordKind::kFact && fact.has_invoice_overdue();
  }
  RC_ASSERT(ids.size() <= overdue_facts);
  RC_ASSERT(overdue_facts == 0 || !ids.empty());
}

RC_GTEST_PROP(AlertingProperty, TheFeedReplayedGivesTheAlerts, ()) {
  TestWorld world;
  for (const auto& record : any_history(world)) world.take(record);

  std::map<std::string, std::string> replayed;
  std::map<std::string, std::int64_t> last;
  std::int64_t expected = 0;
  for (const auto& [sequence, alert] : world.feed()) {
    RC_ASSERT(sequence == ++expected);
    replayed[alert.id()] = alert.SerializeAsString();
    last[alert.id()] = sequence;
  }
  RC_ASSERT(static_cast<std::size_t>(expected) == world.facts.size());

  std::set<std::string> alive;
  for (const auto& row : world.alerts()) {
    RC_ASSERT(replayed.at(row.alert().id()) == row.alert().SerializeAsString());
    RC_ASSERT(last.at(row.alert().id()) == row.feed_sequence());
    if (row.alert().state() != v1alpha1::ALERT_STATE_RESOLVED) alive.insert(row.alert().id());
  }
  RC_ASSERT(replayed.size() == world.alerts().size());
  const auto active = world.active_alerts();
  RC_ASSERT(std::set<std::string>(active.begin(), active.end()) == alive);
}

RC_GTEST_PROP(AlertingProperty, ASweptFeedKeepsItsNewestWithoutAHole, ()) {
  FeedLimits limits;
  limits.floor = *rc::gen::inRange(1, 6);
  limits.sweep_rows = *rc::gen::inRange(1, 4);
  TestWorld world(limits);
  for (const auto& record : any_history(world)) {
    if (*rc::gen::inRange(0, 2) == 0) world.tick(record.at);
    world.take(record);
    const auto feed = world.feed();
    const auto changes = static_cast<std::int64_t>(world.facts.size());
    const auto kept = static_cast<std::int64_t>(feed.size());
    RC_ASSERT(kept >= std::min(changes, limits.floor));
    for (std::int64_t i = 0; i < kept; ++i) {
      RC_ASSERT(feed[static_cast<std::size_t>(i)].first == changes - kept + 1 + i);
    }
  }
  world.tick(utc("2030-01-01T00:00:00Z"));
  RC_ASSERT(static_cast<std::int64_t>(world.feed().size()) ==
            std::min(static_cast<std::int64_t>(world.facts.size()), limits.floor));
  RC_ASSERT(world.timers.empty());
}

}  // namespace
}  // namespace encours::alerting
