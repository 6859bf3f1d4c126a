// Goal: whatever happens to instances, partitions, networks and readers, each reader gets each
// change that its filter lets through exactly once and in the order of its partition.
// Method: RapidCheck makes histories of appends, moves, breaks, slow readers and readers that come
// back with their last cursor somewhere else; then all is repaired and what was read is compared
// with what was written. It prints its seed; RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "services/alerting/query/feed_cluster_test.h"

namespace encours::alerting {
namespace {

const std::vector<std::string> kNames = {"a", "b", "c"};

struct Story {
  FeedCluster cluster{kNames};
  std::vector<std::unique_ptr<FeedCluster::Reader>> readers;
  std::vector<std::string> filters;
  // What each reader must get, per partition, by sequence.
  std::map<std::int32_t, std::vector<std::pair<std::string, bool>>> written;

  std::string any_name() { return *rc::gen::elementOf(kNames); }
  std::int32_t any_partition() { return *rc::gen::inRange<std::int32_t>(0, kPartitions); }

  void append() {
    const std::int32_t p = any_partition();
    // Nobody commits to a partition that nobody owns.
    if (cluster.owner.count(p) == 0) return;
    for (int count = *rc::gen::inRange(1, 15); count > 0; --count) {
      const bool raised = *rc::gen::inRange(0, 3) > 0;
      const auto sequence =
          cluster.append(p, raised ? v1alpha1::ALERT_STATE_RAISED : v1alpha1::ALERT_STATE_RESOLVED);
      written[p].emplace_back(std::to_string(p) + "-" + std::to_string(sequence), raised);
      if (*rc::gen::inRange(0, 3) == 0) cluster.step();
    }
  }
  void move() {
    const std::int32_t p = any_partition();
    cluster.disown(p);
    for (int rounds = *rc::gen::inRange(0, 6); rounds > 0; --rounds) cluster.step();
    if (*rc::gen::inRange(0, 4) > 0) cluster.own(any_name(), p);
  }
  void come_back(std::size_t index) {
    FeedCluster::Reader& reader = *readers[index];
    if (reader.cursor.empty()) return;
    const FeedCursor cursor = cluster.cursor_of(reader);
    if (!reader.ended) cluster.close(reader);
    cluster.open(reader, any_name(), cursor, filters[index]);
  }
  void step() {
    const std::size_t index = *rc::gen::inRange<std::size_t>(0, readers.size());
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
      case 1:
      case 2:
        return append();
      case 3:
        return move();
      case 4:
        return cluster.break_links();
      case 5:
        return come_back(index);
      case 6:
        readers[index]->slow = !readers[index]->slow;
        return;
      case 7:
        return cluster.advance(*rc::gen::elementOf(std::vector<int>{200, 1'000, 6'000}));
      default:
        cluster.step();
    }
  }
};

void tell(Story& story) {
  for (std::int32_t p = 0; p < kPartitions; ++p) story.cluster.own(story.any_name(), p);
  for (const char* filter : {"", "raised", ""}) {
    story.filters.push_back(filter);
    story.readers.push_back(std::make_unique<FeedCluster::Reader>());
    story.cluster.open(
        *story.readers.back(), story.any_name(), FeedCursor::all(kPartitions, kFromFirst), filter);
  }
  for (int steps = *rc::gen::inRange(0, 60); steps > 0; --steps) story.step();
  // All is repaired: every partition has an owner, everybody reads, and some time passes.
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    if (story.cluster.owner.count(p) == 0) story.cluster.own(story.any_name(), p);
  }
  for (auto& reader : story.readers) reader->slow = false;
  story.cluster.advance(20'000);
}

RC_GTEST_PROP(FeedProperty, NothingIsLostOrRepeated, ()) {
  Story story;
  tell(story);
  for (std::size_t i = 0; i < story.readers.size(); ++i) {
    const auto& reader = *story.readers[i];
    RC_ASSERT(!reader.ended.has_value());
    RC_ASSERT(reader.missing.empty());
    std::map<std::int32_t, std::vector<std::string>> read;
    for (const auto& id : reader.ids()) read[id[0] - '0'].push_back(id);
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      std::vector<std::string> expected;
      for (const auto& [id, raised] : story.written[p]) {
        if (story.filters[i].empty() || raised) expected.push_back(id);
      }
      RC_ASSERT(read[p] == expected);
    }
  }
}

}  // namespace
}  // namespace encours::alerting
