#include "tests/fault/judge.h"

#include "common/stream/restore.h"
#include "tally.pb.h"
#include "tests/fault/tally/no_documents.h"
#include "tests/fault/tally/stages.h"

namespace encours::test {
namespace {

using stream::LogRecord;
using stream::TopicPartition;

// A task without a log: for restores in this process.
class NoSink final : public stream::Sink {
 public:
  Status produce(const stream::Outgoing&) override {
    return fatal("no_sink", "The judge writes nothing.");
  }
};

std::optional<std::pair<std::int32_t, std::int64_t>> origin_of(const LogRecord& record) {
  for (const auto& [name, value] : record.headers) {
    encours::stream::v1alpha1::SourcePosition position;
    if (name == stream::kSourceHeader && !value.empty() && position.ParseFromString(value)) {
      return std::pair{position.partition(), position.offset()};
    }
  }
  return std::nullopt;
}

}  // namespace

std::set<std::string> Verdict::failed() const {
  std::set<std::string> names;
  for (const auto& finding : findings) names.insert(finding.comparison);
  return names;
}

std::string Verdict::text() const {
  std::string out;
  for (const auto& finding : findings) out += finding.comparison + ": " + finding.what + "\n";
  return out.empty() ? "exact" : out;
}

void Judge::note(const char* comparison, std::string what) {
  verdict_.findings.push_back({comparison, std::move(what)});
}

void Judge::note_differences(const char* comparison, const Canonical& expected,
                             const Canonical& found) {
  for (auto& line : differences(expected, found)) note(comparison, std::move(line));
}

void Judge::take(const LogRecord& record) {
  last_offsets_[record.topic][record.partition] = record.offset;
  add_record(record, &outputs_);
  if (const auto origin = origin_of(record)) origins_[record.topic].insert(*origin);
}

void Judge::check_outputs() { note_differences(kOutputs, expected_.outputs, outputs_); }

std::vector<TopicPartition> Judge::group_partitions() const {
  std::vector<TopicPartition> all;
  for (const char* topic : kGroupTopics) {
    for (std::int32_t p = 0; p < workload_.options.partitions; ++p) all.push_back({topic, p});
  }
  return all;
}

// The input's offsets are known; those of a topic with control records lie behind its last record.
void Judge::check_offsets(const std::vector<stream::NextOffset>& committed) {
  std::map<TopicPartition, std::int64_t> found;
  for (const auto& next : committed) found[next.at] = next.offset;
  for (const auto& at : group_partitions()) {
    std::int64_t wanted = 0;
    if (at.topic == kTallyIn) wanted = expected_.ends[at.partition];
    if (at.topic == "encours.settings") {
      wanted = static_cast<std::int64_t>(workload_.clocks.size());
    }
    if (at.topic == "tally.mid") {
      const auto last = last_offsets_[at.topic].find(at.partition);
      wanted = last == last_offsets_[at.topic].end() ? 0 : last->second + 1;
    }
    if (found[at] == wanted) continue;
    note(kOffsets, at.topic + " p-" + std::to_string(at.partition) + ": " +
                       std::to_string(found[at]) + " is committed, the end is " +
                       std::to_string(wanted));
  }
}

// Each record of the input has become one record of the next topic or one dead letter, and each
// amount one record at the end unless it was a repetition. Needs no model of what is in them.
void Judge::check_accounted() {
  std::map<std::int32_t, std::int64_t> offsets;
  std::size_t wrong = 0;
  for (const auto& record : workload_.records) {
    if (record.topic != kTallyIn) continue;
    const std::pair origin{record.partition, offsets[record.partition]++};
    tally::TallyRecord parsed;
    if (!record.is_poison() && parsed.ParseFromString(record.value) && parsed.has_tick()) continue;
    const std::size_t mid = origins_["tally.mid"].count(origin);
    const std::size_t out = origins_["tally.out"].count(origin);
    const std::size_t dead = origins_["encours.dead-letters"].count(origin);
    const std::size_t no_op = expected_.no_ops.contains(origin) ? 1 : 0;
    const bool good = record.is_poison() ? mid == 0 && out == 0 && dead == 1
                                         : mid == 1 && out + no_op == 1 && dead == 0;
    if (good || ++wrong > 3) continue;
    note(kAccounted, "record " + std::to_string(origin.second) + " of tally.in p-" +
                         std::to_string(origin.first) + " became " + std::to_string(mid) +
                         " in tally.mid, " + std::to_string(out) + " in tally.out, " +
                         std::to_string(dead) + " dead letters");
  }
}

Result<StoreRows> rows_of(Store& store, std::int32_t partition, std::int32_t partitions) {
  const auto topology = tally_topology(partitions);
  StoreRows out;
  out.next_offset = store.changelog_next_offset();
  for (const auto& table : topology.tables()) {
    if (!table.left_out_because.empty()) continue;
    const std::string prefix(1, static_cast<char>(table.id));
    auto& rows = out.rows[store_heading(partition, table)];
    store.scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
      rows.push_back(store_row(key, value));
      if (table.name == "total") out.sum += stream::View::parse<tally::TallyRow>(value).total();
      return true;
    });
    if (rows.empty()) out.rows.erase(store_heading(partition, table));
  }
  ENCOURS_TRY(store.take_read_failure());
  return out;
}

// Brought up to date first, by the runtime's own restore.
Result<StoreRows> Judge::rows_of_restored(const std::shared_ptr<Store>& store,
                                          std::int32_t partition, stream::LogReplay& replay,
                                          Clock& clock) const {
  const auto topology = tally_topology(workload_.options.partitions);
  NoSink sink;
  NoDocuments documents;
  stream::Task task(topology, partition, store, sink, documents, nullptr,
                    stream::EffectsMode::kLive);
  const auto restored = stream::restore(topology, task, replay, clock, std::nullopt,
                                        [](const auto&) { return Status(); });
  if (!restored) return restored.failure();
  return rows_of(*store, partition, topology.partitions);
}

void Judge::check_stores(const std::map<std::int32_t, std::vector<std::string>>& places,
                         const std::string& fresh, const OpenStore& open,
                         stream::LogReplay& replay, Clock& clock) {
  std::int64_t sum = 0;
  const auto look = [&](std::int32_t p, const std::string& place,
                        bool up_to_date) -> Result<StoreRows> {
    ENCOURS_ASSIGN(const auto store, open(p, place));
    return up_to_date ? rows_of_restored(store, p, replay, clock)
                      : rows_of(*store, p, workload_.options.partitions);
  };
  for (const auto& [p, named] : places) {
    std::optional<std::pair<std::string, StoreRows>> newest;
    for (const auto& place : named) {
      auto rows = look(p, place, false);
      if (!rows) {
        note(kStore, place + ": " + rows.failure().message);
      } else if (!newest || newest->second.next_offset < rows->next_offset) {
        newest = {place, std::move(rows).value()};
      }
    }
    if (!newest) {
      note(kStore, "no instance has a store of p-" + std::to_string(p));
      continue;
    }
    rows_.insert(newest->second.rows.begin(), newest->second.rows.end());
    sum += newest->second.sum;
    for (const auto& place : named) {
      if (place == newest->first) continue;
      const auto rows = look(p, place, true);
      if (!rows) note(kLeftBehind, place + ": " + rows.failure().message);
      if (rows) note_differences(kLeftBehind, newest->second.rows, rows->rows);
    }
    const auto rebuilt = look(p, fresh, true);
    if (!rebuilt) note(kRebuilt, rebuilt.failure().message);
    if (rebuilt) note_differences(kRebuilt, newest->second.rows, rebuilt->rows);
  }
  note_differences(kStore, expected_.rows, rows_);
  if (sum != expected_.sum) {
    note(kStore, "the totals sum up to " + std::to_string(sum) + ", the amounts to " +
                     std::to_string(expected_.sum));
  }
}

}  // namespace encours::test
