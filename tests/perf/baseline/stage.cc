#include "tests/perf/baseline/stage.h"

#include <algorithm>
#include <numeric>

namespace encours::test {
namespace {

using baseline::Event;
using baseline::Out;
using baseline::State;
using stream::Effects;
using stream::Record;
using stream::Settings;
using stream::View;

constexpr int kRecent = 8;
constexpr int kIssued = 0;

void count_amount(const Event& event, State& state) {
  if (event.type() == kIssued) {
    state.set_open_cents(state.open_cents() + event.amount_cents());
    state.set_open_invoices(state.open_invoices() + 1);
    const bool oldest = state.oldest_due_ms() == 0 || event.due_ms() < state.oldest_due_ms();
    if (oldest) state.set_oldest_due_ms(event.due_ms());
    return;
  }
  state.set_paid_cents(state.paid_cents() + event.amount_cents());
  state.set_open_cents(std::max<std::int64_t>(0, state.open_cents() - event.amount_cents()));
  state.set_open_invoices(std::max(0, state.open_invoices() - 1));
}

// The peers' figure: the share that is paid, less for open invoices and a little for the mean of
// the last amounts.
double score_of(const State& state) {
  const auto& recent = state.recent_cents();
  const double sum = std::accumulate(recent.begin(), recent.end(), 0.0);
  const double mean = sum / recent.size();
  const auto paid = static_cast<double>(state.paid_cents());
  const double share = paid / (paid + static_cast<double>(state.open_cents()) + 1);
  return 100.0 * share / (1.0 + state.open_invoices() * 0.01) - mean * 1e-7;
}

class BaselineStage final : public stream::Stage {
 public:
  std::string name() const override { return "baseline"; }
  std::vector<stream::StageInput> inputs() const override {
    return {{.topic = kBaselineIn, .kind = stream::InputKind::kPlain}};
  }
  std::vector<TableInfo> tables() const override { return {kBaselineStates.info()}; }
  std::string scope(const Record& record) const override { return record.key; }

  Result<Effects> decide(const View& view, const Record& record, const Settings&) const override {
    // Its strings keep their memory from one event to the next; nothing else of it is used again.
    static thread_local Event event;
    if (!event.ParseFromString(record.value)) return poison("unreadable", "", "Not an Event.");
    State state = view.get(kBaselineStates).value_or(State());
    count_amount(event, state);
    state.set_events(state.events() + 1);
    state.set_last_event_us(event.event_us());
    auto& recent = *state.mutable_recent_cents();
    recent.Add(event.amount_cents());
    if (recent.size() > kRecent) recent.erase(recent.begin());
    state.set_score(score_of(state));

    Out out;
    out.set_event_id(event.event_id());
    out.set_customer_id(event.customer_id());
    out.set_open_cents(state.open_cents());
    out.set_score(state.score());
    out.set_events(state.events());
    out.set_event_us(event.event_us());
    Effects effects(view);
    effects.put(kBaselineStates, std::move(state));
    effects.emit(kBaselineOut, record.key, out).plain = true;
    return effects;
  }
};

}  // namespace

std::shared_ptr<const stream::Stage> baseline_stage() { return std::make_shared<BaselineStage>(); }

stream::Topology baseline_topology(std::int32_t partitions) {
  stream::Topology topology;
  topology.service = "baseline";
  topology.partitions = partitions;
  topology.stages = {baseline_stage()};
  topology.reads_settings = false;
  return topology;
}

}  // namespace encours::test
