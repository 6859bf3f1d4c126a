// Goal: whatever the ledger publishes, the view says the same: its sums are those of the ledger's
// balances, on the last day the aged balance by movements is the ledger's own, by bucket, and on
// any day the total is that of the documents alone, however their money was set against them.
// Method: RapidCheck makes histories as lines of the ledger's script; the real ledger stage turns
// them into facts, which are folded here. It prints its seed, which RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "services/ingestion/domain/ledger/ledger_script_test.h"
#include "services/portfolio/query/verify_sums.h"
#include "services/portfolio/testing/aged.h"
#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

using ingestion::ledger::Lines;
using ingestion::ledger::Script;

int pick(int from, int until) { return *rc::gen::inRange(from, until); }
bool one_in(int n) { return pick(0, n) == 0; }
std::string any_day() { return (testing::day("2026-01-01") + pick(0, 150)).to_string(); }
std::string name(const char* kind, int of) { return kind + std::to_string(pick(1, of + 1)); }

// What may happen to an account. `corrections`: invoices change currency and issue date from
// version to version.
struct Histories {
  bool corrections;

  std::string any_amount() const {
    static const char* const kAmounts[] = {"0.01", "50.00", "50.01", "99.99", "100.00", "150.00"};
    return (corrections && one_in(8) ? "USD:" : "") + std::string(kAmounts[pick(0, 6)]);
  }

  std::string any_invoice(int ordinal) const {
    const int number = pick(1, 5);
    const Date issued = testing::day("2026-01-01") + (corrections ? pick(0, 100) : 17 * number);
    return issued.to_string() + " invoice F" + std::to_string(number) + " " + any_amount() +
           " due " + (issued + pick(0, 200)).to_string() + " v" + std::to_string(ordinal % 10);
  }

  std::string any_event(int ordinal) const {
    const std::string amount = one_in(2) ? " " + any_amount() : "";
    const std::string part = one_in(2) ? " on " + name("F", 4) + amount : "";
    switch (pick(0, 9)) {
      case 0:
      case 1:
      case 2:
        return any_invoice(ordinal);
      case 3:
      case 4:
        return any_day() + " payment " + name("P", 5) + " " + any_amount() + part;
      case 5:
        return any_day() + " credit " + name("N", 2) + " " + any_amount() + part;
      case 6:
        return any_day() + " allocate A" + std::to_string(ordinal) + " " + name("P", 5) + " " +
               name("F", 4) + amount;
      case 7:
        return any_day() + " reject " + name("P", 5) + amount;
      default:
        return any_day() + " cancel " + name("F", 4) + " v" + std::to_string(ordinal % 10);
    }
  }
};

// Folds what the ledger has published since the last call, in the order in which it did.
void fold_new_facts(Script& script, testing::FoldedRows& rows) {
  for (const auto& emitted : script.harness().take_facts()) {
    if (emitted.fact.topic != kReceivablesTopic) continue;
    rows.freeze(emitted.at);
    rows.fold(Script::kAccount, emitted.as<ReceivableRecord>());
  }
}

void check_sums(const testing::FoldedRows& rows, const Lines& events) {
  std::int64_t checked = 0;
  const auto findings = verify_sums(rows.rows(), &checked).value();
  for (const auto& event : events) RC_LOG() << event << "\n";
  for (const auto& finding : findings) RC_LOG() << finding << "\n";
  RC_ASSERT(findings.empty());
}

RC_GTEST_PROP(LedgerAgreement, SumsAndBucketsAreThoseOfTheLedger, ()) {
  Script script;
  testing::FoldedRows rows;
  Lines events;
  Date recorded = testing::day("2026-06-15");
  const int count = pick(1, 25);
  for (int n = 1; n <= count; ++n) {
    recorded = recorded + pick(0, 20);
    events.push_back(recorded.to_string() + " " + Histories{true}.any_event(n));
    script.feed(events.back());
    fold_new_facts(script, rows);
    check_sums(rows, events);
  }
  const Date last = recorded + pick(1, 300);
  script.feed(last.to_string());
  fold_new_facts(script, rows);
  check_sums(rows, events);

  auto aged = testing::aged(rows.view(Script::kAccount), AsOf{last, {}});
  rows.view(Script::kAccount).scan(kBalanceTable, {}, [&](std::string_view, const auto& row) {
    const auto& balance = row.balance();
    const AgedAmounts& amounts = aged[balance.currency_code()];
    RC_ASSERT(amounts.not_due == balance.not_due());
    RC_ASSERT(amounts.d1_30 == balance.overdue_1_30());
    RC_ASSERT(amounts.d31_60 == balance.overdue_31_60());
    RC_ASSERT(amounts.d61_90 == balance.overdue_61_90());
    RC_ASSERT(amounts.d91_120 == balance.overdue_91_120());
    RC_ASSERT(amounts.over_120 == balance.overdue_over_120());
    RC_ASSERT(amounts.unallocated ==
              balance.unallocated_cash() + balance.unallocated_credit_notes());
    return true;
  });
}

// The total by the facts about documents, without those about allocations.
std::int64_t total_of_documents(const std::vector<ReceivableRecord>& facts, Date day) {
  struct Document {
    std::int64_t minor = 0;
    std::optional<Date> date;
    std::map<Date, std::int64_t> taken;
  };
  std::map<std::string, Document> documents;
  const auto record = [&](const std::string& name, std::int64_t minor, const ProtoDate& date) {
    documents[name].minor = minor;
    documents[name].date = to_date(date);
  };
  const auto take = [&](const std::string& name, std::int64_t minor, const ProtoDate& date) {
    documents[name].taken[to_date(date).value()] += minor;
  };
  for (const auto& fact : facts) {
    if (fact.has_invoice_recorded()) {
      const auto& invoice = fact.invoice_recorded();
      record("invoice " + invoice.invoice(), invoice.gross_amount().minor(), invoice.issue_date());
      documents["invoice " + invoice.invoice()].taken.clear();  // It has come back.
    } else if (fact.has_invoice_cancelled()) {
      const auto& invoice = fact.invoice_cancelled();
      take("invoice " + invoice.invoice(), invoice.open_amount().minor(), invoice.cancelled_on());
    } else if (fact.has_payment_recorded()) {
      const auto& payment = fact.payment_recorded();
      record("payment " + payment.payment(), -payment.amount().minor(), payment.value_date());
    } else if (fact.has_payment_rejected()) {
      const auto& payment = fact.payment_rejected();
      take("payment " + payment.payment(), -payment.amount().minor(), payment.rejected_on());
    } else if (fact.has_credit_note_recorded()) {
      const auto& note = fact.credit_note_recorded();
      record("note " + note.credit_note(), -note.gross_amount().minor(), note.issue_date());
    }
  }
  std::int64_t total = 0;
  for (const auto& [name, document] : documents) {
    if (!document.date || *document.date > day) continue;
    total += document.minor;
    for (const auto& [date, minor] : document.taken) total -= date <= day ? minor : 0;
  }
  return total;
}

RC_GTEST_PROP(LedgerAgreement, TheTotalOfAnyDayIsThatOfTheDocuments, ()) {
  Script script;
  testing::FoldedRows rows;
  Date recorded = testing::day("2026-06-15");
  const int count = pick(1, 25);
  for (int n = 1; n <= count; ++n) {
    recorded = recorded + pick(0, 20);
    const std::string event = Histories{false}.any_event(n);
    RC_LOG() << event << "\n";
    script.feed(recorded.to_string() + " " + event);
  }
  const auto facts = script.harness().bodies<ReceivableRecord>(kReceivablesTopic);
  fold_new_facts(script, rows);
  for (Date day = testing::day("2026-01-01"); day <= testing::day("2026-09-01"); day = day + 1) {
    auto aged = testing::aged(rows.view(Script::kAccount), AsOf{day, {}});
    RC_LOG() << day << "\n";
    RC_ASSERT(aged["EUR"].total().value() == total_of_documents(facts, day));
  }
}

}  // namespace
}  // namespace encours::portfolio
