// PoisonGauge: how much of what came lately by one input was poison.
//
// One bad record is put aside and hurts nobody. Where most are bad, what writes them is broken, or
// we are, and to go on would turn a topic into dead letters: the task stops instead, with its
// offsets where they are (Task::count). A door is exempt: what an ERP sends is its own affair. A
// pure counter; one for each input of a task, on its thread. Records that are read again after an
// abort count again, good and bad alike.
#pragma once

#include <cstddef>
#include <vector>

namespace encours::stream {

struct PoisonLimit {
  // Over how many records; fewer never trip.
  std::size_t window = 1000;
  // How much of them may be poison; 100 never trips.
  std::size_t percent = 50;
};

class PoisonGauge {
 public:
  explicit PoisonGauge(PoisonLimit limit) : limit_(limit) {}

  // Counts a record; true where too many of the last ones were poison.
  bool count(bool poison) {
    if (recent_.size() < limit_.window) {
      recent_.push_back(poison);
    } else {
      poison_ -= recent_[next_] ? 1 : 0;
      recent_[next_] = poison;
    }
    poison_ += poison ? 1 : 0;
    next_ = next_ + 1 < limit_.window ? next_ + 1 : 0;
    return recent_.size() == limit_.window && poison_ * 100 > limit_.percent * limit_.window;
  }
  std::size_t poison() const { return poison_; }

 private:
  PoisonLimit limit_;
  std::vector<bool> recent_;
  std::size_t next_ = 0;
  std::size_t poison_ = 0;
};

}  // namespace encours::stream
