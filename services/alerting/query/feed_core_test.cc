// Goal: streams of alerts by hand: where they begin, that they go on from a cursor, over instances
// too, that slow readers hold back only themselves, and how they end.
// Method: FeedCluster with four partitions; ids of alerts are "partition-sequence". Random
// histories are in feed_property_test.cc.
#include "services/alerting/query/feed_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/alerting/query/feed_cluster_test.h"

namespace encours::alerting {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Ids = std::vector<std::string>;

const FeedCursor kNow = FeedCursor::all(kPartitions, kFromNow);
const FeedCursor kFirst = FeedCursor::all(kPartitions, kFromFirst);

struct OneInstance : testing::Test {
  FeedCluster cluster;
  FeedCluster::Reader reader;

  void SetUp() override {
    for (std::int32_t p = 0; p < kPartitions; ++p) cluster.own("a", p);
  }
};

TEST_F(OneInstance, FromNowBringsOnlyWhatFollowsAndFirstItsCursor) {
  cluster.append(0);
  cluster.open(reader, "a", kNow);
  cluster.settle();
  EXPECT_EQ(reader.messages, 1);
  EXPECT_THAT(reader.ids(), IsEmpty());
  EXPECT_EQ(cluster.cursor_of(reader), (FeedCursor{{1, 0, 0, 0}}));
  EXPECT_THAT(reader.missing, IsEmpty());
  cluster.append(0);
  cluster.append(2);
  cluster.settle();
  EXPECT_THAT(reader.ids(), UnorderedElementsAre("0-2", "2-1"));
  EXPECT_EQ(cluster.cursor_of(reader), (FeedCursor{{2, 0, 1, 0}}));
}

TEST_F(OneInstance, FromTheFirstBringsAllThatIsKept) {
  for (int i = 0; i < 20; ++i) cluster.append(1);
  forget_changes(*cluster.stores[1], 5);
  cluster.open(reader, "a", kFirst);
  cluster.settle();
  Ids expected;
  for (int i = 6; i <= 20; ++i) expected.push_back("1-" + std::to_string(i));
  EXPECT_EQ(reader.ids(), expected);
}

TEST_F(OneInstance, EveryCursorOnTheWayGoesOnExactlyBehindItsMessage) {
  for (int i = 0; i < 10; ++i) cluster.append(i % 2);
  reader.slow = true;
  cluster.open(reader, "a", kFirst);
  Ids got;
  for (int part = 0; part < 10; ++part) {
    cluster.settle();
    // One message was taken; the connection breaks and another reader goes on from its cursor.
    ASSERT_EQ(reader.alerts.size(), 1u);
    got.push_back(reader.alerts[0].id());
    const FeedCursor cursor = cluster.cursor_of(reader);
    cluster.close(reader);
    reader.alerts.clear();
    cluster.open(reader, "a", cursor);
  }
  cluster.settle();
  EXPECT_THAT(reader.ids(), IsEmpty());
  EXPECT_THAT(
      got,
      UnorderedElementsAre("0-1", "0-2", "0-3", "0-4", "0-5", "1-1", "1-2", "1-3", "1-4", "1-5"));
}

TEST_F(OneInstance, ACursorWhoseChangesAreGoneIsRefused) {
  for (int i = 0; i < 20; ++i) cluster.append(1);
  forget_changes(*cluster.stores[1], 10);
  cluster.open(reader, "a", FeedCursor{{0, 9, 0, 0}});
  cluster.settle();
  ASSERT_TRUE(reader.ended.has_value());
  EXPECT_EQ(reader.ended->failure().code, "out_of_range");
  EXPECT_EQ(reader.ended->failure().field, "cursor");
  EXPECT_THAT(reader.ids(), IsEmpty());

  FeedCluster::Reader at_the_edge;
  cluster.open(at_the_edge, "a", FeedCursor{{0, 10, 0, 0}});
  cluster.settle();
  EXPECT_FALSE(at_the_edge.ended.has_value());
  EXPECT_EQ(at_the_edge.alerts.size(), 10u);
}

TEST_F(OneInstance, AFilterHidesAndTheCursorPassesAllTheSame) {
  cluster.open(reader, "a", kNow, "raised");
  cluster.append(0, v1alpha1::ALERT_STATE_RESOLVED);
  cluster.append(0, v1alpha1::ALERT_STATE_RAISED);
  for (int i = 0; i < 100; ++i) cluster.append(0, v1alpha1::ALERT_STATE_RESOLVED);
  cluster.settle();
  EXPECT_THAT(reader.ids(), ElementsAre("0-2"));
  // The quiet stream brings its place.
  cluster.advance(cluster.options.heartbeat_ms);
  EXPECT_EQ(cluster.cursor_of(reader).at(0), 102);
}

TEST_F(OneInstance, AQuietStreamBeats) {
  cluster.open(reader, "a", kNow);
  cluster.settle();
  EXPECT_EQ(reader.messages, 1);
  cluster.advance(cluster.options.heartbeat_ms - 200);
  EXPECT_EQ(reader.messages, 1);
  cluster.advance(200);
  EXPECT_EQ(reader.messages, 2);
  cluster.advance(2 * cluster.options.heartbeat_ms);
  EXPECT_EQ(reader.messages, 4);
}

TEST_F(OneInstance, ASlowReaderHoldsNobodyBackAndKeepsLittleInMemory) {
  FeedCluster::Reader slow;
  slow.slow = true;
  cluster.open(slow, "a", kNow);
  cluster.open(reader, "a", kNow);
  cluster.settle();
  for (int i = 0; i < 500; ++i) {
    cluster.append(3);
    cluster.settle();
  }
  EXPECT_EQ(reader.alerts.size(), 500u);
  EXPECT_EQ(slow.messages, 1);
  const auto reads = cluster.instances.at("a")->core.counts().store_reads;
  EXPECT_EQ(reads, 0u);
  slow.slow = false;
  cluster.settle();
  EXPECT_EQ(slow.ids(), reader.ids());
  // What the tail had forgotten came from the store, a batch of four at a time.
  EXPECT_GE(cluster.instances.at("a")->core.counts().store_reads, (500 - 8) / 4u);
}

TEST_F(OneInstance, ABusyPartitionDoesNotHoldBackTheOthers) {
  for (int i = 0; i < 40; ++i) cluster.append(0);
  cluster.append(3);
  cluster.open(reader, "a", kFirst);
  cluster.settle();
  const Ids ids = reader.ids();
  ASSERT_EQ(ids.size(), 41u);
  const auto place = std::find(ids.begin(), ids.end(), "3-1") - ids.begin();
  EXPECT_LT(place, 20);
}

TEST_F(OneInstance, TenantsDoNotMix) {
  append_change(*cluster.stores[0], 0, cluster.now, v1alpha1::ALERT_STATE_RAISED, "other");
  cluster.append(0);
  cluster.open(reader, "a", kFirst);
  cluster.settle();
  ASSERT_EQ(reader.alerts.size(), 1u);
  EXPECT_EQ(reader.alerts[0].tenant(), "acme");
}

TEST_F(OneInstance, EndsWithTheTokenAndAtTheStop) {
  FeedCluster::Reader brief;
  FeedRequest request;
  request.tenant = "acme";
  request.cursor = kNow;
  request.expires_at = cluster.clock.now() + std::chrono::seconds(3);
  brief.at = cluster.instances.at("a").get();
  brief.id = cluster.next_id++;
  cluster.readers.insert(&brief);
  brief.at->core.open(brief.id, std::move(request), &brief);
  cluster.open(reader, "a", kNow);
  cluster.advance(2'800);
  EXPECT_FALSE(brief.ended.has_value());
  cluster.advance(200);
  ASSERT_TRUE(brief.ended.has_value());
  EXPECT_EQ(brief.ended->failure().code, "token_expired");
  EXPECT_FALSE(reader.ended.has_value());

  cluster.instances.at("a")->core.end_all(error(Reaction::kRetry, "shutting_down", "Bye."));
  ASSERT_TRUE(reader.ended.has_value());
  EXPECT_EQ(reader.ended->failure().code, "shutting_down");
  EXPECT_FALSE(cluster.instances.at("a")->core.followed());
}

TEST_F(OneInstance, SaysWhichPartitionsNobodyReads) {
  cluster.disown(2);
  cluster.open(reader, "a", kFirst);
  cluster.append(2);
  cluster.advance(1'200);
  EXPECT_THAT(reader.ids(), IsEmpty());
  EXPECT_THAT(reader.missing, ElementsAre(2));
  cluster.own("a", 2);
  cluster.settle();
  EXPECT_THAT(reader.ids(), ElementsAre("2-1"));
  EXPECT_THAT(reader.missing, IsEmpty());
}

struct TwoInstances : testing::Test {
  FeedCluster cluster{std::vector<std::string>{"a", "b"}};
  FeedCluster::Reader reader;

  void SetUp() override {
    cluster.own("a", 0);
    cluster.own("a", 1);
    cluster.own("b", 2);
    cluster.own("b", 3);
  }
};

TEST_F(TwoInstances, OneStreamBringsTheChangesOfBoth) {
  cluster.open(reader, "a", kNow);
  cluster.settle();
  EXPECT_THAT(reader.missing, IsEmpty());
  cluster.append(0);
  cluster.append(2);
  cluster.append(3);
  cluster.settle();
  EXPECT_THAT(reader.ids(), UnorderedElementsAre("0-1", "2-1", "3-1"));
}

TEST_F(TwoInstances, ManyReadersCostThePeerOneStream) {
  std::vector<FeedCluster::Reader> many(50);
  for (auto& one : many) cluster.open(one, "a", kNow);
  cluster.settle();
  cluster.append(3);
  cluster.settle();
  for (const auto& one : many) EXPECT_THAT(one.ids(), ElementsAre("3-1"));
  EXPECT_EQ(cluster.streams_opened, 1);
  // And nobody who reads means no stream.
  for (auto& one : many) cluster.close(one);
  cluster.settle();
  EXPECT_THAT(cluster.links, IsEmpty());
  EXPECT_EQ(cluster.instances.at("b")->core.counts().readers, 0u);
}

TEST_F(TwoInstances, AnOldCursorIsServedByThePeerPageByPage) {
  for (int i = 0; i < 30; ++i) cluster.append(2);
  cluster.open(reader, "a", FeedCursor{{0, 0, 5, 0}});
  cluster.settle();
  Ids expected;
  for (int i = 6; i <= 30; ++i) expected.push_back("2-" + std::to_string(i));
  EXPECT_EQ(reader.ids(), expected);
  EXPECT_GE(cluster.instances.at("a")->core.counts().pages_fetched, 25 / 4u);
  // Once it has caught up it lives from the mirror alone.
  const int streams = cluster.streams_opened;
  cluster.append(2);
  cluster.settle();
  EXPECT_EQ(reader.ids().back(), "2-31");
  EXPECT_EQ(cluster.streams_opened, streams);
}

TEST_F(TwoInstances, APageIsFilteredAtThePeer) {
  for (int i = 0; i < 30; ++i) {
    cluster.append(2, i % 10 == 0 ? v1alpha1::ALERT_STATE_RAISED : v1alpha1::ALERT_STATE_RESOLVED);
  }
  cluster.open(reader, "a", FeedCursor{{0, 0, 5, 0}}, "raised");
  cluster.settle();
  EXPECT_THAT(reader.ids(), ElementsAre("2-11", "2-21"));
}

// Sales see their own customers' alerts, wherever these live and whoever reads beside them.
TEST_F(TwoInstances, WhoOwnsSomeAccountsSeesTheirAlertsOnly) {
  const auto account_of = [&](std::int32_t p, const std::string& owner) {
    const std::string account = account_on(p, owner == "lea" ? 100 : 200);
    set_owner(*cluster.stores[static_cast<std::size_t>(p)], account, owner);
    return account;
  };
  constexpr auto kRaised = v1alpha1::ALERT_STATE_RAISED;
  FeedCluster::Reader lea, all, nobody;
  cluster.open(lea, "a", kNow, "", "lea");
  cluster.settle();
  const auto append_round = [&] {
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      cluster.append(p, kRaised, account_of(p, "tom"));
      cluster.append(p, kRaised, account_of(p, "lea"));
      cluster.append(p, kRaised, account_of(p, "tom"));
      // Nobody has said whose this one is.
      cluster.append(p, kRaised, account_on(p, 300));
      cluster.settle();
    }
  };
  append_round();
  EXPECT_THAT(lea.ids(), UnorderedElementsAre("0-2", "1-2", "2-2", "3-2"));
  // With a reader of everything beside her, and one of nothing.
  cluster.open(all, "a", kFirst);
  cluster.open(nobody, "a", kFirst, "", "eve");
  cluster.settle();
  append_round();
  EXPECT_THAT(lea.ids(),
              UnorderedElementsAre("0-2", "1-2", "2-2", "3-2", "0-6", "1-6", "2-6", "3-6"));
  EXPECT_EQ(all.alerts.size(), 32u);
  EXPECT_THAT(nobody.ids(), IsEmpty());
  cluster.advance(cluster.options.heartbeat_ms);
  EXPECT_EQ(cluster.cursor_of(lea), (FeedCursor{{8, 8, 8, 8}}));
  EXPECT_EQ(cluster.cursor_of(nobody), (FeedCursor{{8, 8, 8, 8}}));
}

TEST_F(TwoInstances, APeerThatNoLongerKeepsTheChangesEndsTheStream) {
  for (int i = 0; i < 30; ++i) cluster.append(2);
  forget_changes(*cluster.stores[2], 20);
  cluster.open(reader, "a", FeedCursor{{0, 0, 5, 0}});
  cluster.settle();
  ASSERT_TRUE(reader.ended.has_value());
  EXPECT_EQ(reader.ended->failure().code, "out_of_range");
}

TEST_F(TwoInstances, PartitionsThatMoveLoseAndRepeatNothing) {
  cluster.open(reader, "a", kNow);
  cluster.settle();
  Ids expected;
  const auto append = [&](std::int32_t p) {
    expected.push_back(std::to_string(p) + "-" + std::to_string(cluster.append(p)));
  };
  for (const char* to : {"b", "a", "b"}) {
    for (std::int32_t p : {0, 2}) {
      append(p);
      cluster.settle();
      append(p);
      cluster.disown(p);
      append(p);
      cluster.own(to, p);
      append(p);
      cluster.advance(1'000);
    }
  }
  EXPECT_THAT(reader.missing, IsEmpty());
  EXPECT_THAT(reader.ids(), testing::UnorderedElementsAreArray(expected));
}

TEST_F(TwoInstances, ABrokenNetworkLosesAndRepeatsNothing) {
  cluster.open(reader, "a", kNow);
  cluster.settle();
  Ids expected;
  for (int i = 0; i < 20; ++i) {
    expected.push_back("3-" + std::to_string(cluster.append(3)));
    if (i % 3 == 0) cluster.break_links();
    if (i % 5 == 0) cluster.advance(400);
    cluster.settle();
  }
  cluster.advance(10'000);
  EXPECT_EQ(reader.ids(), expected);
}

TEST_F(TwoInstances, WhileThePeerIsAwayItsPartitionsAreMissing) {
  cluster.open(reader, "a", kNow);
  cluster.settle();
  cluster.break_links();
  cluster.settle();
  cluster.append(0);
  cluster.settle();
  EXPECT_THAT(reader.missing, ElementsAre(2, 3));
}

TEST_F(TwoInstances, PagesAreFetchedAFewAtATimeAndAllArrive) {
  for (int i = 0; i < 30; ++i) cluster.append(2);
  std::vector<FeedCluster::Reader> many(10);
  for (auto& one : many) cluster.open(one, "a", FeedCursor{{0, 0, 0, 0}});
  for (int round = 0; round < 1'000 && cluster.step(); ++round) {
    std::size_t pages = 0;
    for (const auto& link : cluster.links) pages += !link->cancelled;
    // Two pages at most, and the mirror.
    EXPECT_LE(pages, 3u);
  }
  for (const auto& one : many) EXPECT_EQ(one.alerts.size(), 30u);
}

}  // namespace
}  // namespace encours::alerting
