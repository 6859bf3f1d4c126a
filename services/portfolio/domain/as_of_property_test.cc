// Goal: for any list of facts, in any order of arrival, the aged balance of any day and any state
// of knowledge is what the definitions say. Method: RapidCheck; the expected amounts are computed
// anew from the list of facts by the definitions, without movements, rows or differences. It
// prints its seed, which RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "services/portfolio/testing/aged.h"
#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

using testing::FoldedRows;
using testing::From;

const Date kFirst = testing::day("2026-01-01");
constexpr int kDays = 260;
// Documents are few, so that facts meet; the last letter of an id is its currency.
constexpr int kDocuments = 3;

enum class Kind { kInvoice, kCancelled, kPayment, kCreditNote, kRejected, kAllocated, kReversed };

struct Fact {
  Kind kind;
  int invoice = 0;
  int credit = 0;
  From from = From::kPayment;
  Date date;
  Date due;
  std::int64_t amount = 0;
};

std::string currency_of(int document) { return document == 0 ? "JPY" : "EUR"; }

Fact any_fact() {
  Fact fact;
  fact.kind = static_cast<Kind>(*rc::gen::inRange(0, 7));
  fact.invoice = *rc::gen::inRange(0, kDocuments);
  fact.credit = *rc::gen::inRange(0, kDocuments);
  fact.from = *rc::gen::inRange(0, 2) == 0 ? From::kPayment : From::kCreditNote;
  fact.date = kFirst + *rc::gen::inRange(0, kDays);
  fact.due = fact.date + *rc::gen::inRange(-2, 90);
  fact.amount = *rc::gen::inRange<std::int64_t>(0, 100000);
  // Money stays in its currency; rejections and credit notes of the helpers are in euros.
  if (fact.kind == Kind::kAllocated || fact.kind == Kind::kReversed) fact.credit = fact.invoice;
  if (fact.kind == Kind::kRejected || fact.kind == Kind::kCreditNote) {
    fact.credit = std::max(fact.credit, 1);
  }
  if (fact.kind == Kind::kCancelled) fact.invoice = std::max(fact.invoice, 1);
  return fact;
}

ReceivableRecord record_of(const Fact& fact) {
  const std::string invoice = "F" + std::to_string(fact.invoice);
  const std::string credit = "C" + std::to_string(fact.credit);
  switch (fact.kind) {
    case Kind::kInvoice:
      return testing::invoice(invoice, fact.date, fact.due, fact.amount, currency_of(fact.invoice));
    case Kind::kCancelled:
      return testing::cancelled(invoice, fact.date, fact.amount);
    case Kind::kPayment:
      return testing::payment(credit, fact.date, fact.amount, currency_of(fact.credit));
    case Kind::kCreditNote:
      return testing::credit_note(credit, fact.date, fact.amount);
    case Kind::kRejected:
      return testing::rejected(credit, fact.date, fact.amount);
    case Kind::kAllocated:
      return testing::allocated(
          fact.from, credit, invoice, fact.date, fact.amount, currency_of(fact.invoice));
    case Kind::kReversed:
      return testing::reversed(
          fact.from, credit, invoice, fact.date, fact.amount, currency_of(fact.invoice));
  }
  return {};
}

using Balance = std::map<std::string, AgedAmounts>;

// By the definitions: the last version of an invoice says when it was issued and is due; money set
// against it counts from its own day, not before the issue; a cancellation counts unless a later
// version brought the invoice back.
void add_invoice(const std::vector<Fact>& facts, int number, Date day, Balance* out) {
  const Fact* version = nullptr;
  std::vector<const Fact*> cancellations;
  for (const Fact& fact : facts) {
    if (fact.kind == Kind::kInvoice && fact.invoice == number) {
      version = &fact;
      cancellations.clear();
    }
    if (fact.kind == Kind::kCancelled && fact.invoice == number) cancellations.push_back(&fact);
  }
  const auto counts = [&](const Fact& fact) {
    return fact.date <= day && (version == nullptr || version->date <= day);
  };
  std::int64_t open = version != nullptr && version->date <= day ? version->amount : 0;
  for (const Fact* fact : cancellations) open -= counts(*fact) ? fact->amount : 0;
  for (const Fact& fact : facts) {
    if (fact.invoice != number || !counts(fact)) continue;
    if (fact.kind == Kind::kAllocated) open -= fact.amount;
    if (fact.kind == Kind::kReversed) open += fact.amount;
  }
  const int age = version == nullptr ? 0 : day - version->due;
  AgedAmounts& amounts = (*out)[currency_of(number)];
  (age <= 0     ? amounts.not_due
   : age <= 30  ? amounts.d1_30
   : age <= 60  ? amounts.d31_60
   : age <= 90  ? amounts.d61_90
   : age <= 120 ? amounts.d91_120
                : amounts.over_120) += open;
}

void add_credit(const std::vector<Fact>& facts, From from, int id, Date day, Balance* out) {
  const Kind own = from == From::kPayment ? Kind::kPayment : Kind::kCreditNote;
  const Fact* version = nullptr;
  for (const Fact& fact : facts) {
    if (fact.kind == own && fact.credit == id) version = &fact;
  }
  std::int64_t left = version != nullptr && version->date <= day ? version->amount : 0;
  for (const Fact& fact : facts) {
    if (fact.credit != id || fact.date > day) continue;
    if (version != nullptr && version->date > day) continue;
    if (fact.kind == Kind::kRejected && from == From::kPayment) left -= fact.amount;
    if (fact.from != from) continue;
    if (fact.kind == Kind::kAllocated) left -= fact.amount;
    if (fact.kind == Kind::kReversed) left += fact.amount;
  }
  (*out)[currency_of(id)].unallocated += left;
}

Balance expected(std::vector<Fact> facts, std::size_t known, Date day) {
  facts.resize(known);
  Balance out;
  for (int document = 0; document < kDocuments; ++document) {
    add_invoice(facts, document, day, &out);
    add_credit(facts, From::kPayment, document, day, &out);
    add_credit(facts, From::kCreditNote, document, day, &out);
  }
  std::erase_if(out, [](const auto& entry) { return entry.second == AgedAmounts(); });
  return out;
}

std::vector<Fact> any_facts() {
  std::vector<Fact> facts(*rc::gen::inRange(0, 60));
  for (Fact& fact : facts) fact = any_fact();
  return facts;
}

FoldedRows fold(const std::vector<Fact>& facts) {
  FoldedRows rows;
  for (const Fact& fact : facts) rows.fold("C1", record_of(fact));
  return rows;
}

// Facts that say what a document is have an order; all others may come at any time.
std::string order_group(const Fact& fact, std::size_t index) {
  switch (fact.kind) {
    case Kind::kInvoice:
    case Kind::kCancelled:
      return "invoice " + std::to_string(fact.invoice);
    case Kind::kPayment:
      return "payment " + std::to_string(fact.credit);
    case Kind::kCreditNote:
      return "credit note " + std::to_string(fact.credit);
    default:
      return "fact " + std::to_string(index);
  }
}

std::vector<Fact> in_another_order(const std::vector<Fact>& facts) {
  std::vector<std::size_t> order(facts.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  std::map<std::string, std::vector<std::size_t>> of_group;
  for (std::size_t i = 0; i < facts.size(); ++i) of_group[order_group(facts[i], i)].push_back(i);
  std::map<std::string, std::size_t> next;
  std::vector<Fact> out;
  for (const std::size_t i : order) {
    const std::string group = order_group(facts[i], i);
    out.push_back(facts[of_group[group][next[group]++]]);
  }
  return out;
}

RC_GTEST_PROP(AsOfProperty, EqualsTheDefinitionOnEveryDay, ()) {
  const std::vector<Fact> facts = any_facts();
  const FoldedRows rows = fold(facts);
  for (int i = 0; i < 12; ++i) {
    const Date day = kFirst + *rc::gen::inRange(-3, kDays + 200);
    RC_ASSERT(testing::aged(rows.view("C1"), AsOf{day, {}}) == expected(facts, facts.size(), day));
  }
}

RC_GTEST_PROP(AsOfProperty, EqualsTheDefinitionForEveryStateOfKnowledge, ()) {
  const std::vector<Fact> facts = any_facts();
  const FoldedRows rows = fold(facts);
  const std::size_t known = *rc::gen::inRange<std::size_t>(0, facts.size() + 1);
  // FoldedRows records fact n at second n of the year.
  const Instant known_at =
      Instant::parse("2026-01-01T00:00:00Z").value() + std::chrono::seconds(known) - Duration(1);
  for (int i = 0; i < 6; ++i) {
    const Date day = kFirst + *rc::gen::inRange(-3, kDays + 200);
    RC_ASSERT(testing::aged(rows.view("C1"), AsOf{day, known_at}) == expected(facts, known, day));
  }
}

RC_GTEST_PROP(AsOfProperty, DoesNotDependOnTheOrderOfArrival, ()) {
  const std::vector<Fact> facts = any_facts();
  const FoldedRows rows = fold(facts);
  const FoldedRows again = fold(in_another_order(facts));
  for (int i = 0; i < 6; ++i) {
    const AsOf as_of{kFirst + *rc::gen::inRange(-3, kDays + 200), {}};
    RC_ASSERT(testing::aged(rows.view("C1"), as_of) == testing::aged(again.view("C1"), as_of));
  }
}

RC_GTEST_PROP(AsOfProperty, AnInvoiceRowIsTheSumOfItsMovements, ()) {
  const FoldedRows rows = fold(any_facts());
  rows.view("C1").scan(
      kInvoiceTable, {}, [&](std::string_view, const state::InvoiceViewRow& invoice) {
        std::int64_t sum = 0;
        rows.view("C1").scan(kInvoiceMovementTable,
                             KeyWriter().text(invoice.number()),
                             [&](std::string_view, const state::InvoiceMovementRow& movement) {
                               sum += movement.delta_minor();
                               return true;
                             });
        RC_ASSERT(sum == invoice.open_amount_minor());
        return true;
      });
}

}  // namespace
}  // namespace encours::portfolio
