// Goal: for any history of an account, in any order and with repetitions, the ledger is the same,
// its sums are those of its rows, its facts alone tell the same, and nothing exceeds anything.
// Method: RapidCheck makes histories as lines of the script; it prints its seed, which
// RC_PARAMS="seed=..." repeats. The oracles below know the rows, not the code that wrote them:
// they sum all rows, and serve all allocations one after the other without any short cut.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "services/ingestion/domain/ledger/aging.h"
#include "services/ingestion/domain/ledger/ledger_script_test.h"

namespace encours::ingestion::ledger {
namespace {

int pick(int from, int until) { return *rc::gen::inRange(from, until); }
bool one_in(int n) { return pick(0, n) == 0; }

std::string any_amount() {
  // Few values, so that sums often meet or exceed each other by a cent.
  static const char* const kAmounts[] = {"0.01", "50.00", "50.01", "99.99", "100.00", "150.00"};
  return (one_in(8) ? "USD:" : "") + std::string(kAmounts[pick(0, 6)]);
}
std::string any_day() { return (day("2026-01-01") + pick(0, 150)).to_string(); }
std::string name(const char* kind, int of) { return kind + std::to_string(pick(1, of + 1)); }

// Up to three parts; F5 never comes.
std::string any_parts() {
  std::string parts;
  for (int i = pick(0, 4); i > 0; --i) {
    parts += " on " + name("F", 5);
    if (!one_in(4)) parts += " " + any_amount();
  }
  return parts;
}

std::string any_follow_up(int ordinal) {
  const std::string optional_amount = one_in(2) ? " " + any_amount() : "";
  const std::string id = "A" + std::to_string(ordinal);
  switch (pick(0, 7)) {
    case 0:
      return "allocate " + id + " " + name("P", 5) + " " + name("F", 5) + optional_amount;
    case 1:
      return "allocate " + id + " " + name("P", 3) + " " + name("F", 4) + " " + any_amount() +
             " at " + any_day();
    case 2:
      return "reverse " + name("A", 12) + optional_amount;
    case 3:
      return "unpay " + name("P", 4) + " " + name("F", 4) + optional_amount;
    case 4:
      return "reject " + name("P", 5) + optional_amount;
    case 5:
      return "cancel " + name("F", 5) + (one_in(2) ? " v" + std::to_string(pick(1, 4)) : "");
    default:
      return "customer s" + std::to_string(ordinal) + " v" + std::to_string(ordinal % 10);
  }
}

// What happened, without when it was recorded. Documents have one content for each version.
Lines any_history() {
  Lines events;
  for (int n = 1; n <= 4; ++n) {
    const std::string number = "F" + std::to_string(n);
    for (int version = 1; version <= (one_in(3) ? 3 : 1); ++version) {
      const Date issued = day("2026-01-01") + pick(0, 100);
      events.push_back(issued.to_string() + " invoice " + number + " " + any_amount() + " due " +
                       (issued + pick(0, 300)).to_string() + " v" + std::to_string(version));
    }
    events.push_back(any_day() + " payment P" + std::to_string(n) + " " + any_amount() +
                     any_parts());
    if (n <= 2) {
      events.push_back(any_day() + " credit N" + std::to_string(n) + " " + any_amount() +
                       any_parts());
    }
  }
  const int follow_ups = pick(0, 10);
  for (int i = 1; i <= follow_ups; ++i) events.push_back(any_day() + " " + any_follow_up(i));
  return events;
}

Lines shuffled(Lines events) {
  std::mt19937 random(static_cast<unsigned>(pick(0, 1'000'000)));
  std::shuffle(events.begin(), events.end(), random);
  return events;
}

// All rows of one table of the account.
template <class Row>
std::map<std::string, Row> table(Script& script, const Table<Row>& of) {
  std::map<std::string, Row> rows;
  script.view().scan(of, {}, [&](std::string_view key, const Row& row) {
    rows.emplace(key, row);
    return true;
  });
  return rows;
}

// Oracle: the sums of all rows.
std::map<std::string, AccountBalance> summed(Script& script) {
  std::map<std::string, AccountBalance> sums;
  for (const auto& [key, row] : table(script, kInvoiceTable)) {
    const auto& invoice = row.invoice();
    const std::int64_t open = invoice.open_amount_minor();
    if (open == 0) continue;
    auto& sum = sums[invoice.currency_code()];
    sum.set_open_invoice_count(sum.open_invoice_count() + 1);
    switch (invoice.counted_bucket()) {
      case AgingBucket::AGING_BUCKET_NOT_DUE:
        sum.set_not_due(sum.not_due() + open);
        break;
      case AgingBucket::AGING_BUCKET_1_30:
        sum.set_overdue_1_30(sum.overdue_1_30() + open);
        break;
      case AgingBucket::AGING_BUCKET_31_60:
        sum.set_overdue_31_60(sum.overdue_31_60() + open);
        break;
      case AgingBucket::AGING_BUCKET_61_90:
        sum.set_overdue_61_90(sum.overdue_61_90() + open);
        break;
      case AgingBucket::AGING_BUCKET_91_120:
        sum.set_overdue_91_120(sum.overdue_91_120() + open);
        break;
      default:
        sum.set_overdue_over_120(sum.overdue_over_120() + open);
    }
  }
  for (const auto& [key, row] : table(script, kPaymentTable)) {
    if (row.payment().unallocated_amount_minor() == 0) continue;
    auto& sum = sums[row.payment().currency_code()];
    sum.set_unallocated_cash(sum.unallocated_cash() + row.payment().unallocated_amount_minor());
  }
  for (const auto& [key, row] : table(script, kCreditNoteTable)) {
    const auto& note = row.credit_note();
    if (note.unallocated_amount_minor() == 0) continue;
    auto& sum = sums[note.currency_code()];
    sum.set_unallocated_credit_notes(sum.unallocated_credit_notes() +
                                     note.unallocated_amount_minor());
  }
  for (auto& [currency, sum] : sums) sum.set_currency_code(currency);
  return sums;
}

std::string bytes_of(const std::map<std::string, AccountBalance>& sums) {
  std::string bytes;
  for (const auto& [currency, sum] : sums) bytes += sum.SerializeAsString() + "|";
  return bytes;
}

void check_sums(Script& script) {
  std::map<std::string, AccountBalance> kept;
  for (const auto& [key, row] : table(script, kBalanceTable)) {
    kept[row.balance().currency_code()] = row.balance();
  }
  RC_ASSERT(bytes_of(kept) == bytes_of(summed(script)));
}

// Oracle: every allocation served in the order in which it happened, each end asked for the rest
// that it has; and each document's own equation.
void check_allocations(Script& script) {
  std::map<End, std::int64_t> rest;
  std::map<End, std::int64_t> taken;
  for (const auto& [key, row] : table(script, kInvoiceTable)) {
    const bool cancelled = row.invoice().state() == state::LEDGER_INVOICE_STATE_CANCELLED;
    rest[invoice_end(row.invoice().number())] = cancelled ? 0 : row.invoice().gross_amount_minor();
  }
  for (const auto& [key, row] : table(script, kPaymentTable)) {
    rest[payment_end(row.payment().payment())] =
        row.payment().amount_minor() - row.rejected_amount_minor();
  }
  for (const auto& [key, row] : table(script, kCreditNoteTable)) {
    rest[credit_note_end(row.credit_note().number())] = row.credit_note().gross_amount_minor();
  }
  using Order = std::tuple<std::int64_t, bool, std::size_t, std::string>;
  std::map<Order, AllocationRow> in_order;
  for (const auto& [key, row] : table(script, kAllocationTable)) {
    const std::string& id = row.allocation().allocation();
    in_order[{row.occurred_at().seconds(), !row.part_of_document(), id.size(), id}] = row;
  }
  for (const auto& [order, row] : in_order) {
    const End origin = origin_of(row);
    const End invoice = invoice_end(row.allocation().invoice());
    std::int64_t share = row.live_amount_minor();
    if (share > 0) share = std::min({share, rest.at(origin), rest.at(invoice)});
    RC_ASSERT(share == row.allocation().amount_minor());
    rest[origin] -= share;
    rest[invoice] -= share;
  }
  for (const auto& [key, row] : table(script, kInvoiceTable)) {
    RC_ASSERT(row.invoice().open_amount_minor() == rest.at(invoice_end(row.invoice().number())));
  }
  for (const auto& [key, row] : table(script, kPaymentTable)) {
    RC_ASSERT(row.payment().unallocated_amount_minor() ==
              rest.at(payment_end(row.payment().payment())));
  }
  for (const auto& [end, minor] : rest) RC_ASSERT(minor >= 0);
}

// What follows the facts alone: each document's rest and each currency's balance.
class Follower {
 public:
  void follow(const ReceivableRecord& fact) {
    if (fact.has_balance()) balances_[fact.balance().currency_code()] = fact.balance();
    if (fact.has_invoice_recorded()) {
      const auto& recorded = fact.invoice_recorded();
      open_[recorded.invoice()] = recorded.gross_amount().minor() - taken_[recorded.invoice()];
      RC_ASSERT(recorded.open_amount().minor() == open_[recorded.invoice()]);
    } else if (fact.has_invoice_cancelled()) {
      open_[fact.invoice_cancelled().invoice()] -= fact.invoice_cancelled().open_amount().minor();
    } else if (fact.has_payment_recorded()) {
      cash_[fact.payment_recorded().payment()] += fact.payment_recorded().amount().minor();
    } else if (fact.has_payment_rejected()) {
      cash_[fact.payment_rejected().payment()] -= fact.payment_rejected().amount().minor();
    } else if (fact.has_allocation_recorded()) {
      allocate(fact.allocation_recorded(), 1);
    } else if (fact.has_allocation_reversed()) {
      allocate(fact.allocation_reversed(), -1);
    } else if (fact.has_invoice_settled()) {
      RC_ASSERT(open_.at(fact.invoice_settled().invoice()) == 0);
    }
  }

  void check(Script& script) {
    for (const auto& [key, row] : table(script, kInvoiceTable)) {
      RC_ASSERT(open_.at(row.invoice().number()) == row.invoice().open_amount_minor());
    }
    for (const auto& [key, row] : table(script, kPaymentTable)) {
      RC_ASSERT(cash_.at(row.payment().payment()) == row.payment().unallocated_amount_minor());
    }
    std::map<std::string, AccountBalance> standing;
    for (auto& [currency, balance] : balances_) {
      AccountBalance sums = balance;
      sums.clear_currency_code();
      if (sums.ByteSizeLong() > 0) standing[currency] = balance;
    }
    RC_ASSERT(bytes_of(standing) == bytes_of(summed(script)));
  }

 private:
  template <class Fact>
  void allocate(const Fact& fact, int sign) {
    const std::int64_t minor = sign * fact.amount().minor();
    RC_ASSERT(fact.amount().minor() > 0);
    taken_[fact.invoice()] += minor;
    open_[fact.invoice()] -= minor;
    if (!fact.payment().empty()) cash_[fact.payment()] -= minor;
    RC_ASSERT(open_[fact.invoice()] == fact.invoice_open_amount().minor());
    RC_ASSERT(open_[fact.invoice()] >= 0);
  }

  std::map<std::string, std::int64_t> open_;
  std::map<std::string, std::int64_t> taken_;
  std::map<std::string, std::int64_t> cash_;
  std::map<std::string, AccountBalance> balances_;
};

void follow_new_facts(Script& script, Follower& follower) {
  for (const auto& emitted : script.harness().take_facts()) {
    follower.follow(emitted.as<ReceivableRecord>());
  }
}

// Records the events day by day after all of them have happened.
Date record(Script& script, const Lines& events) {
  Date recorded = day("2026-06-15");
  for (const auto& event : events) {
    recorded = recorded + pick(0, 20);
    script.feed(recorded.to_string() + " " + event);
  }
  return recorded;
}

RC_GTEST_PROP(LedgerProperty, SumsAreThoseOfTheRowsAndFactsTellTheSame, ()) {
  Script script;
  Follower follower;
  Date recorded = day("2026-06-15");
  for (const auto& event : shuffled(any_history())) {
    recorded = recorded + pick(0, 20);
    script.feed(recorded.to_string() + " " + event);
    follow_new_facts(script, follower);
    check_sums(script);
    check_allocations(script);
    follower.check(script);
  }
  script.feed((recorded + 300).to_string());
  follow_new_facts(script, follower);
  check_sums(script);
  follower.check(script);
}

RC_GTEST_PROP(LedgerProperty, AgesAreThoseOfTheDayAndOverdueWasSaid, ()) {
  Script script;
  const Date end = record(script, any_history()) + pick(1, 200);
  script.feed(end.to_string());
  std::set<std::string> overdue;
  for (const auto& fact : script.harness().bodies<ReceivableRecord>(kReceivablesTopic)) {
    if (fact.has_invoice_overdue()) overdue.insert(fact.invoice_overdue().invoice());
  }
  for (const auto& [key, row] : table(script, kInvoiceTable)) {
    const auto& invoice = row.invoice();
    const bool open = invoice.open_amount_minor() > 0;
    RC_ASSERT(open == (invoice.state() == state::LEDGER_INVOICE_STATE_OPEN));
    if (!open) {
      RC_ASSERT(invoice.counted_bucket() == AgingBucket::AGING_BUCKET_UNSPECIFIED);
      RC_ASSERT(!script.timer(invoice.number()).has_value());
      continue;
    }
    const AgingBucket bucket = bucket_on(end, *to_date(invoice.due_date()));
    RC_ASSERT(invoice.counted_bucket() == bucket);
    const bool late = bucket != AgingBucket::AGING_BUCKET_NOT_DUE;
    RC_ASSERT(row.overdue_published() == late);
    if (late) RC_ASSERT(overdue.count(invoice.number()) == 1);
    const bool moves_on = bucket != AgingBucket::AGING_BUCKET_OVER_120;
    RC_ASSERT(script.timer(invoice.number()).has_value() == moves_on);
  }
}

// Rows without what only tells which of several equal events came first, and when.
std::map<std::string, std::string> comparable_rows(Script& script) {
  std::map<std::string, std::string> rows;
  const auto add = [&](const char* of, const auto& found) {
    for (const auto& [key, row] : found) rows[of + key] = row.ShortDebugString();
  };
  auto accounts = table(script, kAccountTable);
  for (auto& [key, row] : accounts) row.mutable_version()->clear_source_id();
  add("account", accounts);
  auto invoices = table(script, kInvoiceTable);
  for (auto& [key, row] : invoices) {
    row.mutable_invoice()->mutable_version()->clear_source_id();
    if (row.has_cancelled_by()) row.mutable_cancelled_by()->clear_source_id();
  }
  add("invoice", invoices);
  auto payments = table(script, kPaymentTable);
  for (auto& [key, row] : payments) row.mutable_payment()->mutable_version()->clear_source_id();
  add("payment", payments);
  auto notes = table(script, kCreditNoteTable);
  for (auto& [key, row] : notes) row.mutable_credit_note()->mutable_version()->clear_source_id();
  add("credit_note", notes);
  auto allocations = table(script, kAllocationTable);
  for (auto& [key, row] : allocations) {
    row.mutable_allocation()->mutable_version()->clear_source_id();
  }
  add("allocation", allocations);
  auto parked = table(script, kParkedTable);
  for (auto& [key, row] : parked) {
    row.clear_parked_at();
    row.mutable_ledger()->clear_envelope();
  }
  add("parked", parked);
  add("balance", table(script, kBalanceTable));
  add("reversal", table(script, kReversalTable));
  add("index", table(script, kAllocationIndexTable));
  return rows;
}

RC_GTEST_PROP(LedgerProperty, AnyOrderWithRepetitionsGivesTheSameRows, ()) {
  const Lines events = any_history();
  Lines repeated = events;
  for (const auto& event : events) {
    if (one_in(4)) repeated.push_back(event);
    // Documents come again under other event ids; what has no id of its own would be another one.
    const bool document = event.find(" invoice ") != std::string::npos ||
                          event.find(" payment ") != std::string::npos ||
                          event.find(" credit ") != std::string::npos ||
                          event.find(" allocate ") != std::string::npos;
    if (document && one_in(4)) repeated.push_back(event + " #again");
  }
  Script in_order;
  Script shuffled_one;
  const Date first_end = record(in_order, events);
  const Date second_end = record(shuffled_one, shuffled(repeated));
  const Date end = std::max(first_end, second_end) + pick(1, 200);
  in_order.feed(end.to_string());
  shuffled_one.feed(end.to_string());
  const auto expected = comparable_rows(in_order);
  const auto found = comparable_rows(shuffled_one);
  for (const auto& [key, row] : expected) RC_ASSERT(found.count(key) == 1);
  for (const auto& event : events) RC_LOG() << event << "\n";
  for (const auto& [key, row] : found) {
    RC_ASSERT(expected.count(key) == 1);
    RC_ASSERT(expected.at(key) == row);
  }
  for (int n = 1; n <= 5; ++n) {
    const std::string number = "F" + std::to_string(n);
    RC_ASSERT(in_order.timer(number) == shuffled_one.timer(number));
  }
}

}  // namespace
}  // namespace encours::ingestion::ledger
