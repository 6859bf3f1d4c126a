#include "common/stream/placement.h"

#include <algorithm>
#include <map>

#include "common/base/check.h"

namespace encours::stream {
namespace {

constexpr int kLeavesFirst = 1'000'000;

class Planner {
 public:
  Planner(Placement seats, const std::vector<PlacementMember>& members,
          const PlacementReports& reports)
      : seats_(std::move(seats)), reports_(reports) {
    for (const auto& member : members) members_[member.name] = member;
    for (const auto& [name, member] : members_) {
      if (!member.is_leaving) load_[name] = 0;
    }
    // All of them leave: who is last serves on.
    if (load_.empty()) {
      for (const auto& [name, member] : members_) load_[name] = 0;
    }
  }

  Placement plan() {
    for (std::size_t p = 0; p < seats_.size(); ++p) settle(static_cast<std::int32_t>(p));
    if (members_.empty()) return std::move(seats_);
    for (const auto& seat : seats_) count(seat);
    for (auto& seat : seats_) {
      if (!seat.owner.empty()) continue;
      seat.owner = least(load_, [](const std::string&) { return true; });
      ++load_[seat.owner];
    }
    for (auto& seat : seats_) {
      if (!seat.handing_over && !can_inherit(seat.heir, seat)) seat.heir.clear();
    }
    balance();
    find_heirs();
    return std::move(seats_);
  }

 private:
  // Who has gone, and who has released.
  void settle(std::int32_t partition) {
    Seat& seat = seats_[static_cast<std::size_t>(partition)];
    if (!members_.contains(seat.heir)) {
      seat.heir.clear();
      seat.handing_over = false;
    }
    const bool is_orphan = !members_.contains(seat.owner);
    if (is_orphan || (seat.handing_over && reports_.released.contains(partition))) {
      // Who has released it has the freshest copy of all.
      seat.owner = std::exchange(seat.heir, is_orphan ? "" : seat.owner);
      seat.handing_over = false;
    }
  }

  // Where a seat will be.
  const std::string& place_of(const Seat& seat) const {
    return seat.handing_over ? seat.heir : seat.owner;
  }

  void count(const Seat& seat) {
    if (const auto found = load_.find(place_of(seat)); found != load_.end()) ++found->second;
  }

  bool can_inherit(const std::string& name, const Seat& seat) const {
    const auto heir = members_.find(name);
    return heir != members_.end() && load_.contains(name) &&
           heir->second.pod != members_.at(seat.owner).pod;
  }

  // The allowed one with the least, by name where several have it; empty where none is allowed.
  template <class Allowed>
  std::string least(const std::map<std::string, int>& of, Allowed allowed) const {
    std::string found;
    for (const auto& [name, number] : of) {
      if (allowed(name) && (found.empty() || number < of.at(found))) found = name;
    }
    return found;
  }

  // From whoever has too many (or leaves) to whoever has the least, one seat at a time. A seat goes
  // once the copy there is warm; until then it is its heir.
  void balance() {
    while (true) {
      const std::string to = least(load_, [](const std::string&) { return true; });
      Seat* seat = seat_to_give(to);
      if (seat == nullptr) return;
      const auto partition = static_cast<std::int32_t>(seat - seats_.data());
      if (const auto from = load_.find(seat->owner); from != load_.end()) --from->second;
      ++load_[to];
      // In one process the copy is the same one.
      const bool same_pod = members_.at(to).pod == members_.at(seat->owner).pod;
      seat->handing_over =
          same_pod || (seat->heir == to && reports_.warm.contains({to, partition}));
      seat->heir = to;
      given_.insert(partition);
    }
  }

  // Of who leaves, or else of who has most; best one that is warm there, or will be.
  Seat* seat_to_give(const std::string& to) {
    Seat* best = nullptr;
    int best_rank = 0;
    for (auto& seat : seats_) {
      if (seat.handing_over || given_.contains(static_cast<std::int32_t>(&seat - seats_.data()))) {
        continue;
      }
      const auto from = load_.find(seat.owner);
      const bool leaves = from == load_.end();
      if (!leaves && from->second <= load_.at(to) + 1) continue;
      const auto partition = static_cast<std::int32_t>(&seat - seats_.data());
      const int rank = (leaves ? kLeavesFirst : from->second * 3) + (seat.heir == to ? 1 : 0) +
                       (reports_.warm.contains({to, partition}) ? 1 : 0);
      if (rank > best_rank) {
        best = &seat;
        best_rank = rank;
      }
    }
    return best;
  }

  // Each owner's seats are spread so that, if it goes, all others have the same load: then nothing
  // but its own seats moves.
  void find_heirs() {
    for (const auto& [owner, member] : members_) {
      auto load = load_;  // As it would be without the owner.
      std::vector<Seat*> own;
      for (auto& seat : seats_) {
        if (place_of(seat) == owner) own.push_back(&seat);
      }
      for (Seat* seat : own) {
        if (const auto heir = load.find(seat->heir); heir != load.end()) ++heir->second;
      }
      for (Seat* seat : own) spread(*seat, load);
    }
  }

  void spread(Seat& seat, std::map<std::string, int>& load) {
    const auto partition = static_cast<std::int32_t>(&seat - seats_.data());
    if (seat.handing_over || given_.contains(partition)) return;
    const std::string best =
        least(load, [&](const std::string& name) { return can_inherit(name, seat); });
    if (best.empty()) return;
    if (const auto heir = load.find(seat.heir); heir != load.end()) {
      if (heir->second <= load.at(best) + 1) return;
      --heir->second;
    }
    ++load.at(best);
    seat.heir = best;
  }

  Placement seats_;
  const PlacementReports& reports_;
  std::map<std::string, PlacementMember> members_;
  std::map<std::string, int> load_;  // Of those that stay.
  std::set<std::int32_t> given_;
};

}  // namespace

Placement next_placement(Placement now, const std::vector<PlacementMember>& members,
                         const PlacementReports& reports) {
  return Planner(std::move(now), members, reports).plan();
}

int count_moves(const Placement& before, const Placement& after) {
  ENCOURS_CHECK(before.size() == after.size(), "the number of partitions never changes");
  int moves = 0;
  for (std::size_t p = 0; p < before.size(); ++p) {
    if (before[p].owner != after[p].owner) ++moves;
  }
  return moves;
}

}  // namespace encours::stream
