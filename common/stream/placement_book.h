// PlacementBook: the placement of a service as its log tells it, and what follows from it.
//
// Each member reads the whole topic encours.<service>.placement. The leader of the group writes
// where all partitions are, each member what it says of itself; both within transactions that carry
// the group's generation, so that the broker refuses whoever has been replaced. A placement holds
// for the generation that it names: a member of another one owns nothing. Within a generation a
// partition changes hands only once its owner has released it. Decides, and does nothing: the
// runner reads, writes and acts. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/stream/log.h"
#include "common/stream/placement.h"
#include "encours/stream/v1alpha1/placement.pb.h"

namespace encours::stream {

class PlacementBook {
 public:
  using Record = encours::stream::v1alpha1::PlacementRecord;
  using Report = encours::stream::v1alpha1::MemberReport;

  PlacementBook(std::string topic, std::int32_t partitions)
      : topic_(std::move(topic)), partitions_(partitions) {}

  // The next record of the log; fatal where it can't be read.
  Status take(const LogRecord& record);

  // 0 before the first placement.
  std::int64_t version() const { return record_.version(); }
  bool holds_for(std::int32_t generation) const;

  // What a member owns, but for what it has released; what of that it is to hand over, and of what
  // it is to keep a copy.
  std::set<std::int32_t> owned_by(const std::string& member) const;
  std::set<std::int32_t> handed_over_by(const std::string& member) const;
  std::set<std::int32_t> inherited_by(const std::string& member) const;
  // Addresses of the owners; without those that have not told theirs.
  std::map<std::int32_t, std::string> addresses() const;

  // Those of the last placement, and all that have ever said something.
  std::set<std::string> members() const;
  std::set<std::string> reporters() const;
  // What the leader of this generation is to write now; nothing where all stands as it should.
  std::optional<Record> next(std::int32_t generation,
                             const std::vector<std::string>& members) const;

  // What a member is to say now: it says `own`, and what it has released of what is still its own,
  // by this report or by an earlier one. Nothing where that has been said.
  std::optional<Report> to_report(Report own) const;
  // Whether the seat is still the member's as it was when it was left.
  bool stands(const std::string& member,
              const encours::stream::v1alpha1::ReleasedSeat& left) const;
  // The partition closed, as a report has it.
  encours::stream::v1alpha1::ReleasedSeat released(std::int32_t partition) const;

  Outgoing written(const Record& record) const;
  Outgoing written(const Report& report) const;

 private:
  Status take_placement(const std::string& value);
  bool has_released(std::int32_t partition) const;

  std::string topic_;
  std::int32_t partitions_;
  Record record_;
  std::map<std::string, Report> reports_;
};

// "portfolio-1-0" is a runner of the instance "portfolio-1".
std::string pod_of(const std::string& member);

}  // namespace encours::stream
