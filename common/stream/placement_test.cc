// Goal: a placement moves no more than it has to, and nothing is ever without an owner. Method:
// small groups by hand, and random histories of joins, ends, leaves and reports, in which every
// step is checked; beside them what Kafka's range assignor does with the same members.
#include "common/stream/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <random>

namespace encours::stream {
namespace {

using Members = std::vector<PlacementMember>;

Members members(int count, int first = 0) {
  Members out;
  for (int i = first; i < first + count; ++i) {
    const std::string name = "m" + std::to_string(10 + i);
    out.push_back({name, name, false});
  }
  return out;
}

std::map<std::string, int> loads(const Placement& placement, const Members& of) {
  std::map<std::string, int> out;
  for (const auto& member : of) out[member.name] = 0;
  for (const auto& seat : placement) ++out[seat.owner];
  return out;
}

int spread(const Placement& placement, const Members& of) {
  const auto load = loads(placement, of);
  const auto by_load = [](const auto& a, const auto& b) { return a.second < b.second; };
  return std::max_element(load.begin(), load.end(), by_load)->second -
         std::min_element(load.begin(), load.end(), by_load)->second;
}

PlacementReports all_done(const Placement& placement) {
  PlacementReports reports;
  for (std::size_t p = 0; p < placement.size(); ++p) {
    const auto partition = static_cast<std::int32_t>(p);
    if (!placement[p].heir.empty()) reports.warm.insert({placement[p].heir, partition});
    if (placement[p].handing_over) reports.released.insert(partition);
  }
  return reports;
}

// As long as anything changes, everybody doing what is asked of him at once.
Placement settled(Placement placement, const Members& group) {
  for (int step = 0; step < 100; ++step) {
    const auto next = next_placement(placement, group, all_done(placement));
    if (next == placement) return placement;
    placement = next;
  }
  ADD_FAILURE() << "never comes to rest";
  return placement;
}

TEST(Placement, AFirstMemberHasAllAndNoHeir) {
  const auto placement = next_placement(Placement(8), members(1), {});
  for (const auto& seat : placement) EXPECT_EQ(seat, (Seat{"m10", "", false}));
}

TEST(Placement, AMoveWaitsUntilItsCopyIsWarmAndItsOwnerHasReleasedIt) {
  const auto one = next_placement(Placement(4), members(1), {});
  const auto both = members(2);
  auto placement = next_placement(one, both, {});
  EXPECT_EQ(count_moves(one, placement), 0) << "nothing is warm";
  for (const auto& seat : placement) EXPECT_EQ(seat, (Seat{"m10", "m11", false}));
  EXPECT_EQ(next_placement(placement, both, {}), placement);

  const PlacementReports warm{{{"m11", 2}, {"m11", 3}}, {}};
  placement = next_placement(placement, both, warm);
  EXPECT_EQ(placement[2], (Seat{"m10", "m11", true}));
  EXPECT_EQ(placement[3], (Seat{"m10", "m11", true}));
  EXPECT_EQ(placement[0], (Seat{"m10", "m11", false})) << "two each is enough";

  placement = next_placement(placement, both, {warm.warm, {3}});
  EXPECT_EQ(placement[3], (Seat{"m11", "m10", false})) << "the freshest copy stays one";
  EXPECT_EQ(placement[2], (Seat{"m10", "m11", true})) << "not released yet";
}

TEST(Placement, WhoGoesIsFollowedByItsHeirs) {
  const auto group = members(3);
  const auto before = settled(Placement(9), group);
  EXPECT_EQ(spread(before, group), 0);
  const auto after = next_placement(before, {group[0], group[2]}, {});
  EXPECT_EQ(count_moves(before, after), 3);
  for (std::size_t p = 0; p < before.size(); ++p) {
    const bool orphaned = before[p].owner == "m11";
    EXPECT_EQ(after[p].owner, orphaned ? before[p].heir : before[p].owner);
  }
}

TEST(Placement, WhoLeavesServesUntilOthersAreWarm) {
  auto group = members(3);
  const auto before = settled(Placement(9), group);
  group[1].is_leaving = true;
  const auto asked = next_placement(before, group, {});
  EXPECT_EQ(count_moves(before, asked), 0);
  const auto after = settled(before, group);
  EXPECT_EQ(count_moves(before, after), 3);
  EXPECT_EQ(loads(after, group).at("m11"), 0);
  for (const auto& seat : after) EXPECT_NE(seat.heir, "m11");
}

TEST(Placement, RunnersOfOnePodAreNoHeirsOfEachOther) {
  const Members group{{"a-0", "a", false}, {"a-1", "a", false}, {"b-0", "b", false}};
  const auto placement = settled(Placement(12), group);
  EXPECT_EQ(spread(placement, group), 0);
  for (const auto& seat : placement) {
    EXPECT_NE(seat.owner.substr(0, 1), seat.heir.substr(0, 1)) << seat.owner << " " << seat.heir;
  }
}

// What Kafka's range assignor gives: members by name, each a run of partitions of every topic.
Placement by_range(std::size_t partitions, const Members& group) {
  Placement out;
  const std::size_t each = partitions / group.size();
  const std::size_t more = partitions % group.size();
  for (std::size_t m = 0; m < group.size(); ++m) {
    out.insert(out.end(), each + (m < more ? 1 : 0), Seat{group[m].name, "", false});
  }
  return out;
}

// 1 to 6 members come, go and leave by 2,000 random steps; all that is promised holds after each.
TEST(Placement, HoldsInAnyHistory) {
  std::mt19937 random(20261123);
  const auto draw = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  Members group = members(1);
  int next_name = 1;
  Placement placement = next_placement(Placement(32), group, {});
  for (int step = 0; step < 2000; ++step) {
    switch (draw(0, 9)) {
      case 0:
        if (group.size() < 6) group.push_back(members(1, next_name++ % 80)[0]);
        break;
      case 1:
        if (group.size() > 1) {
          group.erase(group.begin() + draw(0, static_cast<int>(group.size()) - 1));
        }
        break;
      case 2:
        group[static_cast<std::size_t>(draw(0, static_cast<int>(group.size()) - 1))].is_leaving =
            draw(0, 1) == 1;
        break;
      default:
        break;
    }
    PlacementReports reports = all_done(placement);
    std::erase_if(reports.warm, [&](const auto&) { return draw(0, 2) == 0; });
    std::erase_if(reports.released, [&](const auto&) { return draw(0, 2) == 0; });
    const auto is_member = [&](const std::string& name) {
      return std::any_of(group.begin(), group.end(),
                         [&](const auto& member) { return member.name == name; });
    };
    const auto next = next_placement(placement, group, reports);
    for (std::size_t p = 0; p < next.size(); ++p) {
      const auto partition = static_cast<std::int32_t>(p);
      ASSERT_TRUE(is_member(next[p].owner)) << "step " << step;
      ASSERT_NE(next[p].owner, next[p].heir);
      ASSERT_TRUE(next[p].heir.empty() || is_member(next[p].heir));
      if (next[p].owner == placement[p].owner || !is_member(placement[p].owner)) continue;
      ASSERT_TRUE(placement[p].handing_over && reports.released.contains(partition))
          << "taken from its owner at step " << step;
      ASSERT_EQ(next[p].owner, placement[p].heir);
    }
    placement = next;
    if (step % 20 != 19) continue;
    const auto rest = settled(placement, group);
    Members staying;
    for (const auto& member : group) {
      if (!member.is_leaving) staying.push_back(member);
    }
    ASSERT_LE(spread(rest, staying.empty() ? group : staying), 1) << "step " << step;
  }
}

// One member of n goes and comes back, each in turn. What had to move: its own partitions.
TEST(Placement, MovesLessThanRange) {
  std::cout << "members: moves that had to be, of ours, of range (one goes, on average of all)\n";
  for (const int n : {2, 3, 5, 8}) {
    const auto group = members(n);
    const auto before = settled(Placement(32), group);
    const auto before_range = by_range(32, group);
    int needed = 0;
    int ours = 0;
    int of_range = 0;
    for (int gone = 0; gone < n; ++gone) {
      Members left = group;
      left.erase(left.begin() + gone);
      needed += loads(before, group).at(group[static_cast<std::size_t>(gone)].name);
      ours += count_moves(before, settled(before, left));
      of_range += count_moves(before_range, by_range(32, left));
    }
    std::cout << n << ": " << needed << ", " << ours << ", " << of_range << "\n";
    EXPECT_LE(ours, of_range);
    EXPECT_EQ(ours, needed) << "heirs share evenly what is left";
  }
}

}  // namespace
}  // namespace encours::stream
