#include "tests/fault/tally/stages.h"

#include "tally.pb.h"

namespace encours::test {
namespace {

using encours::test::tally::TallyRecord;
using encours::test::tally::TallyRow;
using stream::Effects;
using stream::Record;
using stream::RecordKind;
using stream::Settings;
using stream::StageInput;
using stream::TickOutput;
using stream::View;

constexpr Table<TallyRow> kTotals{0x20, "total", "ss"};
constexpr std::uint8_t kReportTimer = 1;
constexpr Duration kReportAfter = std::chrono::hours(24);

class SplitStage final : public stream::Stage {
 public:
  std::string name() const override { return "split"; }
  std::vector<StageInput> inputs() const override {
    return {{.topic = "tally.in", .tick_stages = {"clock"}}};
  }
  std::vector<TickOutput> tick_outputs() const override { return {{"tally.mid", true}}; }
  std::vector<TableInfo> tables() const override { return {}; }

  Result<Effects> decide(const View& view, const Record& record, const Settings&) const override {
    TallyRecord in;
    if (!in.ParseFromString(record.value) || in.key().empty()) {
      return poison("missing_field", "key", "An amount needs a key.");
    }
    in.clear_envelope();
    Effects effects(view);
    auto& fact = effects.emit("tally.mid", stream::make_key(record.tenant(), in.key()), in);
    fact.recorded_at = record.at;
    return effects;
  }
};

class TallyStage final : public stream::Stage {
 public:
  std::string name() const override { return "tally"; }
  std::vector<StageInput> inputs() const override {
    return {{.topic = "tally.mid", .tick_stages = {"split"}, .from_all_partitions = true}};
  }
  std::vector<TickOutput> tick_outputs() const override { return {{"tally.out", false}}; }
  std::vector<TableInfo> tables() const override { return {kTotals.info()}; }

  Result<Effects> decide(const View& view, const Record& record, const Settings&) const override {
    Effects effects(view);
    TallyRow row = view.get(kTotals).value_or(TallyRow());
    TallyRecord out;
    if (record.kind == RecordKind::kTimer) {
      out.set_report(true);
    } else {
      TallyRecord in;
      if (!in.ParseFromString(record.value)) return poison("unreadable", "", "Not a TallyRecord.");
      row.set_total(row.total() + in.amount());
      row.set_count(row.count() + 1);
      effects.put(kTotals, row);
      effects.set_timer(kReportTimer, KeyWriter(), record.at + kReportAfter);
      out.set_amount(in.amount());
    }
    out.set_key(std::string(stream::entity_of_key(record.key)));
    out.set_total(row.total());
    out.set_count(row.count());
    effects.emit("tally.out", record.key, out);
    return effects;
  }
};

}  // namespace

std::vector<std::shared_ptr<const stream::Stage>> tally_stages() {
  return {std::make_shared<SplitStage>(), std::make_shared<TallyStage>()};
}

stream::Topology tally_topology(std::int32_t partitions) {
  stream::Topology topology;
  topology.service = "tally";
  topology.partitions = partitions;
  topology.stages = tally_stages();
  return topology;
}

}  // namespace encours::test
