#include "tests/fault/model.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/state/key.h"
#include "encours/state/v1alpha1/runtime.pb.h"
#include "encours/stream/v1alpha1/command.pb.h"
#include "tally.pb.h"

namespace encours::test {
namespace {

using encours::common::v1alpha1::Envelope;
using encours::state::v1alpha1::TimerRow;
using encours::stream::v1alpha1::DeadLetter;
using encours::stream::v1alpha1::SourcePosition;
using tally::TallyRecord;
using tally::TallyRow;

constexpr std::int64_t kNever = INT64_MIN;
constexpr std::int64_t kReportAfterUs = 86'400'000'000;
constexpr const char* kOrdinal = "00000";

// Tables as they are declared in runtime_tables.h and in the tally; named here once more so that a
// change of either is noticed.
constexpr TableInfo kTotals{0x20, "total", "ss", "", ""};
constexpr TableInfo kTimers{0x06, "timer", "ssnsbs", "", ""};

void set_micros(std::int64_t micros, google::protobuf::Timestamp* out) {
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<std::int32_t>(micros % 1'000'000) * 1000);
}

std::int64_t micros_of(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() * 1'000'000 + timestamp.nanos() / 1000;
}

// The envelope of what `cause` leads to at a stage.
Envelope caused_by(const Envelope& cause,
                   const char* stage,
                   std::int64_t at,
                   std::int64_t version) {
  Envelope out;
  out.set_tenant(cause.tenant());
  out.set_id(stable_id({cause.tenant(), cause.id(), stage, kOrdinal}));
  out.set_actor(cause.actor());
  out.set_cause(cause.id());
  out.set_correlation(cause.correlation().empty() ? cause.id() : cause.correlation());
  *out.mutable_occurred_at() = cause.occurred_at();
  set_micros(at, out.mutable_recorded_at());
  out.set_order_key(cause.order_key() + "/" + kOrdinal);
  out.set_settings_version(version);
  out.set_decision_version(1);
  return out;
}

std::string source_bytes(std::int32_t partition, std::int64_t offset) {
  SourcePosition position;
  position.set_topic(kTallyIn);
  position.set_partition(partition);
  position.set_offset(offset);
  return position.SerializeAsString();
}

// An amount on its way from the first stage to the second.
struct Mid {
  std::string key;
  TallyRecord record;
  std::string source;
};

// What orders amounts: time, then the order key, then the id.
using Place = std::tuple<std::int64_t, std::string, std::string>;

struct Tick {
  std::int64_t at = 0;
  std::int64_t version = 0;
};

class Model {
 public:
  explicit Model(const Workload& workload) : workload_(workload) {
    out_.ends.assign(workload.options.partitions, 0);
    for (const auto& clock : workload.clocks) ticks_[clock];
  }

  Expected run() {
    for (const auto& record : workload_.records) {
      if (record.topic != kTallyIn) continue;
      split(record, out_.ends[record.partition]++);
    }
    for (const auto& [clock, ticks] : ticks_) fold(clock, ticks);
    for (auto& [partition, rows] : rows_) add_rows(partition, rows);
    return std::move(out_);
  }

 private:
  using Rows = std::map<std::string, std::string>;

  std::int32_t partition_of_key(const std::string& key) const {
    return partition_of(key, workload_.options.partitions);
  }

  void emit(const std::string& topic, std::int32_t partition, const std::string& key,
            const std::string& value, const std::string& source, bool with_source = true) {
    stream::LogRecord record;
    record.topic = topic;
    record.partition = partition;
    record.key = key;
    record.value = value;
    if (with_source) record.headers = {{"source", source}};
    add_record(record, &out_.outputs);
  }

  // The first stage: in the order of its partition, each record on its own.
  void split(const InputRecord& in, std::int64_t offset) {
    TallyRecord record;
    if (in.is_poison()) return dead_letter(in, offset);
    ENCOURS_CHECK(record.ParseFromString(in.value), "a good record parses");
    if (record.has_tick()) return split_tick(in.partition, record.tick());
    auto& passed = passed_[{in.partition, clock_of(record.envelope().tenant())}];
    const std::int64_t at = std::max(micros_of(record.envelope().recorded_at()), passed.at);
    Mid mid;
    mid.key = record.envelope().tenant() + "/" + record.key();
    mid.source = source_bytes(in.partition, offset);
    mid.record.set_key(record.key());
    mid.record.set_amount(record.amount());
    *mid.record.mutable_envelope() =
        caused_by(record.envelope(), "split", at,
                  std::max(passed.version, record.envelope().settings_version()));
    const std::int32_t to = partition_of_key(mid.key);
    emit("tally.mid", to, mid.key, mid.record.SerializeAsString(), mid.source);
    const auto& envelope = mid.record.envelope();
    auto& waiting = waiting_[clock_of(envelope.tenant())][to];
    const Place place{at, envelope.order_key(), envelope.id()};
    // Sent twice and still waiting: the second stands for both.
    if (const auto first = waiting.find(place); first != waiting.end()) {
      SourcePosition position;
      position.ParseFromString(first->second.source);
      out_.no_ops.insert({position.partition(), position.offset()});
    }
    waiting[place] = std::move(mid);
  }

  static std::string clock_of(const std::string& tenant) { return "tenant/" + tenant; }

  void split_tick(std::int32_t partition, const encours::common::v1alpha1::Tick& in) {
    auto& passed = passed_[{partition, in.clock()}];
    const std::int64_t at = micros_of(in.instant());
    if (at <= passed.at) return;
    passed = {at, std::max(passed.version, in.settings_version())};
    TallyRecord out;
    *out.mutable_tick() = in;
    out.mutable_tick()->set_stage("split");
    out.mutable_tick()->set_settings_version(passed.version);
    for (std::int32_t p = 0; p < workload_.options.partitions; ++p) {
      emit("tally.mid", p, in.clock(), out.SerializeAsString(), {}, false);
    }
    if (partition == 0) ticks_[in.clock()].push_back(passed);
  }

  void dead_letter(const InputRecord& in, std::int64_t offset) {
    Envelope cause;
    std::int64_t at = 0;
    TallyRecord record;
    // Of a record whose head can't be read only its key says whose it is.
    if (in.code == "missing_field" || in.code == "fact_too_large") {
      static_cast<void>(record.ParsePartialFromString(in.value));
      cause = record.envelope();
      const auto& passed = passed_[{in.partition, clock_of(cause.tenant())}];
      at = std::max(micros_of(cause.recorded_at()), passed.at);
    } else {
      cause.set_tenant(in.key.substr(0, in.key.find('/')));
      cause.set_id(stable_id({in.topic, in.key, in.value}));
    }
    DeadLetter letter;
    letter.set_stage("split");
    letter.set_code(in.code);
    letter.set_field(in.field);
    letter.set_message(in.message);
    letter.mutable_position()->ParseFromString(source_bytes(in.partition, offset));
    letter.set_door("internal");
    letter.set_original(in.value);
    letter.set_original_size(static_cast<std::int64_t>(in.value.size()));
    letter.set_original_sha256(sha256_hex(in.value));
    if (in.value.size() > 16 * 1024) {
      letter.set_document_sha256(letter.original_sha256());
      letter.set_original(in.value.substr(0, 4 * 1024));
    }
    const std::string id = stable_id({cause.tenant(), "dead-letter", cause.id(),
                                      letter.original_sha256(), "", "0", kOrdinal});
    *letter.mutable_envelope() = caused_by(cause, "split", at, 0);
    letter.mutable_envelope()->set_id(id);
    letter.mutable_envelope()->clear_cause();
    letter.mutable_envelope()->set_correlation(id);
    const std::string key = cause.tenant() + "/" + id;
    emit("encours.dead-letters", partition_of_key(key), key, letter.SerializeAsString(),
         source_bytes(in.partition, offset));
  }

  struct Total {
    TallyRow row;
    std::int64_t due = kNever;
    TimerRow timer;
  };

  // The second stage: all amounts of a tenant in order of time, with its ticks between them.
  void fold(const std::string& clock, const std::vector<Tick>& ticks) {
    for (auto& [partition, waiting] : waiting_[clock]) {
      std::map<std::string, Total> totals;
      std::int64_t version = 0;
      auto next = waiting.begin();
      for (const auto& tick : ticks) {
        for (; next != waiting.end() && std::get<0>(next->first) < tick.at; ++next) {
          count(partition, std::get<0>(next->first), next->second, clock, version, &totals);
        }
        fire(partition, tick.at, version, &totals);
        version = tick.version;
      }
      ENCOURS_CHECK(next == waiting.end(), "the last tick comes after all amounts");
      keep(partition, clock, totals);
    }
    for (std::int32_t p = 0; p < workload_.options.partitions; ++p) forward(p, clock, ticks);
  }

  void count(std::int32_t partition, std::int64_t at, const Mid& mid, const std::string& clock,
             std::int64_t version, std::map<std::string, Total>* totals) {
    const auto& envelope = mid.record.envelope();
    Total& total = (*totals)[mid.key];
    total.row.set_total(total.row.total() + mid.record.amount());
    total.row.set_count(total.row.count() + 1);
    total.due = at + kReportAfterUs;
    total.timer.set_correlation(envelope.correlation());
    total.timer.set_cause(envelope.id());
    total.timer.set_clock(clock);
    out_.sum += mid.record.amount();
    TallyRecord out = mid.record;
    *out.mutable_envelope() =
        caused_by(envelope, "tally", at, std::max(version, envelope.settings_version()));
    out.set_total(total.row.total());
    out.set_count(total.row.count());
    emit("tally.out", partition, mid.key, out.SerializeAsString(), mid.source);
  }

  // Reports of the keys that have been silent for a day. Keys don't mix, so their order is free.
  void fire(std::int32_t partition, std::int64_t at, std::int64_t version,
            std::map<std::string, Total>* totals) {
    for (auto& [key, total] : *totals) {
      if (total.due == kNever || total.due > at) continue;
      const std::string tenant = key.substr(0, key.find('/'));
      const std::string name = key.substr(key.find('/') + 1);
      const std::string due = std::to_string(total.due);
      Envelope timer;
      timer.set_tenant(tenant);
      timer.set_id(stable_id({tenant, "timer", "tally", scope_of(tenant, name), "1", "", due}));
      timer.set_actor("clock");
      timer.set_correlation(total.timer.correlation());
      timer.set_order_key("\x01/2/timer/" + due + "/" + timer.id());
      set_micros(total.due, timer.mutable_occurred_at());
      TallyRecord out;
      *out.mutable_envelope() = caused_by(timer, "tally", at, version);
      out.set_key(name);
      out.set_total(total.row.total());
      out.set_count(total.row.count());
      out.set_report(true);
      emit("tally.out", partition, key, out.SerializeAsString(), {});
      total.due = kNever;
    }
  }

  void forward(std::int32_t partition, const std::string& clock, const std::vector<Tick>& ticks) {
    for (const auto& tick : ticks) {
      TallyRecord out;
      out.mutable_tick()->set_clock(clock);
      set_micros(tick.at, out.mutable_tick()->mutable_instant());
      out.mutable_tick()->set_settings_version(tick.version);
      out.mutable_tick()->set_stage("tally");
      out.mutable_tick()->set_partition(partition);
      emit("tally.out", partition, clock, out.SerializeAsString(), {}, false);
    }
  }

  void keep(std::int32_t partition, const std::string& clock,
            const std::map<std::string, Total>& totals) {
    for (const auto& [key, total] : totals) {
      const std::string tenant = key.substr(0, key.find('/'));
      const std::string scope = scope_of(tenant, key.substr(key.find('/') + 1));
      rows_[partition][KeyWriter().byte(kTotals.id).raw(scope).take()] =
          total.row.SerializeAsString();
      if (total.due == kNever) continue;
      TimerRow timer = total.timer;
      set_micros(total.due, timer.mutable_due());
      const std::string due_key = KeyWriter()
                                      .byte(kTimers.id)
                                      .text("tally")
                                      .text(clock)
                                      .number(total.due)
                                      .text(scope)
                                      .byte(1)
                                      .text("")
                                      .take();
      rows_[partition][due_key] = timer.SerializeAsString();
    }
  }

  void add_rows(std::int32_t partition, const Rows& rows) {
    for (const auto& [key, value] : rows) {
      for (const auto& table : {kTotals, kTimers}) {
        if (static_cast<std::uint8_t>(key[0]) != table.id) continue;
        out_.rows[store_heading(partition, table)].push_back(store_row(key, value));
      }
    }
  }

  const Workload& workload_;
  // How far the first stage has come, by partition and clock.
  std::map<std::pair<std::int32_t, std::string>, Tick> passed_;
  std::map<std::string, std::vector<Tick>> ticks_;
  std::map<std::string, std::map<std::int32_t, std::map<Place, Mid>>> waiting_;
  std::map<std::int32_t, Rows> rows_;
  Expected out_;
};

}  // namespace

Expected model_of(const Workload& workload) { return Model(workload).run(); }

}  // namespace encours::test
