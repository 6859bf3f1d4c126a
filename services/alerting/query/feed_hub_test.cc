// Goal: the threads around the core: commits wake readers, many readers need no thread of their
// own, and a stop ends them all. Method: a real FeedHub on a SystemClock and stores in memory; the
// test waits for messages, never for time.
#include "services/alerting/query/feed_hub.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <iterator>

#include "services/alerting/query/feed_cluster_test.h"

namespace encours::alerting {
namespace {

constexpr std::int64_t kPatienceMs = 20'000;

class NoPeers final : public PeerFeeds {
 public:
  std::vector<std::string> peers() override { return {}; }
  std::unique_ptr<PeerStream> open(const PeerRequest&, std::shared_ptr<FeedInbox>) override {
    return nullptr;
  }
};

// A reader that takes every message at once, on the hub's own thread.
class QuickReader final : public FeedSink {
 public:
  explicit QuickReader(FeedHub& hub, Clock& clock) : hub_(hub), clock_(clock) {}

  void open(FeedCursor cursor) {
    id_ = hub_.new_id();
    FeedRequest request;
    request.tenant = "acme";
    request.cursor = std::move(cursor);
    hub_.open(id_, std::move(request), this);
  }
  void close() { hub_.close(id_); }
  void send(v1alpha1::StreamAlertsResponse message) override {
    const std::lock_guard lock(mutex_);
    ++messages_;
    if (message.has_alert()) ids_.push_back(message.alert().id());
    changed_.notify_all();
    hub_.sent(id_);
  }
  void end(Status status) override {
    const std::lock_guard lock(mutex_);
    ended_ = std::move(status);
    changed_.notify_all();
  }
  bool await_first_word() {
    return await([this] { return messages_ > 0; });
  }
  bool await_alerts(std::size_t count) {
    return await([&] { return ids_.size() >= count; });
  }
  std::string await_end() {
    await([this] { return ended_.has_value(); });
    const std::lock_guard lock(mutex_);
    return ended_ ? ended_->failure().code : "has not ended";
  }
  std::vector<std::string> ids() {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  bool await(const std::function<bool()>& done) {
    std::unique_lock lock(mutex_);
    return clock_.wait_until(lock, changed_, clock_.monotonic_ms() + kPatienceMs, done);
  }

  FeedHub& hub_;
  Clock& clock_;
  std::uint64_t id_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> ids_;
  int messages_ = 0;
  std::optional<Status> ended_;
};

struct Hub : testing::Test {
  SystemClock clock;
  stream::TaskBoard board{clock};
  NoPeers peers;
  std::vector<std::shared_ptr<MemoryStore>> stores;
  FeedOptions options;
  std::unique_ptr<FeedHub> hub;

  void SetUp() override {
    options.partitions = kPartitions;
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      stores.push_back(std::make_shared<MemoryStore>());
      board.set_running(p, stores.back());
    }
    hub = std::make_unique<FeedHub>(options, board, peers, clock);
  }
  void append(std::int32_t partition) {
    append_change(*stores[static_cast<std::size_t>(partition)], partition, Instant());
    board.announce_commit({});
  }
};

std::size_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST_F(Hub, ACommitReachesEveryReaderWithoutAThreadForIt) {
  const std::size_t threads = threads_of_this_process();
  std::vector<std::unique_ptr<QuickReader>> readers;
  for (int i = 0; i < 500; ++i) {
    readers.push_back(std::make_unique<QuickReader>(*hub, clock));
    readers.back()->open(FeedCursor::all(kPartitions, kFromNow));
  }
  for (auto& reader : readers) ASSERT_TRUE(reader->await_first_word());
  for (int i = 0; i < 20; ++i) append(1);
  std::vector<std::string> expected;
  for (int i = 1; i <= 20; ++i) expected.push_back("1-" + std::to_string(i));
  for (auto& reader : readers) {
    ASSERT_TRUE(reader->await_alerts(20));
    EXPECT_EQ(reader->ids(), expected);
  }
  EXPECT_EQ(threads_of_this_process(), threads);
  hub->stop();
  for (auto& reader : readers) EXPECT_EQ(reader->await_end(), "shutting_down");
}

TEST_F(Hub, AReaderThatGoesIsEndedAndTheOthersGoOn) {
  QuickReader goes(*hub, clock);
  QuickReader stays(*hub, clock);
  goes.open(FeedCursor::all(kPartitions, kFromNow));
  stays.open(FeedCursor::all(kPartitions, kFromNow));
  ASSERT_TRUE(goes.await_first_word());
  ASSERT_TRUE(stays.await_first_word());
  goes.close();
  EXPECT_EQ(goes.await_end(), "cancelled");
  append(0);
  EXPECT_TRUE(stays.await_alerts(1));
  EXPECT_TRUE(goes.ids().empty());
  hub->stop();
}

TEST_F(Hub, WritersAndReadersAtOnceLoseNothing) {
  QuickReader first(*hub, clock);
  first.open(FeedCursor::all(kPartitions, kFromFirst));
  std::vector<std::thread> writers;
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    writers.emplace_back([this, p] {
      for (int i = 0; i < 300; ++i) append(p);
    });
  }
  QuickReader second(*hub, clock);
  second.open(FeedCursor::all(kPartitions, kFromFirst));
  for (auto& writer : writers) writer.join();
  for (QuickReader* reader : {&first, &second}) {
    ASSERT_TRUE(reader->await_alerts(4 * 300));
    std::map<char, int> last;
    for (const auto& id : reader->ids()) {
      EXPECT_EQ(std::stoi(id.substr(2)), ++last[id[0]]) << id;
    }
  }
  hub->stop();
}

TEST_F(Hub, AfterTheStopAReaderIsEndedAtOnce) {
  hub->stop();
  QuickReader late(*hub, clock);
  late.open(FeedCursor::all(kPartitions, kFromNow));
  EXPECT_EQ(late.await_end(), "shutting_down");
}

}  // namespace
}  // namespace encours::alerting
