// Goal: a sample of any size has every state, is the same each time, is accepted by ingestion, and
// never pays more than is owed. Method: small and whole samples, ingestion's own validation, and a
// count of money that shares nothing with the generator.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "common/base/hash.h"
#include "deploy/sample/portfolio.h"
#include "deploy/sample/states.h"
#include "services/ingestion/domain/decode/event_json.h"
#include "services/ingestion/domain/decode/validate.h"

namespace encours::sample {
namespace {

Options options_of(int accounts, std::uint64_t seed = 1) {
  Options options;
  options.accounts = accounts;
  options.seed = seed;
  return options;
}

std::string digest_of(const Options& options) {
  std::string text;
  for (const Entry& entry : generate(options).entries) text += to_json(entry.event) + "\n";
  return sha256_hex(text);
}

class SampleOfSize : public testing::TestWithParam<int> {
 protected:
  Options options_ = options_of(GetParam());
  Sample sample_ = generate(options_);
};

TEST_P(SampleOfSize, has_every_state) {
  const auto states = states_of(sample_, options_.end);
  for (const auto& name : expected_states()) EXPECT_TRUE(states.count(name) != 0) << name;
}

TEST_P(SampleOfSize, has_every_event_of_the_contract) {
  std::set<int> seen;
  for (const Entry& entry : sample_.entries) seen.insert(entry.event.event_case());
  const auto* kinds = erp::ErpEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < kinds->field_count(); ++i) {
    EXPECT_TRUE(seen.count(kinds->field(i)->number()) != 0) << kinds->field(i)->name();
  }
}

TEST_P(SampleOfSize, is_taken_by_ingestion) {
  for (const Entry& entry : sample_.entries) {
    for (const Error& error : ingestion::validate(entry.event)) {
      ADD_FAILURE() << error.code << " " << error.field << "\n" << entry.event.DebugString();
      return;
    }
  }
}

// The same id never says two things, and a later version of it is recorded later.
TEST_P(SampleOfSize, names_each_event_once) {
  std::set<std::string> ids;
  Date last = Date::min();
  for (const Entry& entry : sample_.entries) {
    const auto& event = entry.event;
    ASSERT_TRUE(ids.insert(event.source() + " " + event.id()).second) << event.id();
    ASSERT_LE(last, entry.recorded);
    last = entry.recorded;
    ASSERT_LE(to_date(event.occurred_on()), entry.recorded);
    ASSERT_GE(to_date(event.occurred_on()), options_.start());
  }
  EXPECT_LE(last, options_.end);
}

// Numbers of documents are used once for each account, and nothing is said before the customer.
TEST_P(SampleOfSize, introduces_customers_first) {
  std::set<std::string> known;
  std::map<std::string, std::string> invoices;
  for (const Entry& entry : sample_.entries) {
    if (entry.event.has_customer_upserted())
      known.insert(entry.event.customer_upserted().account());
    if (!entry.event.has_invoice_issued()) continue;
    const auto& issued = entry.event.invoice_issued();
    ASSERT_TRUE(known.count(issued.account()) != 0) << issued.number();
    const auto [place, is_new] = invoices.emplace(issued.number(), issued.account());
    ASSERT_TRUE(is_new || place->second == issued.account()) << issued.number();
  }
  EXPECT_EQ(known.size(), static_cast<std::size_t>(options_.accounts));
}

// What was set against each invoice and taken from each origin.
struct Settled {
  std::map<std::string, std::int64_t> gross;
  std::map<std::string, std::int64_t> of_invoice;
  std::map<std::string, std::int64_t> of_origin;
  std::map<std::string, std::int64_t> money;
  std::map<std::string, std::map<std::string, std::int64_t>> by_origin;
  std::map<std::string, std::string> allocations;

  void take(const std::string& origin, const erp::AllocationPart& part) {
    EXPECT_TRUE(gross.count(part.invoice()) != 0)
        << part.invoice() << " is paid before it is there";
    const std::int64_t given_up =
        part.early_payment_discount().minor() + part.payment_difference().minor();
    of_invoice[part.invoice()] += part.amount().minor() + given_up;
    of_origin[origin] += part.amount().minor();
    by_origin[origin][part.invoice()] += part.amount().minor();
  }

  void read(const erp::ErpEvent& event);
};

void Settled::read(const erp::ErpEvent& event) {
  if (event.has_invoice_issued()) {
    gross[event.invoice_issued().number()] = event.invoice_issued().gross_amount().minor();
  } else if (event.has_payment_received()) {
    const auto& received = event.payment_received();
    money[received.payment()] = received.amount().minor();
    for (const auto& part : received.allocations()) take(received.payment(), part);
  } else if (event.has_credit_note_issued()) {
    const auto& note = event.credit_note_issued();
    money[note.number()] = note.gross_amount().minor();
    for (const auto& part : note.invoices()) take(note.number(), part);
  } else if (event.has_down_payment_received()) {
    const auto& received = event.down_payment_received();
    money[received.down_payment()] = received.amount().minor();
  } else if (event.has_payment_allocated()) {
    const auto& allocated = event.payment_allocated();
    const std::string origin =
        allocated.payment() + allocated.credit_note() + allocated.down_payment();
    take(origin, allocated.part());
    allocations[allocated.allocation()] = origin + " " + allocated.part().invoice();
  } else if (event.has_allocation_reversed()) {
    const auto& reversed = event.allocation_reversed();
    const std::string& ends = allocations.at(reversed.allocation());
    of_origin[ends.substr(0, ends.find(' '))] -= reversed.amount().minor();
    of_invoice[ends.substr(ends.find(' ') + 1)] -= reversed.amount().minor();
  } else if (event.has_payment_rejected() && !event.payment_rejected().payment().empty()) {
    for (const auto& [invoice, minor] : by_origin[event.payment_rejected().payment()]) {
      of_invoice[invoice] -= minor;
    }
  }
}

TEST_P(SampleOfSize, never_pays_more_than_is_owed) {
  Settled settled;
  for (const Entry& entry : sample_.entries) settled.read(entry.event);
  for (const auto& [invoice, minor] : settled.of_invoice) {
    EXPECT_GE(minor, 0) << invoice;
    ASSERT_TRUE(settled.gross.count(invoice) != 0) << invoice;
    EXPECT_LE(minor, settled.gross[invoice]) << invoice;
  }
  for (const auto& [origin, minor] : settled.of_origin) {
    EXPECT_GE(minor, 0) << origin;
    EXPECT_LE(minor, settled.money[origin]) << origin;
  }
}

TEST_P(SampleOfSize, has_one_account_with_many_invoices) {
  std::map<std::string, int> counts;
  for (const Entry& entry : sample_.entries) {
    if (!entry.event.has_invoice_issued()) continue;
    const auto& issued = entry.event.invoice_issued();
    if (entry.event.sequence() == 1) ++counts[issued.account()];
  }
  EXPECT_EQ(counts[account_id(1)], GetParam() >= 1000 ? 5000 : 5 * GetParam());
}

// The accounts that this part of a payment or credit note touches in ways that no service reads.
void find_unread(const std::string& account, const erp::AllocationPart& part,
                 std::set<std::string>* found) {
  const bool of_another = !part.account().empty() && part.account() != account;
  if (of_another) found->insert({account, part.account()});
  if (part.has_early_payment_discount() || part.has_payment_difference()) found->insert(account);
}

std::set<std::string> settling_unread(const Sample& sample) {
  std::set<std::string> found;
  for (const Entry& entry : sample.entries) {
    const erp::ErpEvent& event = entry.event;
    if (event.has_write_off_recorded()) found.insert(event.write_off_recorded().account());
    if (event.has_set_off_recorded()) found.insert(event.set_off_recorded().account());
    if (event.has_down_payment_received()) found.insert(event.down_payment_received().account());
    for (const auto& part : event.payment_received().allocations()) {
      find_unread(event.payment_received().account(), part, &found);
    }
    for (const auto& part : event.credit_note_issued().invoices()) {
      find_unread(event.credit_note_issued().account(), part, &found);
    }
    if (event.has_payment_allocated()) {
      find_unread(event.payment_allocated().account(), event.payment_allocated().part(), &found);
    }
  }
  return found;
}

// So an invoice that only such events settle gets no mail, whoever counts.
TEST_P(SampleOfSize, has_no_mail_address_where_money_is_not_read_yet) {
  const auto accounts = settling_unread(sample_);
  EXPECT_GE(accounts.size(), 5U);
  for (const Entry& entry : sample_.entries) {
    if (!entry.event.has_customer_upserted()) continue;
    const auto& customer = entry.event.customer_upserted();
    if (accounts.count(customer.account()) == 0) continue;
    for (const auto& contact : customer.contacts()) EXPECT_EQ(contact.email(), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, SampleOfSize, testing::Values(60, 2000));

TEST(SampleBytes, are_those_of_the_options) {
  const std::string first = digest_of(options_of(60));
  EXPECT_EQ(digest_of(options_of(60)), first);
  EXPECT_NE(digest_of(options_of(60, 2)), first);
}

// What the program writes is what the doors read.
TEST(SampleBytes, can_be_read_again) {
  for (const Entry& entry : generate(options_of(60)).entries) {
    const auto read = ingestion::event_from_json(to_json(entry.event));
    ASSERT_TRUE(read.errors.empty()) << read.errors.front().message;
    ASSERT_EQ(read.event.SerializeAsString(), entry.event.SerializeAsString());
  }
}

void expect_every_state(const Options& options) {
  const auto states = states_of(generate(options), options.end);
  for (const auto& name : expected_states()) {
    EXPECT_TRUE(states.count(name) != 0)
        << name << " with seed " << options.seed << ", " << options.months << " months";
  }
}

TEST(SampleSeeds, each_gives_every_state) {
  for (std::uint64_t seed = 2; seed <= 6; ++seed) expect_every_state(options_of(60, seed));
}

TEST(SampleMonths, a_year_has_every_state) {
  Options options = options_of(60);
  options.months = 12;
  expect_every_state(options);
  options.end = Date::from_ymd(2026, 3, 31).value();
  expect_every_state(options);
}

TEST(SampleOptions, are_checked) {
  EXPECT_TRUE(check_options(options_of(60)));
  EXPECT_FALSE(check_options(options_of(59)));
  EXPECT_FALSE(check_options(options_of(5001)));
}

}  // namespace
}  // namespace encours::sample
