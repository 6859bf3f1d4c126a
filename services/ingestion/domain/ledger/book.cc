#include "services/ingestion/domain/ledger/book.h"

#include "common/base/check.h"
#include "services/ingestion/domain/dead_letter.h"

namespace encours::ingestion::ledger {
namespace {

encours::ingestion::v1alpha1::ReferenceKind reference_kind(EndKind kind) {
  using namespace encours::ingestion::v1alpha1;  // NOLINT: the names of the kinds.
  switch (kind) {
    case EndKind::kInvoice:
      return REFERENCE_KIND_INVOICE_NUMBER;
    case EndKind::kPayment:
      return REFERENCE_KIND_PAYMENT_ID;
    case EndKind::kCreditNote:
      return REFERENCE_KIND_CREDIT_NOTE_NUMBER;
  }
  return REFERENCE_KIND_UNSPECIFIED;
}

}  // namespace

Book::Book(const stream::View& view, const stream::Record& record, const Zone& zone)
    : record_(record),
      zone_(zone),
      account_(stream::entity_of_key(record.key)),
      now_(record.kind == stream::RecordKind::kTimer ? record.timer.due : record.at),
      effects_(view),
      accounts_(view, kAccountTable),
      limits_(view, kInternalLimitTable),
      balances_(view, kBalanceTable),
      invoices_(view, kInvoiceTable),
      payments_(view, kPaymentTable),
      credit_notes_(view, kCreditNoteTable),
      allocations_(view, kAllocationTable),
      index_(view, kAllocationIndexTable),
      reversals_(view, kReversalTable),
      parked_(view, kParkedTable) {}

Instant Book::occurred_at() const {
  const auto& event = input().event();
  if (event.has_occurred_at()) return to_instant(event.occurred_at());
  if (const auto day = to_date(event.occurred_on())) return zone_.at(*day, kUndatedHour);
  if (input().envelope().has_occurred_at()) return to_instant(input().envelope().occurred_at());
  return now_;
}

AccountBalance& Book::balance(const std::string& currency) {
  ENCOURS_CHECK(!currency.empty(), "a balance has a currency");
  auto& balance = *balances_.set(one_key(currency)).mutable_balance();
  balance.set_currency_code(currency);
  return balance;
}

const AccountBalance* Book::find_balance(const std::string& currency) {
  const auto* row = balances_.find(one_key(currency));
  return row == nullptr ? nullptr : &row->balance();
}

// An account that owes nothing looks the same whatever it owed before.
void Book::drop_empty_balances() {
  std::vector<std::string> empty;
  balances_.each([&](const state::BalanceRow& row, const state::BalanceRow*) {
    AccountBalance sums = row.balance();
    sums.clear_currency_code();
    if (sums.ByteSizeLong() == 0) empty.push_back(row.balance().currency_code());
  });
  for (const auto& currency : empty) balances_.erase(one_key(currency));
}

InvoiceRow& Book::add_invoice(const std::string& number) {
  InvoiceRow& row = invoices_.create(one_key(number));
  row.mutable_invoice()->set_number(number);
  return row;
}

PaymentRow& Book::add_payment(const std::string& id) {
  PaymentRow& row = payments_.create(one_key(id));
  row.mutable_payment()->set_payment(id);
  return row;
}

CreditNoteRow& Book::add_credit_note(const std::string& number) {
  CreditNoteRow& row = credit_notes_.create(one_key(number));
  row.mutable_credit_note()->set_number(number);
  return row;
}

AllocationRow& Book::add_allocation(const std::string& id,
                                    const End& origin,
                                    const std::string& invoice) {
  ENCOURS_CHECK(!origin.id.empty() && !invoice.empty(), "an allocation has two ends");
  AllocationRow& row = allocations_.create(one_key(id));
  auto& inner = *row.mutable_allocation();
  inner.set_allocation(id);
  inner.set_invoice(invoice);
  if (origin.kind == EndKind::kPayment) {
    inner.set_payment(origin.id);
  } else {
    inner.set_credit_note(origin.id);
  }
  index_.set(end_key(origin).text(invoice).text(id));
  index_.set(end_key(invoice_end(invoice)).text(origin.id).text(id));
  return row;
}

bool Book::add_reversal(const KeyWriter& key, const ReversalRow& row) {
  if (reversals_.find(key) != nullptr) return false;
  reversals_.create(key) = row;
  return true;
}

std::set<std::string> Book::allocations_at(const End& end, const std::string* other) const {
  KeyWriter prefix = end_key(end);
  if (other != nullptr) prefix.text(*other);
  std::set<std::string> ids;
  index_.scan(prefix, [&](std::string_view key, const state::AllocationIndexRow&) {
    KeyReader reader(key);
    reader.byte();
    reader.text();
    reader.text();
    auto id = reader.text();
    ENCOURS_CHECK(id.has_value(), "a key of the index names an allocation");
    ids.insert(*std::move(id));
  });
  return ids;
}

std::vector<ReversalRow> Book::reversals_at(const KeyWriter& prefix) const {
  std::vector<ReversalRow> rows;
  reversals_.scan(prefix, [&](std::string_view, const ReversalRow& row) { rows.push_back(row); });
  return rows;
}

void Book::park(const End& end) {
  auto& row = parked_.set(end_key(end).text(event().source()).text(event().id()));
  row.mutable_waits_for()->set_kind(reference_kind(end.kind));
  row.mutable_waits_for()->set_reference(end.id);
  *row.mutable_ledger() = input();
  row.mutable_ledger()->clear_personal();
  set_instant(now_, row.mutable_parked_at());
  row.set_cause(input().envelope().id());
  row.set_correlation(input().envelope().correlation());
  row.set_actor(input().envelope().actor());
}

std::vector<LedgerRecord> Book::take_parked(const End& end) {
  std::vector<LedgerRecord> records;
  std::vector<std::string> keys;
  parked_.scan(end_key(end), [&](std::string_view key, const state::ParkedEventRow& row) {
    records.push_back(row.ledger());
    keys.emplace_back(key);
  });
  for (const auto& key : keys) parked_.erase(KeyWriter(key));
  return records;
}

std::optional<Date> Book::changed_on(const std::string& invoice) const {
  const auto found = changed_on_.find(invoice);
  if (found == changed_on_.end()) return std::nullopt;
  return found->second;
}

void Book::ensure_account() {
  if (accounts_.find({}) != nullptr) return;
  accounts_.create({}).set_implicit(true);
  ReceivableRecord fact;
  fact.mutable_account_changed()->set_implicit(true);
  emit(std::move(fact), {}, occurred_on());
}

void Book::emit(ReceivableRecord fact, const std::string& currency, Date on) {
  fact.set_account(account_);
  if (!currency.empty()) *fact.mutable_balance() = balance(currency);
  if (input_ != nullptr && !input_->source().file_name().empty()) {
    fact.mutable_source()->set_file_name(input_->source().file_name());
    fact.mutable_source()->set_line(input_->source().line());
  }
  auto& emitted = effects_.emit(kReceivablesTopic, stream::make_key(tenant(), account_), fact);
  // What names no day and came before its tenant's first tick has no time at all.
  const bool is_undated = on == zone_.local_date(Instant());
  emitted.occurred_at = is_undated ? Instant() : zone_.at(on, kDayInstants.front());
  if (input_ != nullptr && input_->envelope().actor() != record_.envelope.actor()) {
    emitted.actor = input_->envelope().actor();
  }
}

void Book::refuse(Error why, const erp::ErpEvent& original, std::string_view personal) {
  effects_.refusals.push_back(refusal_of(original, personal, input().source(), std::move(why)));
}

void Book::set_timer(const std::string& number, std::optional<Instant> due) {
  if (due) {
    effects_.set_timer(kAgingTimer, one_key(number), *due);
  } else {
    effects_.clear_timer(kAgingTimer, one_key(number));
  }
}

stream::Effects Book::finish() && {
  drop_empty_balances();
  accounts_.stage(effects_);
  limits_.stage(effects_);
  balances_.stage(effects_);
  invoices_.stage(effects_);
  payments_.stage(effects_);
  credit_notes_.stage(effects_);
  allocations_.stage(effects_);
  index_.stage(effects_);
  reversals_.stage(effects_);
  parked_.stage(effects_);
  return std::move(effects_);
}

}  // namespace encours::ingestion::ledger
