// PaidDays: how many invoices of an account were paid how many days beyond terms, and the median.
//
// A histogram in rows of 64 days each, so a change writes one small row and the median reads a few:
// its cost does not grow with the number of invoices. Exact: the middle value, or the mean of the
// two middle ones, in hundredths of a day. Made for one decision; reads each row once. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "common/stream/effects.h"
#include "encours/state/v1alpha1/scoring.pb.h"

namespace encours::scoring {

class PaidDays {
 public:
  explicit PaidDays(const stream::View& view) : view_(view) {}

  void add(std::int32_t days);
  // The account has a paid invoice with these days (checked).
  void remove(std::int32_t days);

  // Nothing where no invoice was paid.
  std::optional<std::int64_t> median_hundredths();
  void stage(stream::Effects& effects) const;

 private:
  struct Block {
    encours::state::v1alpha1::PaidDaysRow row;
    bool changed = false;
  };
  void change(std::int32_t days, std::int32_t difference);
  void load();
  std::int64_t value_at(std::int64_t rank) const;

  const stream::View& view_;
  bool loaded_ = false;
  std::map<std::int64_t, Block> blocks_;
};

}  // namespace encours::scoring
