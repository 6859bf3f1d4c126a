// Goal: metrics count right, keep to the naming rules, and no tenant or value can flood them.
// Method: the exposition text is compared by hand and given to the real promtool, which also
// shows that it would object to a name that our rule refuses.
#include "common/observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "common/observe/metric_names.h"

namespace encours {
namespace {

using testing::HasSubstr;
using testing::Not;

// Runs `promtool check metrics` on a text; its exit code, or -1 where there is no promtool.
int promtool(const std::string& text) {
  if (std::system("command -v promtool > /dev/null") != 0) return -1;
  FILE* const pipe = popen("promtool check metrics", "w");
  std::fwrite(text.data(), 1, text.size(), pipe);
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Metrics, CountersGaugesHistograms) {
  Metrics metrics;
  const Family<Counter> read =
      metrics.counters("encours_records_read_total", "Records read.", {"topic", "tenant"});
  read.with({"receivables", "acme"}).add(3);
  read.with({"receivables", "acme"}).add();
  Gauge age = metrics.gauges("encours_tick_age_seconds", "Age of the last tick.").with({});
  age.set(10);
  age.add(-2.5);
  metrics.histograms("encours_commit_seconds", "Time of a commit.", {}, {0.1, 1})
      .with({})
      .observe(0.5);
  EXPECT_EQ(metrics.text(),
            "# HELP encours_records_read_total Records read.\n"
            "# TYPE encours_records_read_total counter\n"
            "encours_records_read_total{tenant=\"acme\",topic=\"receivables\"} 4\n"
            "# HELP encours_tick_age_seconds Age of the last tick.\n"
            "# TYPE encours_tick_age_seconds gauge\n"
            "encours_tick_age_seconds 7.5\n"
            "# HELP encours_commit_seconds Time of a commit.\n"
            "# TYPE encours_commit_seconds histogram\n"
            "encours_commit_seconds_count 1\n"
            "encours_commit_seconds_sum 0.5\n"
            "encours_commit_seconds_bucket{le=\"0.1\"} 0\n"
            "encours_commit_seconds_bucket{le=\"1\"} 1\n"
            "encours_commit_seconds_bucket{le=\"+Inf\"} 1\n");
}

TEST(Metrics, AFamilyIsTheSameWhenAskedAgain) {
  Metrics metrics;
  metrics.counters("encours_records_read_total", "Records read.").with({}).add(2);
  metrics.counters("encours_records_read_total", "Records read.").with({}).add(2);
  EXPECT_THAT(metrics.text(), HasSubstr("\nencours_records_read_total 4\n"));
}

TEST(Metrics, TenantsAreCappedOverAllFamilies) {
  Metrics metrics;
  const auto read = metrics.counters("encours_records_read_total", "Records read.", {"tenant"});
  const auto refused = metrics.counters("encours_refusals_total", "Refusals.", {"tenant"});
  for (int i = 0; i < 130; ++i) read.with({"tenant-" + std::to_string(i)}).add();
  refused.with({"tenant-99"}).add();
  refused.with({"tenant-100"}).add();
  read.with({"tenant-0"}).add();
  const std::string text = metrics.text();
  EXPECT_EQ(count_of(text, "encours_records_read_total{"), 101u);
  EXPECT_THAT(text, HasSubstr("encours_records_read_total{tenant=\"other\"} 30\n"));
  EXPECT_THAT(text, HasSubstr("encours_records_read_total{tenant=\"tenant-0\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("encours_refusals_total{tenant=\"tenant-99\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("encours_refusals_total{tenant=\"other\"} 1\n"));
}

TEST(Metrics, SeriesAreCappedAndValuesMadeHarmless) {
  Metrics metrics;
  const auto refusals = metrics.counters("encours_refusals_total", "Refusals.", {"code"});
  for (size_t i = 0; i < kMaxSeriesPerFamily + 5; ++i) {
    refusals.with({std::to_string(i)}).add();
  }
  EXPECT_THAT(metrics.text(), HasSubstr("encours_refusals_total{code=\"other\"} 5\n"));

  Metrics other;
  other.counters("encours_refusals_total", "Refusals.", {"tenant"})
      .with({"a\n\"b\"\\\xff" + std::string(1000, 'x')})
      .add();
  const std::string text = other.text();
  EXPECT_THAT(text, HasSubstr("{tenant=\"a\\n\\\"b\\\"\\\\\ufffdx"));
  EXPECT_LT(text.size(), 400u);
  EXPECT_NE(promtool(text), 1);
}

TEST(Metrics, HooksRunBeforeEachScrapeUntilDropped) {
  Metrics metrics;
  Gauge size = metrics.gauges("encours_store_bytes", "Size of the store.").with({});
  int runs = 0;
  {
    const Metrics::Hook hook = metrics.on_scrape([&] { size.set(++runs); });
    EXPECT_THAT(metrics.text(), HasSubstr("encours_store_bytes 1\n"));
    EXPECT_THAT(metrics.text(), HasSubstr("encours_store_bytes 2\n"));
  }
  EXPECT_THAT(metrics.text(), HasSubstr("encours_store_bytes 2\n"));
  Metrics::Hook late;
  {
    Metrics gone;
    late = gone.on_scrape([&] { ++runs; });
  }
  EXPECT_EQ(runs, 2) << "a hook may outlive its metrics";
}

TEST(Metrics, ManyThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&metrics] {
      for (int j = 0; j < 1000; ++j) {
        metrics.counters("encours_records_read_total", "Records read.", {"tenant"})
            .with({std::to_string(j % 3)})
            .add();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(metrics.text(), HasSubstr("{tenant=\"1\"} 1332\n"));
}

TEST(MetricNames, PromtoolAgrees) {
  Metrics metrics;
  metrics.counters("encours_records_read_total", "Records read.", {"tenant"}).with({"a"}).add();
  metrics.gauges("encours_input_lag_records", "Records not yet read.").with({}).set(1);
  metrics.gauges("encours_cache_ratio", "Part of reads answered by the cache.").with({}).set(1);
  metrics.histograms("encours_commit_seconds", "Time of a commit.").with({}).observe(1);
  metrics.histograms("encours_row_bytes", "Size of a row.", {}, size_buckets()).with({});
  metrics.histograms("encours_batch_records", "Records of a batch.", {}, {1, 10}).with({});
  const int verdict = promtool(metrics.text());
  if (verdict < 0) GTEST_SKIP() << "promtool is not installed";
  EXPECT_EQ(verdict, 0);
  // It does look: these are names that our rule refuses too.
  EXPECT_NE(promtool("# HELP encours_reads Reads.\n# TYPE encours_reads counter\n"
                     "encours_reads 1\n"),
            0);
  EXPECT_NE(promtool("# HELP encours_wait_milliseconds Wait.\n"
                     "# TYPE encours_wait_milliseconds gauge\nencours_wait_milliseconds 1\n"),
            0);
}

TEST(MetricNames, Rules) {
  const auto broken = [](MetricKind kind, const char* name, std::vector<std::string> labels = {}) {
    return broken_metric_rule(kind, name, "Help.", labels) != nullptr;
  };
  EXPECT_FALSE(broken(MetricKind::kCounter, "encours_records_read_total", {"topic"}));
  EXPECT_FALSE(broken(MetricKind::kGauge, "encours_ticks_forwarded_seconds"));
  EXPECT_TRUE(broken(MetricKind::kCounter, "encours_records_read"));
  EXPECT_TRUE(broken(MetricKind::kCounter, "records_read_total"));
  EXPECT_TRUE(broken(MetricKind::kCounter, "encours_recordsRead_total"));
  EXPECT_TRUE(broken(MetricKind::kCounter, "encours_wait_ms_total"));
  EXPECT_TRUE(broken(MetricKind::kGauge, "encours_lag_total"));
  EXPECT_TRUE(broken(MetricKind::kGauge, "encours_lag_gauge"));
  EXPECT_TRUE(broken(MetricKind::kGauge, "encours_used_percent"));
  EXPECT_TRUE(broken(MetricKind::kHistogram, "encours_commit"));
  EXPECT_TRUE(broken(MetricKind::kHistogram, "encours_commit_seconds", {"le"}));
  EXPECT_TRUE(broken(MetricKind::kHistogram, "encours_commit_seconds", {"a", "a"}));
  EXPECT_NE(broken_metric_rule(MetricKind::kGauge, "encours_lag_records", "no sentence", {}),
            nullptr);
}

TEST(MetricsDeathTest, ProgrammersMistakes) {
  Metrics metrics;
  EXPECT_DEATH(metrics.gauges("encours_lag_records", "Lag.", {"tenant"}), "only counters");
  EXPECT_DEATH(metrics.counters("encours_reads", "Reads."), "ends in _total");
  const auto reads = metrics.counters("encours_reads_total", "Reads.", {"topic"});
  EXPECT_DEATH(reads.with({}), "one value for each label");
  EXPECT_DEATH(metrics.counters("encours_reads_total", "Reads."), "fixed label names");
}

}  // namespace
}  // namespace encours
