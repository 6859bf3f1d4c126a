// Placement: which member of a group owns which partition, and which keeps a copy of it warm.
//
// Pure: the leader of the group calls next_placement() whenever the group has a new generation or a
// member has something new to say, and publishes what comes of it. It is sticky: a partition whose
// owner stays is moved only where the load would differ by more than one, and only to a member
// whose copy is warm; its owner releases it first. A partition whose owner has gone is its heir's
// at once: the broker refuses whatever a member of an older generation still commits.
//
//   p-3: a (heir b) --b is warm--> a hands over to b --a has released--> b (heir a)
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace encours::stream {

struct PlacementMember {
  std::string name;  // group.instance.id: one runner of one instance.
  std::string pod;   // Members of one pod end together and share a disk: none is another's heir.
  bool is_leaving = false;  // It drains: what it owns goes as soon as others are warm.
};

struct Seat {
  std::string owner;  // Empty only where there is no member at all.
  std::string heir;   // Keeps a copy; empty: nobody.
  bool handing_over = false;  // The owner is to release it to the heir.
  friend bool operator==(const Seat&, const Seat&) = default;
};

// By partition.
using Placement = std::vector<Seat>;

// What the members have said since the placement was published.
struct PlacementReports {
  // Copies that are at the end of their changelog but for the last moments.
  std::set<std::pair<std::string, std::int32_t>> warm;
  // Partitions whose owner has drained and closed them.
  std::set<std::int32_t> released;
};

// The placement that follows; the same one where nothing is left to do. Members in any order.
Placement next_placement(Placement now, const std::vector<PlacementMember>& members,
                         const PlacementReports& reports);

// How many partitions have another owner.
int count_moves(const Placement& before, const Placement& after);

}  // namespace encours::stream
