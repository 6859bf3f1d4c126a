#include "common/stream/commit.h"

#include "common/base/fault_point.h"

namespace encours::stream {

Status Committer::produce(const Outgoing& record) {
  ENCOURS_TRY(open());
  return writer_->produce(record);
}

Status Committer::open() {
  if (open_) return {};
  ENCOURS_CHECK(writer_ != nullptr, "recycle() comes before the first transaction");
  ENCOURS_TRY(writer_->begin());
  open_ = true;
  return {};
}

Status Committer::stage_changelog(const Topology& topology, const Task& task) {
  Outgoing out;
  out.topic = topology.changelog_topic();
  out.partition = task.partition();
  for (const auto& change : task.changes()) {
    out.key = change.key;
    out.value = change.value;
    ENCOURS_TRY(writer_->produce(out));
  }
  return {};
}

Status Committer::commit(const Topology& topology, const std::vector<Task*>& tasks,
                         std::vector<NextOffset> offsets, GroupReader& reader) {
  if (offsets.empty()) {
    return error(Reaction::kAbort, "no_offsets",
                 "a transaction without offsets is fenced by nothing and can't be committed");
  }
  ENCOURS_TRY(open());
  pass_fault_point("commit.before_changelog");
  for (const Task* task : tasks) {
    if (task->dirty()) ENCOURS_TRY(stage_changelog(topology, *task));
  }
  ENCOURS_TRY(writer_->flush());
  for (const Task* task : tasks) find_changelog_next(topology, *task);
  for (auto& next : offsets) {
    if (next.at.topic == topology.placement_topic()) continue;  // No task's.
    next.changelog_next = changelog_next_.at(next.at.partition % topology.partitions);
  }
  pass_fault_point("commit.before_send_offsets");
  ENCOURS_TRY(writer_->send_offsets(offsets, reader));
  if (writer_->stray_offset_requests() > 0 && !mutation_is_on("forget_stray_offsets")) {
    return error(Reaction::kAbort, "offsets_repeated",
                 "Offsets were sent twice: the first may still come into a later transaction");
  }
  pass_fault_point("commit.before_end_txn");
  ENCOURS_TRY(writer_->commit());
  if (writer_->end_requests() > 1 && !mutation_is_on("forget_repeated_end_txn")) {
    return error(Reaction::kAbort, "end_txn_repeated",
                 "EndTxn was sent twice: one may still end a later transaction");
  }
  open_ = false;
  pass_fault_point("commit.after_ack");
  return {};
}

// Of a task that has changed nothing: where its store stands.
void Committer::find_changelog_next(const Topology& topology, const Task& task) {
  std::int64_t& next = changelog_next_[task.partition()];
  next = task.store().changelog_next_offset();
  if (!task.dirty()) return;
  const auto written = writer_->next_offset_after({topology.changelog_topic(), task.partition()});
  ENCOURS_CHECK(written.has_value(), "a dirty task has changelog records, all acknowledged");
  next = *written;
}

Status Committer::recycle() {
  if (mutation_is_on("reuse_after_timeout") && writer_ != nullptr) {
    // The broken rule: the commit is asked for again, and a yes is taken for the end of it.
    ENCOURS_TRY(writer_->commit());
    open_ = false;
    return {};
  }
  writer_.reset();
  open_ = false;
  changelog_next_.clear();
  ENCOURS_ASSIGN(writer_, log_.make_writer());
  ENCOURS_TRY(writer_->init());
  ++recycled_;
  return {};
}

}  // namespace encours::stream
