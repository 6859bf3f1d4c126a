#include "services/alerting/domain/limit.h"

#include <algorithm>
#include <iterator>

#include "common/base/hash.h"
#include "common/money/money.h"
#include "services/alerting/domain/dates.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {
namespace {

namespace receivables = encours::receivables::v1alpha1;
using Money = encours::common::v1alpha1::Money;

Result<std::int64_t> exposure_of(const receivables::AccountBalance& balance) {
  const Int128 sum = static_cast<Int128>(balance.not_due()) + balance.overdue_1_30() +
                     balance.overdue_31_60() + balance.overdue_61_90() + balance.overdue_91_120() +
                     balance.overdue_over_120() - balance.unallocated_credit_notes() -
                     balance.unallocated_cash() + balance.not_invoiced() + balance.term_paper();
  if (sum > INT64_MAX || sum < -INT64_MAX) {
    return poison("amount_out_of_range", "balance", "What the account owes fits no amount.");
  }
  return static_cast<std::int64_t>(sum);
}

bool same(const Money& left, const Money& right) {
  return left.minor() == right.minor() && left.currency_code() == right.currency_code();
}

}  // namespace

LimitWatch::LimitWatch(const stream::View& view,
                       stream::Effects& effects,
                       const stream::Record& record,
                       std::string account,
                       const Zone& zone)
    : view_(view),
      effects_(effects),
      record_(record),
      account_(std::move(account)),
      zone_(zone),
      today_(zone.local_date(record.at)) {
  view.scan(
      kLimitTable, KeyWriter().text(account_), [&](std::string_view key, state::LimitRow row) {
        KeyReader reader(key);
        reader.text();
        limits_[reader.number().value_or(0)] = std::move(row);
        return true;
      });
}

Status LimitWatch::take(const receivables::ReceivableRecord& fact, AlertBook& book) {
  ENCOURS_ASSIGN(const bool moved, take_balance(fact.balance()));
  if (fact.has_internal_limit_changed()) {
    ENCOURS_TRY(take_limit(fact.internal_limit_changed()));
  } else if (!moved || limits_.empty()) {
    return {};
  }
  judge(book);
  return {};
}

void LimitWatch::fire(Date day, AlertBook& book) {
  today_ = day;
  judge(book);
}

Status LimitWatch::take_limit(const receivables::InternalLimitChanged& limit) {
  Date first = today_;
  if (limit.has_valid_from()) {
    const auto day = to_date(limit.valid_from());
    if (!day) {
      return poison("invalid_date", "internal_limit_changed.valid_from", day.failure().message);
    }
    first = std::max(first, *day);
  }
  state::LimitRow row;
  if (limit.has_amount()) *row.mutable_amount() = limit.amount();
  if (limit.has_valid_until()) {
    const auto day = to_date(limit.valid_until());
    if (!day) {
      return poison("invalid_date", "internal_limit_changed.valid_until", day.failure().message);
    }
    *row.mutable_valid_until() = limit.valid_until();
  }
  limits_[first.days()] = row;
  effects_.put(kLimitTable, row, KeyWriter().text(account_).number(first.days()));
  return {};
}

Result<bool> LimitWatch::take_balance(const receivables::AccountBalance& balance) {
  const std::string& currency = balance.currency_code();
  if (currency.empty()) return false;
  ENCOURS_ASSIGN(const std::int64_t exposure, exposure_of(balance));
  if (exposure_in(currency) == exposure) return false;
  exposures_[currency] = exposure;
  const KeyWriter key = KeyWriter().text(account_).text(currency);
  if (exposure == 0) {
    effects_.erase(kExposureTable, key);
  } else {
    state::ExposureRow row;
    row.set_exposure_minor(exposure);
    effects_.put(kExposureTable, row, key);
  }
  return true;
}

std::int64_t LimitWatch::exposure_in(const std::string& currency) const {
  if (const auto known = exposures_.find(currency); known != exposures_.end()) {
    return known->second;
  }
  const auto row = view_.get(kExposureTable, KeyWriter().text(account_).text(currency));
  return row ? row->exposure_minor() : 0;
}

std::optional<Money> LimitWatch::limit_today() {
  const auto next = limits_.upper_bound(today_.days());
  std::optional<Date> change;
  if (next != limits_.end()) change = Date::from_days(next->first);
  std::optional<Money> limit;
  if (next != limits_.begin()) {
    const auto current = std::prev(next);
    for (auto old = limits_.begin(); old != current; old = limits_.erase(old)) {
      effects_.erase(kLimitTable, KeyWriter().text(account_).number(old->first));
    }
    const auto& row = current->second;
    const auto last = row.has_valid_until() ? to_date(row.valid_until()).value() : Date::max();
    if (row.has_amount() && today_ <= last) {
      limit = row.amount();
      if (last < Date::max()) change = std::min(change.value_or(last + 1), last + 1);
    }
  }
  if (change) {
    effects_.set_timer(
        kLimitTimer, KeyWriter().text(account_), zone_.at(*change, kDayInstants.front()));
  } else {
    effects_.clear_timer(kLimitTimer, KeyWriter().text(account_));
  }
  return limit;
}

void LimitWatch::judge(AlertBook& book) {
  const auto limit = limit_today();
  auto active = book.active(account_, "", v1alpha1::ALERT_KIND_LIMIT_EXCEEDED);
  if (active && (!limit || !same(*limit, active->limit()))) {
    book.resolve(*active, "limit_changed");
    active.reset();
  }
  const std::int64_t exposure = limit ? exposure_in(limit->currency_code()) : 0;
  const bool over = limit && exposure > limit->minor();
  if (active && !over) book.resolve(*active, "within_limit");
  if (!active && over) raise(*limit, exposure, book);
}

void LimitWatch::raise(const Money& limit, std::int64_t exposure, AlertBook& book) {
  const std::string id = stable_id({record_.tenant(), kLimitRule, account_, record_.envelope.id()});
  // The same record read twice raises nothing.
  if (book.find(account_, id)) return;
  Alert alert;
  alert.set_id(id);
  alert.set_account(account_);
  alert.set_kind(v1alpha1::ALERT_KIND_LIMIT_EXCEEDED);
  *alert.mutable_day() = to_proto(today_);
  alert.mutable_amount()->set_currency_code(limit.currency_code());
  alert.mutable_amount()->set_minor(exposure);
  *alert.mutable_limit() = limit;
  alert.set_rule(kLimitRule);
  book.raise(std::move(alert));
}

}  // namespace encours::alerting
