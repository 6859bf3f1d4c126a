// RunnerMetrics: what the runners do, as metrics and log lines.
//
// One per process, shared by its runners and keepers of copies; called on their threads. Labels are
// partitions, reasons and kinds, never a value from users' data.
#pragma once

#include <map>
#include <mutex>

#include "common/observe/metrics.h"
#include "common/stream/task_runner.h"

namespace encours {

class RunnerMetrics final : public stream::RunnerObserver, public stream::CopyObserver {
 public:
  explicit RunnerMetrics(Metrics& metrics);

  void on_commit(std::int64_t commit_ms, std::size_t records) override;
  void on_recycle(const Error& why) override;
  void on_restore(std::int32_t partition, const stream::RestoreProgress& progress,
                  std::int64_t took_ms) override;
  void on_quarantine(std::int32_t partition) override;
  void on_assignment(const std::vector<std::int32_t>& partitions) override;
  void on_counts(std::int32_t partition, const stream::TaskCounts& counts) override;
  void on_copy(std::int32_t partition, const stream::RestoreProgress& progress) override;
  void on_copy_failure(std::int32_t partition, const Error& why) override;

 private:
  // Counters rise by the difference to what was last told of a partition.
  struct Told {
    stream::TaskCounts counts;
  };

  Histogram commit_seconds_;
  Histogram transaction_records_;
  Family<Counter> recycled_;
  Counter restored_records_;
  Histogram restore_seconds_;
  Counter wiped_stores_;
  Counter quarantined_stores_;
  Counter copied_records_;
  Family<Counter> copy_failures_;
  Counter records_;
  Counter ticks_;
  Counter timers_;
  Counter parked_;
  Counter facts_;
  Counter dead_letters_;
  Counter effects_;
  std::mutex mutex_;
  std::map<std::int32_t, Told> told_;
};

}  // namespace encours
