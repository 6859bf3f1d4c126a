// EffectWorker: carries out what decisions have planned, and tells how it ended.
//
// It looks at the committed effects of the partitions that run here (common/stream/effect_book.h),
// gives each to the service's Performer on one of its threads, and appends the outcome to
// encours.<service>.outcomes, from where the stage hears of it. Each effect is performed at least
// once: after a crash, or by a new owner, again with the same stable key in its body. A process in
// rebuild mode has no worker. start() and stop() by one thread; stop() waits for what is under way.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/kafka/appender.h"
#include "common/observe/metrics.h"
#include "common/stream/effect_book.h"
#include "common/stream/task_board.h"

namespace encours::egress {

using stream::v1alpha1::EffectOutcome;
using stream::v1alpha1::EffectResult;

struct PlannedEffect {
  std::int32_t partition = 0;
  std::string tenant;
  std::string stage;
  std::string clock;
  stream::EffectPlace place;
  stream::rt::EffectRow row;

  // In events mode effects go to simulators only.
  bool simulated() const { return clock != stream::kWallClock; }
};

// What came of it.
struct Performed {
  EffectResult result = stream::v1alpha1::EFFECT_RESULT_DONE;
  // Where it is not done: a stable code, and a sentence without personal data.
  std::string code;
  std::string message;
  // What the stage is to know, and the full name of that message; may be empty.
  std::string type;
  std::string body;
  // Not now: nothing is told, and it is asked for again after so long.
  std::optional<std::int64_t> again_in_ms;

  static Performed later(std::int64_t ms) {
    Performed performed;
    performed.again_in_ms = ms;
    return performed;
  }
};

class Performer {
 public:
  virtual ~Performer() = default;
  // Blocks on I/O; on several threads at once. Ends soon once `stopping` says so.
  virtual Performed perform(const PlannedEffect& effect, const std::atomic<bool>& stopping) = 0;
};

struct WorkerOptions {
  std::string service;
  int threads = 8;
  std::size_t queue = 256;
};

class EffectWorker {
 public:
  EffectWorker(WorkerOptions options, stream::TaskBoard& board, kafka::Appender& appender,
               Clock& clock, Metrics& metrics, Performer& performer);
  ~EffectWorker();

  void start();
  void stop();

 private:
  using Key = std::pair<std::int32_t, std::string>;  // Partition, key of the row.
  void look();
  void look_at(std::int32_t partition);
  void work();
  void tell(const PlannedEffect& effect, const Performed& performed);
  void append(stream::Outgoing record);
  void append_again();

  WorkerOptions options_;
  stream::TaskBoard& board_;
  kafka::Appender& appender_;
  Clock& clock_;
  Performer& performer_;
  Family<Counter> outcomes_;
  Gauge open_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<Key, PlannedEffect>> queue_;
  std::map<Key, std::int64_t> busy_;  // Until the row is gone; the value: not before this time.
  std::vector<stream::Outgoing> untold_;
  std::atomic<bool> stopping_{false};
  std::vector<std::jthread> threads_;
};

}  // namespace encours::egress
