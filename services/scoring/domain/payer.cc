#include "services/scoring/domain/payer.h"

#include <algorithm>

#include "common/stream/decode.h"
#include "services/scoring/domain/days.h"
#include "services/scoring/domain/history_stage.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

namespace receivables = encours::receivables::v1alpha1;
namespace risk = encours::risk::v1alpha1;
using state::CountedInvoice;
using state::FollowedInvoiceRow;

Status need_invoice(const std::string& number) {
  if (!number.empty()) return {};
  return poison("missing_field", "invoice", "The fact names no invoice.");
}

Result<std::int64_t> moved(std::int64_t sum, std::int64_t difference) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(sum, difference, &result)) {
    return poison("amount_out_of_range", "amount", "What was paid of an invoice fits no amount.");
  }
  return result;
}

// Differences in 128 bits, so that no sum of three amounts can overflow.
bool is_settled(const FollowedInvoiceRow& row) {
  return static_cast<Int128>(row.gross_amount_minor()) ==
         static_cast<Int128>(row.paid_minor()) + row.credited_minor();
}

std::optional<CountedInvoice> counted_as(const FollowedInvoiceRow& row) {
  const auto due = to_date(row.due_date());
  const auto settled_on = to_date(row.settled_on());
  const bool paid = row.gross_amount_minor() > 0 && row.paid_minor() > 0 && is_settled(row);
  if (!due || !settled_on || row.cancelled() || !paid) return std::nullopt;
  CountedInvoice counted;
  counted.set_days_beyond_terms(*settled_on - *due);
  counted.set_points_hundredths(points_hundredths(counted.days_beyond_terms()));
  counted.set_weight_minor(row.gross_amount_minor());
  counted.set_currency_code(row.currency_code());
  return counted;
}

bool same(const CountedInvoice& left, const CountedInvoice& right) {
  return left.days_beyond_terms() == right.days_beyond_terms() &&
         left.weight_minor() == right.weight_minor() &&
         left.currency_code() == right.currency_code();
}

KeyWriter waiting_key(Date day) { return KeyWriter().number(day.days()); }

}  // namespace

std::optional<Date> effective_day(const receivables::ReceivableRecord& fact) {
  switch (fact.fact_case()) {
    case receivables::ReceivableRecord::kAllocationRecorded:
      return to_date(fact.allocation_recorded().effective_date());
    case receivables::ReceivableRecord::kAllocationReversed:
      return to_date(fact.allocation_reversed().effective_date());
    case receivables::ReceivableRecord::kInvoiceSettled:
      return to_date(fact.invoice_settled().settled_on());
    case receivables::ReceivableRecord::kInvoiceCancelled:
      return to_date(fact.invoice_cancelled().cancelled_on());
    default:
      return std::nullopt;
  }
}

Payer::Payer(const stream::View& view, const stream::Record& record, const Zone& zone)
    : view_(view),
      record_(record),
      zone_(zone),
      account_(stream::entity_of_key(record.key)),
      effects_(view),
      outside_(view, effects_),
      days_(view),
      payer_(view.get(kPayerTable).value_or(state::PayerRow())) {}

Status Payer::apply(const Fact& fact) {
  const Instant said_at = stream::to_instant(fact.envelope().recorded_at());
  switch (fact.fact_case()) {
    case Fact::kAccountChanged:
      on_account(fact.account_changed());
      return {};
    case Fact::kInvoiceRecorded:
      return on_recorded(fact.invoice_recorded());
    case Fact::kAllocationRecorded:
      return on_allocation(fact.allocation_recorded(), 1, said_at);
    case Fact::kAllocationReversed:
      return on_allocation(fact.allocation_reversed(), -1, said_at);
    case Fact::kInvoiceSettled:
      return on_settled(fact);
    case Fact::kInvoiceCancelled: {
      ENCOURS_TRY(need_invoice(fact.invoice_cancelled().invoice()));
      FollowedInvoiceRow& row = invoice(fact.invoice_cancelled().invoice());
      row.set_cancelled(true);
      row.clear_settled_on();
      recount(row);
      return {};
    }
    default:
      return {};
  }
}

Status Payer::apply(const risk::CriterionChanged& change) {
  ENCOURS_ASSIGN(const bool used, outside_.take(change, zone_));
  touched_ = touched_ || used;
  return {};
}

void Payer::on_account(const receivables::AccountChanged& fact) {
  // A new customer has no history either; it is taken to pay like its segment.
  const bool known = view_.get(kPayerTable).has_value();
  touched_ = touched_ || !known || payer_.segment() != fact.segment();
  payer_.set_segment(fact.segment());
  payer_.set_owner(fact.owner());
}

Status Payer::on_recorded(const receivables::InvoiceRecorded& fact) {
  ENCOURS_TRY(need_invoice(fact.invoice()));
  if (!to_date(fact.due_date())) {
    return poison("invalid_date", "invoice_recorded.due_date", "An invoice has a due date.");
  }
  FollowedInvoiceRow& row = invoice(fact.invoice());
  *row.mutable_due_date() = fact.due_date();
  row.set_currency_code(fact.gross_amount().currency_code());
  row.set_gross_amount_minor(fact.gross_amount().minor());
  row.set_cancelled(false);
  recount(row);
  // Until something was paid, each invoice is a reason to look at the account again: its segment
  // may have a mean by then.
  touched_ = touched_ || payer_.paid_invoice_count() == 0;
  return {};
}

template <class Allocation>
Status Payer::on_allocation(const Allocation& fact, int sign, Instant said_at) {
  ENCOURS_TRY(need_invoice(fact.invoice()));
  FollowedInvoiceRow& row = invoice(fact.invoice());
  const std::int64_t difference = sign * fact.amount().minor();
  if (fact.payment().empty()) {
    ENCOURS_ASSIGN(const std::int64_t sum, moved(row.credited_minor(), difference));
    row.set_credited_minor(sum);
  } else {
    ENCOURS_ASSIGN(const std::int64_t sum, moved(row.paid_minor(), difference));
    row.set_paid_minor(sum);
  }
  // Open and settled again within one decision of the ledger, which then says the amounts only.
  const auto settled_on = to_date(row.settled_on());
  const auto effective = to_date(fact.effective_date());
  const bool anew = said_at > stream::to_instant(row.settled_recorded_at());
  if (sign > 0 && anew && settled_on && effective && is_settled(row)) {
    set_date(std::max(*settled_on, *effective), row.mutable_settled_on());
  }
  recount(row);
  return {};
}

Status Payer::on_settled(const Fact& fact) {
  const auto& settled = fact.invoice_settled();
  ENCOURS_TRY(need_invoice(settled.invoice()));
  if (!to_date(settled.settled_on())) {
    return poison("invalid_date", "invoice_settled.settled_on", "A settlement has its day.");
  }
  FollowedInvoiceRow& row = invoice(settled.invoice());
  const auto& said_at = fact.envelope().recorded_at();
  // One dated ahead may have been overtaken: paid back meanwhile, and settled by other money.
  const bool overtaken =
      row.has_settled_recorded_at() &&
      stream::to_instant(said_at) < stream::to_instant(row.settled_recorded_at());
  if (!overtaken) {
    *row.mutable_settled_on() = settled.settled_on();
    *row.mutable_settled_recorded_at() = said_at;
  }
  recount(row);
  return {};
}

void Payer::wait(const Fact& fact, Date day) {
  state::WaitingFactRow row;
  *row.mutable_fact() = fact;
  effects_.put(kWaitingFactTable,
               row,
               waiting_key(day).number(record_.at.unix_micros()).text(record_.envelope.id()));
  effects_.set_timer(kWaitingTimer, waiting_key(day), zone_.at(day, kDayInstants.back()));
}

Status Payer::release(Date day) {
  std::vector<std::pair<std::string, Fact>> facts;
  view_.scan(
      kWaitingFactTable, waiting_key(day), [&](std::string_view key, state::WaitingFactRow row) {
        facts.emplace_back(std::string(key), std::move(*row.mutable_fact()));
        return true;
      });
  for (const auto& [key, fact] : facts) {
    effects_.erase(kWaitingFactTable, KeyWriter(key));
    ENCOURS_TRY(apply(fact));
  }
  return {};
}

FollowedInvoiceRow& Payer::invoice(const std::string& number) {
  const auto known = invoices_.find(number);
  if (known != invoices_.end()) return known->second;
  auto row = view_.get(kInvoiceTable, KeyWriter().text(number));
  return invoices_.emplace(number, std::move(row).value_or(FollowedInvoiceRow())).first->second;
}

void Payer::recount(FollowedInvoiceRow& row) {
  const auto now = counted_as(row);
  if (now.has_value() == row.has_counted() && (!now || same(*now, row.counted()))) return;
  if (row.has_counted()) count(row.counted(), -1);
  row.clear_counted();
  if (now) {
    count(*now, 1);
    *row.mutable_counted() = *now;
  }
  touched_ = true;
}

void Payer::count(const CountedInvoice& counted, int sign) {
  const std::string& currency = counted.currency_code();
  auto known = currencies_.find(currency);
  if (known == currencies_.end()) {
    auto row = view_.get(kPayerCurrencyTable, KeyWriter().text(currency));
    known = currencies_.emplace(currency, std::move(row).value_or(state::PayerCurrencyRow())).first;
  }
  state::PayerCurrencyRow& sums = known->second;
  const Int128 weight = static_cast<Int128>(sign) * counted.weight_minor();
  sums.set_paid_invoice_count(sums.paid_invoice_count() + sign);
  set_wide(from_wide(sums.weight_sum()) + weight, sums.mutable_weight_sum());
  set_wide(from_wide(sums.weighted_points_sum()) + weight * counted.points_hundredths(),
           sums.mutable_weighted_points_sum());
  payer_.set_paid_invoice_count(payer_.paid_invoice_count() + sign);
  if (sign > 0) {
    days_.add(counted.days_beyond_terms());
  } else {
    days_.remove(counted.days_beyond_terms());
  }
}

std::map<std::string, state::PayerCurrencyRow> Payer::currencies() const {
  std::map<std::string, state::PayerCurrencyRow> all;
  view_.scan(
      kPayerCurrencyTable, KeyWriter(), [&](std::string_view key, state::PayerCurrencyRow row) {
        all[KeyReader(key).text().value_or("")] = std::move(row);
        return true;
      });
  for (const auto& [currency, row] : currencies_) all[currency] = row;
  return all;
}

std::optional<std::int64_t> Payer::index_now() const {
  std::vector<CurrencySums> sums;
  for (const auto& [currency, row] : currencies()) {
    sums.push_back({row.paid_invoice_count(),
                    from_wide(row.weight_sum()),
                    from_wide(row.weighted_points_sum())});
  }
  return own_index(sums);
}

stream::Effects Payer::finish() && {
  const auto before = view_.get(kPayerTable).value_or(state::PayerRow());
  for (const auto& [number, row] : invoices_) {
    effects_.put(kInvoiceTable, row, KeyWriter().text(number));
  }
  for (const auto& [currency, row] : currencies_) {
    if (row.paid_invoice_count() == 0) {
      effects_.erase(kPayerCurrencyTable, KeyWriter().text(currency));
    } else {
      effects_.put(kPayerCurrencyTable, row, KeyWriter().text(currency));
    }
  }
  days_.stage(effects_);
  if (touched_) publish(before);
  if (payer_.SerializeAsString() != before.SerializeAsString()) effects_.put(kPayerTable, payer_);
  return std::move(effects_);
}

void Payer::publish(const state::PayerRow& before) {
  const auto index = index_now();
  payer_.clear_own_index_hundredths();
  if (index) payer_.set_own_index_hundredths(*index);
  const std::int32_t had = before.has_own_index_hundredths() ? 1 : 0;
  const std::int32_t has = index ? 1 : 0;
  const std::int64_t old_index = before.own_index_hundredths();
  const std::int64_t new_index = index.value_or(0);
  if (before.segment() == payer_.segment()) {
    contribute(payer_.segment(), has - had, new_index - old_index);
  } else {
    contribute(before.segment(), -had, -old_index);
    contribute(payer_.segment(), has, new_index);
  }

  api::HistoryRecord history;
  history.set_account(account_);
  history.set_segment(payer_.segment());
  payer_.set_history_sequence(payer_.history_sequence() + 1);
  history.set_sequence(payer_.history_sequence());
  auto& paid = *history.mutable_history();
  paid.set_paid_invoice_count(payer_.paid_invoice_count());
  if (index) paid.set_own_index_hundredths(*index);
  if (const auto median = days_.median_hundredths()) paid.set_median_days_hundredths(*median);
  if (auto figure = outside_.newest(risk::CRITERION_SOLVENCY_SCORE)) {
    *history.mutable_solvency_score() = *std::move(figure);
  }
  if (auto figure = outside_.newest(risk::CRITERION_PAYMENT_INDEX)) {
    *history.mutable_external_payment_index() = *std::move(figure);
  }
  effects_.emit(kHistoriesTopic, record_.key, history);
}

void Payer::contribute(const std::string& segment, std::int32_t accounts, std::int64_t index) {
  if (accounts == 0 && index == 0) return;
  api::ContributionRecord record;
  record.set_segment(segment);
  record.set_account_count_delta(accounts);
  record.set_index_sum_delta_hundredths(index);
  effects_.emit(kContributionsTopic, stream::make_key(record_.tenant(), segment), record);
}

}  // namespace encours::scoring
