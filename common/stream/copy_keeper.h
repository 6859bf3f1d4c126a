// CopyKeeper: copies of partitions that others own, kept warm for the moment they come to us.
//
// The runner says of which partitions, from the placement; a thread of its own follows their
// changelogs in rounds, from one to the next. A copy is warm once it has been brought to all that
// was committed when its round began. Before the runner takes such a partition over it asks for
// the copy's release, which closes the store; the restore then finds the last moments only. A copy
// that fails is closed and begun again in the next round: the observer is told. keep(), warm() and
// release() may be called from the runner's thread, the rest is the keeper's own.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "common/state/stores.h"
#include "common/stream/log_client.h"
#include "common/stream/restore.h"
#include "common/stream/topology.h"
#include "common/time/clock.h"

namespace encours::stream {

// Called on the keeper's thread.
class CopyObserver {
 public:
  virtual ~CopyObserver() = default;
  // How many records of the changelog the copy has taken in this round.
  virtual void on_copy(std::int32_t partition, const RestoreProgress& progress) = 0;
  virtual void on_copy_failure(std::int32_t partition, const Error& why) = 0;
};

class CopyKeeper {
 public:
  CopyKeeper(const Topology& topology, LogClient& log, StoreOpener& stores, Clock& clock,
             CopyObserver& observer, RestoreOptions options = {})
      : topology_(topology),
        log_(log),
        stores_(stores),
        clock_(clock),
        observer_(observer),
        options_(options) {}

  void keep(const std::string& cluster_id, std::set<std::int32_t> partitions);
  std::set<std::int32_t> warm() const;
  // Returns once the store of the partition is closed.
  void release(std::int32_t partition);

  // Rounds until it is stopped; request_stop() may be called from any thread.
  void run();
  void request_stop() { stop_ = true; }

 private:
  struct Copy {
    std::shared_ptr<Store> store;
    bool warm = false;
  };

  void round();
  std::optional<std::int32_t> next_after(std::int32_t partition);
  Status follow_one(std::int32_t partition, Copy& copy);
  bool is_wanted(std::int32_t partition) const;

  const Topology& topology_;
  LogClient& log_;
  StoreOpener& stores_;
  Clock& clock_;
  CopyObserver& observer_;
  RestoreOptions options_;
  std::unique_ptr<LogReplay> replay_;
  std::atomic<bool> stop_{false};

  // Guards what follows; never held while a log or a store is asked.
  mutable std::mutex mutex_;
  std::string cluster_id_;
  std::set<std::int32_t> wanted_;
  std::map<std::int32_t, std::unique_ptr<Copy>> copies_;
  std::optional<std::int32_t> at_work_on_;
};

}  // namespace encours::stream
