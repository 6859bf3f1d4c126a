// FeedHub: the threads around FeedCore, and the door by which transports reach it.
//
// One thread owns the core and does all the work; what others have to say is put in a mailbox and
// returns at once. A second thread waits for commits. Neither grows with the number of readers. A
// look at all followed tenants starts no earlier than the last one took, so that many tenants cost
// delay and not the machine. Made after the task board and before the server; stop() ends all
// streams and both threads, and is called by the destructor too.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "services/alerting/query/feed_core.h"

namespace encours::alerting {

class FeedHub {
 public:
  // `board`, `peers` and `clock` outlive the hub.
  FeedHub(const FeedOptions& options,
          const stream::TaskBoard& board,
          PeerFeeds& peers,
          Clock& clock);
  FeedHub(const FeedHub&) = delete;
  FeedHub& operator=(const FeedHub&) = delete;
  ~FeedHub();

  // All may be called from any thread; see FeedCore for what they mean. After stop() a new reader
  // is ended at once.
  std::uint64_t new_id() { return next_id_++; }
  void open(std::uint64_t id, FeedRequest request, FeedSink* sink);
  void sent(std::uint64_t id);
  void close(std::uint64_t id);

  // As of a moment ago.
  FeedCounts counts() const;
  void stop();

 private:
  using Work = std::function<void(FeedCore&)>;

  // Shared with streams of peers that end late.
  class Mailbox final : public FeedInbox {
   public:
    explicit Mailbox(Clock& clock) : clock_(clock) {}
    // False once it is shut.
    bool put(Work work);
    void announce_commit();
    void peer_message(std::uint64_t stream, v1alpha1::StreamAlertsResponse message) override;
    void peer_ended(std::uint64_t stream, Status status) override;

    struct Taken {
      std::vector<Work> work;
      bool committed = false;
      bool shut = false;
    };
    // Waits for work, or where `heed_commits` for a commit, until the deadline.
    Taken take(std::int64_t deadline_ms, bool heed_commits);
    void shut();

   private:
    Clock& clock_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Work> work_;
    bool committed_ = false;
    bool shut_ = false;
  };

  void run(FeedCore& core);
  void follow_board();

  const stream::TaskBoard& board_;
  Clock& clock_;
  std::shared_ptr<Mailbox> mailbox_;
  std::atomic<std::uint64_t> next_id_{1};
  std::atomic<bool> stopping_{false};
  mutable std::mutex counts_mutex_;
  FeedCounts counts_;
  std::thread worker_;
  std::thread follower_;
};

}  // namespace encours::alerting
