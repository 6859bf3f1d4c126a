// Calls: a random sequence of calls of the LogClient, and what a log has answered to each.
//
// Two writers, with one transactional id or with two, and two members of a group, some replaced by
// a twin of their name: what they are told is compared between the simulated log and a real broker.
// Calls are made one after the other, and each waits until its effect is there (marks come behind
// the answer), so the answers depend on the sequence alone. Offsets are counted from where the
// sequence began. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/stream/log_client.h"
#include "common/time/clock.h"

namespace encours::test {

struct Call {
  enum class Kind {
    kNewWriter,
    kBegin,
    kProduce,
    kSendOffsets,
    kCommit,
    kAbort,
    kRead,
    kFetch,
    kFetchOverPause,
    kGiveUpInARow,
    kStableEnd,
    kCommitted,
    kJoin,
    kSendOffsetsOfZombie,
    kPollZombie,
  };
  Kind kind = Kind::kBegin;
  int writer = 0;
  int member = 0;
  std::int32_t partition = 0;
};

// The calls of one sequence, and whether its writers share their transactional id.
struct Sequence {
  std::vector<Call> calls;
  bool share_id = false;
};

Sequence draw_sequence(std::uint64_t seed);

inline constexpr const char* kCallsTopic = "conformance.changelog";
inline constexpr std::int32_t kCallsPartitions = 2;

class Caller {
 public:
  // A client with these names, of the group that all share.
  using MakeLog = std::function<std::unique_ptr<stream::LogClient>(
      const std::string& transactional_id, const std::string& instance)>;

  Caller(MakeLog make_log, Clock& clock);
  ~Caller();

  // One line for each call, with its answer.
  std::vector<std::string> make(const Sequence& sequence);

 private:
  struct Writer {
    std::string id;
    std::unique_ptr<stream::LogClient> log;
    std::unique_ptr<stream::TransactionalWriter> writer;
    std::set<std::int32_t> touched;  // In its open transaction.
    bool open = false;
    bool sent_offsets = false;
    bool fenced = false;
  };
  struct Member;

  std::string answer(const Call& call);
  std::string new_writer(int number);
  std::string begin(Writer& writer);
  std::string produce(Writer& writer, std::int32_t partition);
  std::string send_offsets(Writer& writer, Member* member, std::int32_t partition);
  std::string end(Writer& writer, bool commit);
  std::string read(std::int32_t partition);
  std::string fetch(Member& member, std::int32_t partition);
  // A record comes while the partition is paused at its end.
  std::string fetch_over_pause(Member& member, std::int32_t partition);
  std::string give_up_in_a_row(Member& member);
  std::string fetch_to_end(Member& member, std::int32_t partition);
  std::string write_one(std::int32_t partition);
  std::string committed(Member& member);
  std::string join(int number);
  std::string poll_zombie(int number);
  std::string settle_group();

  // Its open transaction is over, by itself or by whoever has its id now.
  void ended(Writer& writer);
  void fence_others(const Writer& writer);
  void clean_up();
  bool await(const std::function<bool()>& done);
  std::string await_ends();
  Writer& writer(int number) { return *writers_[static_cast<std::size_t>(number)]; }

  MakeLog make_log_;
  Clock& clock_;
  bool share_id_ = false;
  std::unique_ptr<stream::LogClient> log_;
  std::unique_ptr<stream::LogReplay> replay_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::unique_ptr<Writer> other_writer_;  // Of an id of its own.
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<std::unique_ptr<Member>> zombies_;
  std::map<std::int32_t, std::int64_t> base_;
  std::map<std::int32_t, std::int64_t> high_;
  std::int64_t sent_ = 0;
};

}  // namespace encours::test
