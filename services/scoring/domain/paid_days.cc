#include "services/scoring/domain/paid_days.h"

#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

constexpr std::int64_t kBlockDays = 64;

std::int64_t block_of(std::int64_t days) {
  return days >= 0 ? days / kBlockDays : (days - kBlockDays + 1) / kBlockDays;
}

}  // namespace

void PaidDays::add(std::int32_t days) { change(days, 1); }

void PaidDays::remove(std::int32_t days) { change(days, -1); }

void PaidDays::change(std::int32_t days, std::int32_t difference) {
  load();
  const std::int64_t number = block_of(days);
  Block& block = blocks_[number];
  auto& counts = *block.row.mutable_counts();
  if (counts.empty()) counts.Resize(kBlockDays, 0);
  const auto place = static_cast<int>(days - number * kBlockDays);
  const std::int32_t count = counts.Get(place) + difference;
  ENCOURS_CHECK(count >= 0, "a paid invoice is taken out once");
  counts.Set(place, count);
  block.row.set_total(block.row.total() + difference);
  block.changed = true;
}

void PaidDays::load() {
  if (loaded_) return;
  loaded_ = true;
  view_.scan(kPaidDaysTable, KeyWriter(), [&](std::string_view key, state::PaidDaysRow row) {
    blocks_[KeyReader(key).number().value_or(0)].row = std::move(row);
    return true;
  });
}

// The value with this place in order of days, counted from 0.
std::int64_t PaidDays::value_at(std::int64_t rank) const {
  for (const auto& [number, block] : blocks_) {
    if (rank >= block.row.total()) {
      rank -= block.row.total();
      continue;
    }
    for (int place = 0; place < block.row.counts_size(); ++place) {
      if (rank < block.row.counts(place)) return number * kBlockDays + place;
      rank -= block.row.counts(place);
    }
  }
  ENCOURS_CHECK(false, "a block's total is the sum of its counts");
  return 0;
}

std::optional<std::int64_t> PaidDays::median_hundredths() {
  load();
  std::int64_t count = 0;
  for (const auto& [number, block] : blocks_) count += block.row.total();
  if (count == 0) return std::nullopt;
  return (value_at((count - 1) / 2) + value_at(count / 2)) * 50;
}

void PaidDays::stage(stream::Effects& effects) const {
  for (const auto& [number, block] : blocks_) {
    if (!block.changed) continue;
    if (block.row.total() == 0) {
      effects.erase(kPaidDaysTable, KeyWriter().number(number));
    } else {
      effects.put(kPaidDaysTable, block.row, KeyWriter().number(number));
    }
  }
}

}  // namespace encours::scoring
