#include "common/stream/apply.h"

#include "common/base/fault_point.h"

namespace encours::stream {

Status apply(const std::vector<Task*>& tasks, const Committer& committer, Clock& clock) {
  const std::int64_t now_us = clock.now().unix_micros();
  for (Task* task : tasks) {
    if (!task->dirty()) continue;
    pass_fault_point("apply.before_write");
    ENCOURS_TRY(task->apply(committer.changelog_next(task->partition()), now_us));
    pass_fault_point("apply.after_write");
  }
  return {};
}

}  // namespace encours::stream
