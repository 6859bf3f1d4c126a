#include "common/service/runner_metrics.h"

#include "common/observe/log.h"

namespace encours {
namespace {

// A task that was opened anew counts from zero again.
double risen(std::uint64_t now, std::uint64_t before) {
  return static_cast<double>(now >= before ? now - before : now);
}

double seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000.0; }

}  // namespace

RunnerMetrics::RunnerMetrics(Metrics& metrics)
    : commit_seconds_(
          metrics.histograms("encours_commit_seconds", "Time of one commit.").with({})),
      transaction_records_(metrics
                               .histograms("encours_transaction_records",
                                           "Records and timers in one transaction.", {},
                                           {1, 10, 100, 1000, 10000, 100000})
                               .with({})),
      recycled_(metrics.counters("encours_producer_recycled_total",
                                 "Transactions lost and producers replaced.", {"reason"})),
      restored_records_(metrics
                            .counters("encours_restored_records_total",
                                      "Changelog records read by restores.")
                            .with({})),
      restore_seconds_(
          metrics.histograms("encours_restore_seconds", "Time of the restore of a partition.")
              .with({})),
      wiped_stores_(metrics
                        .counters("encours_stores_wiped_total",
                                  "Stores that were too old and were rebuilt.")
                        .with({})),
      quarantined_stores_(metrics
                              .counters("encours_stores_quarantined_total",
                                        "Stores that were damaged or foreign and stand aside.")
                              .with({})),
      copied_records_(metrics
                          .counters("encours_copied_records_total",
                                    "Changelog records that copies of others' partitions took.")
                          .with({})),
      copy_failures_(metrics.counters("encours_copy_failures_total",
                                      "Copies of others' partitions begun again.", {"reason"})),
      records_(metrics.counters("encours_records_in_total", "Records taken.").with({})),
      ticks_(metrics.counters("encours_ticks_total", "Ticks taken.").with({})),
      timers_(metrics.counters("encours_timers_fired_total", "Timers fired.").with({})),
      parked_(metrics
                  .counters("encours_records_parked_total",
                            "Records of events-mode tenants that waited for their place.")
                  .with({})),
      facts_(metrics.counters("encours_facts_out_total", "Facts published.").with({})),
      dead_letters_(
          metrics.counters("encours_dead_letters_total", "Records refused and kept.").with({})),
      effects_(metrics
                   .counters("encours_effects_planned_total",
                             "Effects outside Kafka that decisions have planned.")
                   .with({})) {}

void RunnerMetrics::on_commit(std::int64_t commit_ms, std::size_t records) {
  commit_seconds_.observe(seconds(commit_ms));
  transaction_records_.observe(static_cast<double>(records));
}

void RunnerMetrics::on_recycle(const Error& why) {
  recycled_.with({why.code}).add();
  log::warning("runner_recovers", {{"reaction", reaction_name(why.reaction)},
                                   {"code", why.code},
                                   {"why", why.message}});
}

void RunnerMetrics::on_restore(std::int32_t partition, const stream::RestoreProgress& progress,
                               std::int64_t took_ms) {
  restored_records_.add(static_cast<double>(progress.records));
  restore_seconds_.observe(seconds(took_ms));
  if (progress.wiped) wiped_stores_.add();
  log::info("restored", {{"partition", partition},
                         {"from", progress.from},
                         {"until", progress.until},
                         {"records", progress.records},
                         {"wiped", progress.wiped},
                         {"took_ms", took_ms}});
}

void RunnerMetrics::on_quarantine(std::int32_t partition) {
  quarantined_stores_.add();
  log::warning("store_quarantined", {{"partition", partition}});
}

void RunnerMetrics::on_assignment(const std::vector<std::int32_t>& partitions) {
  log::info("assigned", {{"partitions", partitions.size()}});
}

void RunnerMetrics::on_copy(std::int32_t partition, const stream::RestoreProgress& progress) {
  copied_records_.add(static_cast<double>(progress.records));
  if (progress.from > 0 && !progress.wiped) return;
  log::info("copied", {{"partition", partition}, {"records", progress.records}});
}

void RunnerMetrics::on_copy_failure(std::int32_t partition, const Error& why) {
  copy_failures_.with({why.code}).add();
  log::warning("copy_failed",
               {{"partition", partition}, {"code", why.code}, {"why", why.message}});
}

void RunnerMetrics::on_counts(std::int32_t partition, const stream::TaskCounts& counts) {
  std::lock_guard lock(mutex_);
  auto& before = told_[partition].counts;
  records_.add(risen(counts.records, before.records));
  ticks_.add(risen(counts.ticks, before.ticks));
  timers_.add(risen(counts.timers, before.timers));
  parked_.add(risen(counts.parked, before.parked));
  facts_.add(risen(counts.staged.facts, before.staged.facts));
  dead_letters_.add(risen(counts.staged.dead_letters, before.staged.dead_letters));
  effects_.add(risen(counts.staged.effects, before.staged.effects));
  before = counts;
}

}  // namespace encours
