// Goal: a record that can't be accepted costs itself and nothing else; many of them stop what reads
// them; one that is too large is never half produced (rows 27 to 30). Method: inputs that are
// mostly poison, or with records whose outcome no topic takes, and kills around them.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "common/kafka/appender.h"
#include "tests/fault/run.h"

namespace encours::test {
namespace {

class Records : public FaultTest {
 protected:
  std::map<std::string, int> poison_by_code() const {
    std::map<std::string, int> out;
    for (const auto& record : workload.records) {
      if (record.is_poison()) ++out[record.code];
    }
    return out;
  }
};

// The dead letter and the offset stand in one transaction, so each letter comes once and says where
// its original stands (the model knows these bytes).
TEST_F(Records, Row27KilledAroundPoison) {
  options.amounts = 1500;
  options.poison = 700;
  ASSERT_NO_FATAL_FAILURE(install());
  for (const char* code :
       {"no_envelope", "unreadable_envelope", "unreadable_tick", "missing_field"}) {
    EXPECT_GT(poison_by_code()[code], 20) << code;
  }
  ASSERT_GOOD(run->feed_all());
  ASSERT_NO_FATAL_FAILURE(crash("a", at("stage.record", 300, 1200)));
  ASSERT_NO_FATAL_FAILURE(crash("a", at("commit.before_send_offsets", 2, 5)));
  ASSERT_NO_FATAL_FAILURE(crash("a", at("answered.TxnOffsetCommit", 2, 5)));
  ASSERT_NO_FATAL_FAILURE(crash("a", at("answered.EndTxn", 2, 5)));
  run->start("a");
  expect_exact();
}

// As a writer that has gone mad. Its readers stop where they stand, also when they are started
// again; once the limit is lifted all of it passes.
TEST_F(Records, Row28MostIsPoison) {
  options.amounts = 300;
  options.late = 0;
  options.duplicates = 0;
  options.poison = 3000;
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_POISON_WINDOW", "100");
  ASSERT_GOOD(run->feed_all());
  for (int start = 0; start < 2; ++start) {
    ASSERT_NO_FATAL_FAILURE(expect_refusal(run->start("a"), "too_much_poison", "tally.in p-"));
  }
  const auto letters = oracle->count_records("encours.dead-letters", true);
  ASSERT_GOOD(letters);
  EXPECT_LT(*letters, options.poison / 2) << "it has not stopped anything";
  run->start("a", {{"TALLY_POISON_PERCENT", "100"}});
  expect_exact();
}

// Some in between are what a stage expects, and stop nobody.
TEST_F(Records, Row28SomePoisonStopsNobody) {
  options.amounts = 2000;
  options.poison = 600;
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_POISON_WINDOW", "100");
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  expect_exact();
}

// Sent again at once it has no effect of its own, sent again after its tick it is a late amount.
// That the same id with other content is a conflict is the ledger's rule: tests/integration has it.
TEST_F(Records, Row30SentAgain) {
  options.amounts = 2000;
  options.duplicates = 1500;
  ASSERT_NO_FATAL_FAILURE(install());
  ASSERT_GT(model_of(workload).no_ops.size(), 100u);
  ASSERT_GOOD(run->feed_all());
  ASSERT_NO_FATAL_FAILURE(crash("a", at("release.record", 100, 900)));
  run->start("a");
  expect_exact();
}

// Each is well below what the first topic takes, and what becomes of it above what the next one
// does.
TEST_F(Records, Row29OutcomeIsTooLarge) {
  options.amounts = 1000;
  options.oversize = 12;
  ASSERT_NO_FATAL_FAILURE(install());
  EXPECT_EQ(poison_by_code()["fact_too_large"], 12);
  ASSERT_GOOD(run->feed_all());
  ASSERT_NO_FATAL_FAILURE(crash("a", at("commit.before_send_offsets", 2, 5)));
  run->start("a");
  expect_exact();
  EXPECT_THAT(run->process("a").lines_with("recycle "), testing::IsEmpty());
}

TEST_F(Records, Row29RecordIsRefusedAtTheEdge) {
  ASSERT_NO_FATAL_FAILURE(install());
  const auto appender = kafka::Appender::make(run->settings());
  ASSERT_GOOD(appender);
  // What the client takes at most, and what the topic does.
  for (const std::size_t size : {kafka::kMaxMessageBytes + 1, 2 << 20}) {
    stream::Outgoing large;
    large.topic = kTallyIn;
    large.key = "atelier/large";
    large.value.emplace(size, ' ');
    std::mt19937 random(1);
    for (char& byte : *large.value) byte = static_cast<char>(random());
    const auto refused = (*appender)->append_and_wait(std::move(large));
    ASSERT_FALSE(refused.ok()) << size;
    EXPECT_EQ(refused.failure().reaction, Reaction::kRefused);
    EXPECT_EQ(refused.failure().code, "record_too_large");
    EXPECT_NE(refused.failure().message.find("MSG_SIZE_TOO_LARGE"), std::string::npos);
  }
  // The door goes on, and nothing of them is in the log.
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  expect_exact();
}

}  // namespace
}  // namespace encours::test
