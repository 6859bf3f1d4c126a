#include "tests/fault/sim/calls.h"

#include <algorithm>

#include "common/sim/random.h"

namespace encours::test {
namespace {

using stream::TopicPartition;
using Kind = Call::Kind;

constexpr std::int64_t kPatienceMs = 8000;
// What was sent a moment ago has been fetched by then.
constexpr std::int64_t kFetchedMs = 60;
constexpr int kRounds = 20;

TopicPartition at(std::int32_t partition) { return {kCallsTopic, partition}; }

std::string text_of(const Status& status) {
  if (status) return "ok";
  return std::string(reaction_name(status.failure().reaction)) + " " + status.failure().code;
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::kNewWriter: return "new writer";
    case Kind::kBegin: return "begin";
    case Kind::kProduce: return "produce";
    case Kind::kSendOffsets: return "send offsets";
    case Kind::kCommit: return "commit";
    case Kind::kAbort: return "abort";
    case Kind::kRead: return "read";
    case Kind::kFetch: return "fetch";
    case Kind::kFetchOverPause: return "fetch over a pause";
    case Kind::kGiveUpInARow: return "give up in a row";
    case Kind::kStableEnd: return "stable end";
    case Kind::kCommitted: return "committed offsets";
    case Kind::kJoin: return "join";
    case Kind::kSendOffsetsOfZombie: return "send offsets of a zombie";
    case Kind::kPollZombie: return "poll of a zombie";
  }
  return "";
}

}  // namespace

struct Caller::Member final : public stream::RebalanceListener {
  void on_assigned(const std::vector<TopicPartition>& partitions) override {
    assigned.emplace(partitions.begin(), partitions.end());
  }
  void on_revoked() override { assigned.reset(); }

  std::unique_ptr<stream::LogClient> log;
  std::unique_ptr<stream::GroupReader> reader;
  std::optional<std::set<TopicPartition>> assigned;
};

Sequence draw_sequence(std::uint64_t seed) {
  sim::Random random(seed);
  // How often each comes, of a hundred; joins cost a real group its time.
  const std::vector<std::pair<Kind, int>> weights = {
      {Kind::kBegin, 22},      {Kind::kProduce, 25},   {Kind::kSendOffsets, 14},
      {Kind::kCommit, 14},     {Kind::kAbort, 5},      {Kind::kRead, 4},
      {Kind::kFetch, 1},       {Kind::kStableEnd, 5},  {Kind::kCommitted, 4},
      {Kind::kNewWriter, 3},   {Kind::kFetchOverPause, 1}, {Kind::kSendOffsetsOfZombie, 1},
      {Kind::kGiveUpInARow, 1}};
  Sequence out;
  out.share_id = random.chance(400);
  const auto add = [&](Kind kind) {
    out.calls.push_back({kind, static_cast<int>(random.between(0, 1)),
                         static_cast<int>(random.between(0, 1)),
                         static_cast<std::int32_t>(random.between(0, kCallsPartitions - 1))});
  };
  if (random.chance(30)) add(Kind::kJoin);
  if (random.chance(10)) add(Kind::kPollZombie);
  for (std::int64_t left = random.between(4, 16); left > 0; --left) {
    std::int64_t drawn = random.between(0, 99);
    for (const auto& [kind, weight] : weights) {
      drawn -= weight;
      if (drawn >= 0) continue;
      add(kind);
      break;
    }
  }
  return out;
}

Caller::Caller(MakeLog make_log, Clock& clock)
    : make_log_(std::move(make_log)), clock_(clock), log_(make_log_("reader", "")) {
  auto made = log_->make_replay();
  ENCOURS_CHECK(made.ok(), "a replay can be made");
  replay_ = std::move(made).value();
  members_.resize(2);
  zombies_.resize(2);
}

Caller::~Caller() = default;

std::vector<std::string> Caller::make(const Sequence& sequence) {
  share_id_ = sequence.share_id;
  std::vector<std::string> lines;
  for (std::int32_t p = 0; p < kCallsPartitions; ++p) {
    // A partition of a moment ago has no leader yet.
    const bool known = await([&] {
      const auto range = replay_->range(at(p));
      if (range) base_[p] = high_[p] = range->high;
      return range.ok();
    });
    if (!known) return {"the ends of the log are unknown"};
  }
  writers_.clear();
  for (const int number : {0, 1}) {
    writers_.push_back(std::make_unique<Writer>());
    lines.push_back("writer " + std::to_string(number) + ": " + new_writer(number));
  }
  if (members_[0] == nullptr) lines.push_back("first join: " + join(0));
  for (const Call& call : sequence.calls) {
    lines.push_back(std::string(name_of(call.kind)) + " of " + std::to_string(call.writer) + "/" +
                    std::to_string(call.member) + " p-" + std::to_string(call.partition) + ": " +
                    answer(call));
  }
  clean_up();
  lines.push_back("ends: " + await_ends() + "; " + committed(*members_[0]));
  return lines;
}

std::string Caller::answer(const Call& call) {
  Writer& one = writer(call.writer);
  Member* member = members_[static_cast<std::size_t>(call.member)].get();
  if (member == nullptr) member = members_[0].get();
  switch (call.kind) {
    case Kind::kNewWriter: return new_writer(call.writer);
    case Kind::kBegin: return begin(one);
    case Kind::kProduce: return produce(one, call.partition);
    case Kind::kSendOffsets: return send_offsets(one, member, call.partition);
    case Kind::kCommit: return end(one, true);
    case Kind::kAbort: return end(one, false);
    case Kind::kRead: return read(call.partition);
    case Kind::kFetch: return fetch(*member, call.partition);
    case Kind::kFetchOverPause: return fetch_over_pause(*member, call.partition);
    case Kind::kGiveUpInARow: return give_up_in_a_row(*member);
    case Kind::kStableEnd: {
      const auto end = replay_->stable_end(at(call.partition));
      if (!end) return text_of(end.failure());
      return std::to_string(*end - base_[call.partition]);
    }
    case Kind::kCommitted: return committed(*member);
    case Kind::kJoin: return join(call.member);
    case Kind::kSendOffsetsOfZombie:
      return send_offsets(one, zombies_[static_cast<std::size_t>(call.member)].get(),
                          call.partition);
    case Kind::kPollZombie: return poll_zombie(call.member);
  }
  return "";
}

// Whoever has the id now has fenced who had it before, and has ended what that one left open.
std::string Caller::new_writer(int number) {
  auto fresh = std::make_unique<Writer>();
  fresh->id = "conformance-" + std::to_string(share_id_ ? 0 : number);
  fresh->log = make_log_(fresh->id, "");
  auto made = fresh->log->make_writer();
  if (!made) return text_of(made.failure());
  fresh->writer = std::move(made).value();
  const Status began = fresh->writer->init();
  if (began) {
    fence_others(*fresh);
    ended(writer(number));
  }
  writers_[static_cast<std::size_t>(number)] = std::move(fresh);
  return text_of(began) + ", ends " + await_ends();
}

void Caller::fence_others(const Writer& fresh) {
  for (auto& other : writers_) {
    if (other->id != fresh.id) continue;
    ended(*other);
    other->fenced = true;
  }
}

void Caller::ended(Writer& writer) {
  for (const std::int32_t p : writer.touched) ++high_[p];
  writer.touched.clear();
  writer.sent_offsets = false;
}

std::string Caller::begin(Writer& writer) {
  const Status begun = writer.writer->begin();
  if (begun) writer.open = true;
  return text_of(begun);
}

std::string Caller::produce(Writer& writer, std::int32_t partition) {
  stream::Outgoing record;
  record.topic = kCallsTopic;
  record.partition = partition;
  record.key = "key-" + std::to_string(sent_ % 7);
  record.value = "value-" + std::to_string(++sent_);
  const Status queued = writer.writer->produce(record);
  if (!queued) return text_of(queued);
  const Status flushed = writer.writer->flush();
  if (!flushed) return "queued, " + text_of(flushed);
  writer.touched.insert(partition);
  ++high_[partition];
  const auto next = writer.writer->next_offset_after(at(partition));
  return "ok, next " + (next ? std::to_string(*next - base_[partition]) : "none");
}

std::string Caller::send_offsets(Writer& writer, Member* member, std::int32_t partition) {
  if (member == nullptr) return "nobody";
  ++sent_;
  const Status sent = writer.writer->send_offsets(
      {{at(partition), sent_, sent_ % 3 == 0 ? std::nullopt : std::optional(sent_ * 10)}},
      *member->reader);
  if (sent) writer.sent_offsets = true;
  return text_of(sent);
}

std::string Caller::end(Writer& writer, bool commit) {
  const Status done = commit ? writer.writer->commit() : writer.writer->abort();
  if (done) {
    ended(writer);
    writer.open = false;
  }
  return text_of(done) + ", ends " + await_ends();
}

std::string Caller::await_ends() {
  std::string text;
  for (std::int32_t p = 0; p < kCallsPartitions; ++p) {
    std::int64_t found = -1;
    await([&] {
      const auto range = replay_->range(at(p));
      if (range) found = range->high;
      return found == high_[p];
    });
    text += (text.empty() ? "" : ", ") + std::to_string(found - base_[p]);
  }
  return text;
}

std::string Caller::read(std::int32_t partition) {
  const auto end = replay_->stable_end(at(partition));
  if (!end) return text_of(end.failure());
  std::string text = "up to " + std::to_string(*end - base_[partition]) + ":";
  const Status done = replay_->replay(
      at(partition), base_[partition], *end,
      [&](const stream::LogRecord& record) {
        text += " " + std::to_string(record.offset - base_[partition]) + "=" + record.key + "=" +
                record.value;
        return Status();
      },
      [] { return Status(); });
  return text + " " + text_of(done);
}

std::string Caller::fetch(Member& member, std::int32_t partition) {
  const Status started = member.reader->start({{at(partition), base_[partition]}});
  if (!started) return text_of(started);
  const std::string text = fetch_to_end(member, partition);
  return text + " " + text_of(member.reader->stop({at(partition)}));
}

std::string Caller::fetch_over_pause(Member& member, std::int32_t partition) {
  // What is open would hide the record.
  for (const auto& one : writers_) {
    if (one->touched.contains(partition)) return "pending";
  }
  std::string text = "written " + write_one(partition);
  text += ", " + write_one(partition);
  const Status started = member.reader->start({{at(partition), base_[partition]}});
  if (!started) return text_of(started);
  // So that the records and their end come in one batch.
  clock_.sleep_for(kFetchedMs);
  text += ", " + fetch_to_end(member, partition);
  text += ", paused " + text_of(member.reader->pause(at(partition)));
  text += ", written " + write_one(partition);
  text += ", resumed " + text_of(member.reader->resume(at(partition)));
  text += ", then " + fetch_to_end(member, partition);
  // Given up while it is paused, and started anew.
  text += ", paused " + text_of(member.reader->pause(at(partition)));
  text += " " + text_of(member.reader->stop({at(partition)}));
  return text + ", anew " + fetch(member, partition);
}

// Each changes what is fetched while the change before may still be under way.
std::string Caller::give_up_in_a_row(Member& member) {
  for (int round = 0; round < kRounds; ++round) {
    Status done = member.reader->start({{at(0), base_[0]}, {at(1), base_[1]}});
    for (std::int32_t p = 0; done && p < kCallsPartitions; ++p) {
      done = member.reader->stop({at(p)});
    }
    if (!done) return text_of(done);
  }
  return fetch(member, 0);
}

std::string Caller::fetch_to_end(Member& member, std::int32_t partition) {
  const auto end = replay_->stable_end(at(partition));
  if (!end) return text_of(end.failure());
  std::vector<stream::FetchedRun> runs;
  Status polled;
  const bool all = await([&] {
    polled = member.reader->poll(5, 100, &runs);
    return !polled || member.reader->end_of(at(partition)).reached >= *end;
  });
  std::string text = all ? "" : "not all ";
  for (const auto& run : runs) {
    for (const auto& fetched : run.records) {
      stream::LogRecord record;
      member.reader->read(run.at, fetched, &record);
      text += std::to_string(fetched.offset - base_[partition]) + "=" + record.value + " ";
    }
  }
  return text + text_of(polled);
}

std::string Caller::write_one(std::int32_t partition) {
  if (!other_writer_) {
    other_writer_ = std::make_unique<Writer>();
    other_writer_->log = make_log_("conformance-other", "");
    auto made = other_writer_->log->make_writer();
    if (!made) return text_of(made.failure());
    other_writer_->writer = std::move(made).value();
    const Status began = other_writer_->writer->init();
    if (!began) return text_of(began);
  }
  const std::string begun = begin(*other_writer_);
  const std::string produced = produce(*other_writer_, partition);
  return begun + " " + produced + " " + end(*other_writer_, true);
}

// While a transaction is pending it would wait for its time-out: that is asked seldom.
std::string Caller::committed(Member& member) {
  const bool pending = std::any_of(writers_.begin(), writers_.end(),
                                   [](const auto& one) { return one->sent_offsets; });
  if (pending && sent_ % 10 != 0) return "pending";
  const auto found = member.reader->stable_committed({at(0), at(1)});
  if (!found) return text_of(found.failure());
  std::string text;
  for (const auto& next : *found) {
    text += "p-" + std::to_string(next.at.partition) + "=" + std::to_string(next.offset) + "/" +
            (next.changelog_next ? std::to_string(*next.changelog_next) : "none") + " ";
  }
  return text;
}

// A member whose name was in use stays behind as a zombie.
std::string Caller::join(int number) {
  auto& place = members_[static_cast<std::size_t>(number)];
  auto fresh = std::make_unique<Member>();
  fresh->log = make_log_("reader", "conformance-member-" + std::to_string(number));
  auto made = fresh->log->make_reader();
  if (!made) return text_of(made.failure());
  fresh->reader = std::move(made).value();
  const Status subscribed = fresh->reader->subscribe({kCallsTopic}, fresh.get());
  zombies_[static_cast<std::size_t>(number)] = std::move(place);
  place = std::move(fresh);
  return text_of(subscribed) + settle_group();
}

std::string Caller::settle_group() {
  std::vector<stream::FetchedRun> nothing;
  const bool settled = await([&] {
    std::size_t partitions = 0;
    for (const auto& member : members_) {
      if (member == nullptr) continue;
      const Status polled = member->reader->poll(5, 100, &nothing);
      if (!polled || !member->assigned) return false;
      partitions += member->assigned->size();
    }
    return partitions == kCallsPartitions;
  });
  std::string text = settled ? "" : ", not settled";
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i] == nullptr || !members_[i]->assigned) continue;
    text += ", " + std::to_string(i) + " has";
    for (const auto& one : *members_[i]->assigned) text += " p-" + std::to_string(one.partition);
  }
  return text;
}

// It hears of its end by its next heartbeat.
std::string Caller::poll_zombie(int number) {
  const auto& zombie = zombies_[static_cast<std::size_t>(number)];
  if (zombie == nullptr) return "nobody";
  std::vector<stream::FetchedRun> nothing;
  Status polled;
  const bool told = await([&] {
    polled = zombie->reader->poll(5, 100, &nothing);
    return !polled.ok();
  });
  return told ? text_of(polled) : "told nothing";
}

// What is open is ended by a new owner of its id.
void Caller::clean_up() {
  for (const int number : {0, 1}) {
    const Writer& one = writer(number);
    if (one.open && !one.fenced) static_cast<void>(new_writer(number));
  }
}

bool Caller::await(const std::function<bool()>& done) {
  const std::int64_t until_ms = clock_.monotonic_ms() + kPatienceMs;
  while (!done()) {
    if (clock_.monotonic_ms() >= until_ms) return false;
    clock_.sleep_for(1);
  }
  return true;
}

}  // namespace encours::test
