// Goal: where Kafka has lost what a service stands on, it says so and stops; it never begins anew
// in silence (rows 26 and 35). Method: the tally is stopped, records and offsets are deleted as an
// operator or an expiry would, and it is started again.
#include "common/kafka/admin.h"
#include "tests/fault/operator.h"
#include "tests/fault/run.h"

namespace encours::test {
namespace {

constexpr const char* kChangelog = "encours.tally.changelog";

class LostLogs : public FaultTest {
 protected:
  const Workload::Cut& cut(std::size_t nth, std::size_t of) const {
    return workload.cuts[workload.cuts.size() * nth / of];
  }
  // Works up to a cut and ends.
  void work_until(const std::string& instance, const Workload::Cut& until) {
    ASSERT_GOOD(run->feed(until.records));
    run->start(instance);
    ASSERT_GOOD(oracle->await_outputs(kLivenessMs, until));
    ASSERT_TRUE(run->stop_all(kPatienceMs));
  }
  std::vector<stream::NextOffset> ends_of_changelog() {
    std::vector<stream::NextOffset> ends;
    for (std::int32_t p = 0; p < options.partitions; ++p) {
      const auto end = oracle->log_end(kChangelog, p);
      EXPECT_TRUE(end.ok());
      if (end) ends.push_back({{kChangelog, p}, *end});
    }
    return ends;
  }
  std::vector<stream::TopicPartition> inputs(const std::vector<std::string>& names) const {
    std::vector<stream::TopicPartition> out;
    for (const auto& topic : names) {
      for (std::int32_t p = 0; p < options.partitions; ++p) out.push_back({topic, p});
    }
    return out;
  }
  // Started as often as a supervisor would, it changes nothing.
  void expect_refused(const std::string& instance, const std::string& code) {
    const auto before = oracle->log_end(kChangelog);
    for (int start = 0; start < 2; ++start) {
      ASSERT_NO_FATAL_FAILURE(expect_refusal(run->start(instance), code));
    }
    const auto after = oracle->log_end(kChangelog);
    ASSERT_GOOD(before);
    ASSERT_GOOD(after);
    EXPECT_EQ(*before, *after) << "it has written";
  }
};
using LostLogsLong = LostLogs;

// The store that lags and a new one are refused. The one that has all of it goes on; its changelog
// alone can't make it again, and nothing says that it could.
TEST_F(LostLogsLong, Row26ChangelogTruncatedAboveAStore) {
  // Of a topic that is compacted only, Kafka deletes nothing: a slip in its settings comes first.
  topics.changelog = {{"cleanup.policy", "compact,delete"}};
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", "1500");
  ASSERT_NO_FATAL_FAILURE(work_until("a", cut(1, 3)));
  ASSERT_NO_FATAL_FAILURE(work_until("b", cut(1, 2)));
  const auto ends = ends_of_changelog();
  ASSERT_NO_FATAL_FAILURE(work_until("b", cut(2, 3)));
  ASSERT_GOOD(delete_records(run->settings(), ends));
  ASSERT_NO_FATAL_FAILURE(expect_refused("a", "changelog_truncated"));
  ASSERT_NO_FATAL_FAILURE(expect_refused("fresh", "changelog_truncated"));
  std::filesystem::remove_all(run->data_dir("fresh"));
  ASSERT_GOOD(run->feed_all());
  run->start("b");
  expect_only({kRebuilt, kLeftBehind});
}

// A changelog that ends before the store: a broker has lost acknowledged records.
TEST_F(LostLogs, Row26ChangelogEndsBeforeTheStore) {
  ASSERT_NO_FATAL_FAILURE(install());
  ASSERT_NO_FATAL_FAILURE(work_until("a", cut(1, 3)));
  kafka::KafkaSettings settings = run->settings();
  const auto admin = kafka::KafkaAdmin::make(settings);
  ASSERT_GOOD(admin);
  ASSERT_GOOD((*admin)->delete_topic(kChangelog));
  ASSERT_TRUE(await(kPatienceMs, [&] {
    const auto left = (*admin)->topics();
    return left && !left->contains(kChangelog);
  }));
  const kafka::TopicSpec again{kChangelog, options.partitions, 1, {{"cleanup.policy", "compact"}}};
  ASSERT_TRUE(await(kPatienceMs, [&] { return (*admin)->create_topics({again}).ok(); }));
  ASSERT_NO_FATAL_FAILURE(expect_refusal(run->start("a"), "changelog_lost"));
}

TEST_F(LostLogs, Row35GroupIsDeleted) {
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", "1500");
  ASSERT_NO_FATAL_FAILURE(work_until("a", cut(1, 2)));
  // What its operator keeps: the offsets as they stood.
  const auto stood = oracle->committed(inputs({"tally.in", "tally.mid", "encours.settings"}));
  ASSERT_GOOD(stood);
  ASSERT_TRUE(await(kPatienceMs, [&] { return delete_group(run->settings()).ok(); }))
      << "the group does not become empty";
  ASSERT_NO_FATAL_FAILURE(expect_refused("a", "offsets_lost"));
  // With them set again, as the message says.
  ASSERT_TRUE(await(kPatienceMs, [&] { return set_offsets(run->settings(), *stood).ok(); }));
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  expect_exact();
}

// Of one input only: what the others say must not hide it.
TEST_F(LostLogs, Row35OffsetsOfOneInputAreLost) {
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", "1500");
  ASSERT_NO_FATAL_FAILURE(work_until("a", cut(1, 2)));
  const std::string lost = draw(0, 1) == 0 ? "tally.in" : "tally.mid";
  const auto stood = oracle->committed(inputs({lost}));
  ASSERT_GOOD(stood);
  ASSERT_TRUE(await(kPatienceMs, [&] {
    return delete_offsets(run->settings(), inputs({lost})).ok();
  }));
  ASSERT_NO_FATAL_FAILURE(expect_refused("a", "offsets_lost"));
  ASSERT_TRUE(await(kPatienceMs, [&] { return set_offsets(run->settings(), *stood).ok(); }));
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  expect_exact();
}

}  // namespace
}  // namespace encours::test
