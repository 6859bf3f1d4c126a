#include "tests/perf/elastic/outputs.h"

#include <algorithm>

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

}  // namespace

Outputs::Outputs(const Plan& plan, const PhaseNumber& phase)
    : plan_(plan), phase_(phase), judge_(plan.seed, plan.customers) {}

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
          judge_.take_unreadable();
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
  judge_.take(out);
  ++read_;
}

Status Outputs::stop() {
  thread_.request_stop();
  thread_.join();
  return ended_;
}

}  // namespace encours::perf
