#include "tests/perf/elastic/outputs.h"

#include <algorithm>
#include <cmath>

#include "encours/stream/v1alpha1/placement.pb.h"
#include "tests/perf/baseline/stage.h"

namespace encours::perf {
namespace {

using encours::stream::v1alpha1::PlacementRecord;
using test::baseline::Out;

constexpr const char* kPlacementTopic = "encours.elastic.placement";
constexpr const char* kPlacementKey = "placement";
constexpr int kPollMs = 20;
constexpr std::size_t kPollRecords = 10'000;
constexpr double kScoreTolerance = 1e-9;

bool is_near(double one, double other) { return std::abs(one - other) <= kScoreTolerance; }

}  // namespace

Outputs::Outputs(const Plan& plan, const PhaseNumber& phase)
    : plan_(plan), phase_(phase), accounts_(static_cast<std::size_t>(plan.customers)) {}

Outputs::~Outputs() = default;

Result<std::unique_ptr<Outputs>> Outputs::start(const Plan& plan, const PhaseNumber& phase) {
  std::unique_ptr<Outputs> outputs(new Outputs(plan, phase));
  ENCOURS_ASSIGN(outputs->reader_, kafka::KafkaGroupReader::make(kafka_settings(plan)));
  outputs->thread_ = std::jthread([one = outputs.get()](const std::stop_token& stop) {
    one->ended_ = one->run(stop);
  });
  return outputs;
}

void Outputs::on_assigned(const std::vector<stream::TopicPartition>& partitions) {
  for (const auto& one : partitions) starts_.push_back({one, 0});
}

Status Outputs::run(const std::stop_token& stop) {
  ENCOURS_TRY(reader_->subscribe({test::kBaselineOut, kPlacementTopic}, this));
  stream::LogRecord record;
  Out out;
  std::vector<stream::FetchedRun> runs;
  while (!stop.stop_requested()) {
    runs.clear();
    ENCOURS_TRY(reader_->poll(kPollMs, kPollRecords, &runs));
    const std::int64_t now_us = wall_us();
    for (const auto& run : runs) {
      for (const auto& fetched : run.records) {
        reader_->read(run.at, fetched, &record);
        if (run.at.topic == kPlacementTopic) {
          take_placement(record);
        } else if (out.ParseFromString(record.value)) {
          take(run.at.partition, out, now_us);
        } else {
          note(&verdict_.wrong, "an output that can't be read");
        }
      }
    }
    if (!starts_.empty()) ENCOURS_TRY(reader_->start(std::exchange(starts_, {})));
  }
  reader_->close();
  return {};
}

OutputFigures& Outputs::now() {
  const std::size_t phase = phase_;
  if (figures_.size() <= phase) figures_.resize(phase + 1);
  return figures_[phase];
}

void Outputs::take_placement(const stream::LogRecord& record) {
  PlacementRecord placement;
  if (record.key != kPlacementKey || !placement.ParseFromString(record.value)) return;
  std::vector<std::string> owners;
  for (const auto& seat : placement.seats()) owners.push_back(seat.owner());
  for (std::size_t p = 0; p < std::min(owners.size(), owners_.size()); ++p) {
    if (owners[p] != owners_[p]) ++now().moves;
  }
  owners_ = std::move(owners);
}

void Outputs::take(std::int32_t partition, const Out& out, std::int64_t now_us) {
  OutputFigures& figures = now();
  ++figures.outputs;
  figures.delays_us.push_back(now_us - out.event_us());
  auto [last, is_first] = last_us_.try_emplace(partition, now_us);
  const std::int64_t gap_us = now_us - std::max(last->second, out.event_us());
  if (!is_first && gap_us > figures.longest_gap_us) {
    figures.longest_gap_us = gap_us;
    figures.gap_partition = partition;
  }
  last->second = now_us;
  judge(out);
  ++read_;
}

void Outputs::judge(const Out& out) {
  const auto customer = customer_of(out.customer_id());
  if (!customer || *customer >= plan_.customers) {
    note(&verdict_.wrong, "an output of nobody: " + out.event_id());
    return;
  }
  Account& account = accounts_[static_cast<std::size_t>(*customer)];
  const auto next = [&] { return draw_event(plan_.seed, *customer, account.events() + 1); };
  if (out.events() <= account.events()) {
    note(&verdict_.doubled, out.event_id() + " as number " + std::to_string(out.events()));
    return;
  }
  while (account.events() + 1 < out.events()) {
    note(&verdict_.lost, event_id(*customer, account.events() + 1));
    account.take(next());
  }
  account.take(next());
  const bool is_right = out.event_id() == event_id(*customer, account.events()) &&
                        out.open_cents() == account.open_cents() &&
                        is_near(out.score(), account.score());
  if (!is_right) note(&verdict_.wrong, out.event_id() + " with other figures than the model's");
}

void Outputs::note(std::int64_t* count, const std::string& what) {
  ++*count;
  if (verdict_.first.empty()) verdict_.first = what;
}

Status Outputs::stop() {
  thread_.request_stop();
  thread_.join();
  return ended_;
}

Verdict Outputs::verdict(const std::vector<std::int64_t>& events_of) const {
  Verdict verdict = verdict_;
  for (std::size_t customer = 0; customer < events_of.size(); ++customer) {
    const std::int64_t missing = events_of[customer] - accounts_[customer].events();
    if (missing > 0) verdict.lost += missing;
    if (missing < 0) verdict.doubled -= missing;
    if (missing != 0 && verdict.first.empty()) {
      verdict.first = customer_id(static_cast<std::int64_t>(customer)) + ": " +
                      std::to_string(missing) + " of its events have no output";
    }
  }
  return verdict;
}

}  // namespace encours::perf
