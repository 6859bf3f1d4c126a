// commit: the only place that begins, commits and replaces transactions. Fifth verb of the path.
//
//            open()                 commit() ok
//   [none] ---------> [in transaction] --------> [none]
//      ^                   | anything else
//      |   recycle() ok    v
//      +--------------- [broken]
//
// A commit is: changelog records of every dirty task, all acknowledged; offsets, each with the
// place where its task's changelog goes on and with the reader's fresh group metadata; EndTxn. A
// writer whose commit did not plainly succeed, or that had to ask twice, is destroyed and made
// anew: init() then bumps the epoch, which fences what is still on its way: an EndTxn could end our
// next transaction (reliability, rule 4.1), offsets could overwrite its own. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/stream/log_client.h"
#include "common/stream/task.h"
#include "common/time/clock.h"

namespace encours::stream {

class Committer : public Sink {
 public:
  explicit Committer(LogClient& log) : log_(log) {}

  // Sink of the tasks: opens a transaction with the first record.
  Status produce(const Outgoing& record) override;
  // Opens a transaction if none is open.
  Status open();
  bool is_open() const { return open_; }

  // Commits what the tasks have staged and the offsets up to which they have read, at least one of
  // each dirty task: they carry the group's generation, by which the broker refuses a zombie, and
  // the position of the changelog, by which a restore knows what belongs to them. After success
  // each dirty task's changelog position is in `changelog_next`, by partition.
  Status commit(const Topology& topology, const std::vector<Task*>& tasks,
                std::vector<NextOffset> offsets, GroupReader& reader);
  std::int64_t changelog_next(std::int32_t partition) const {
    return changelog_next_.at(partition);
  }

  // Destroys the writer and makes a new one: fences everything that is still in flight.
  Status recycle();
  std::uint64_t recycled_count() const { return recycled_; }

 private:
  Status stage_changelog(const Topology& topology, const Task& task);
  void find_changelog_next(const Topology& topology, const Task& task);

  LogClient& log_;
  std::unique_ptr<TransactionalWriter> writer_;
  bool open_ = false;
  std::uint64_t recycled_ = 0;
  std::map<std::int32_t, std::int64_t> changelog_next_;
};

}  // namespace encours::stream
