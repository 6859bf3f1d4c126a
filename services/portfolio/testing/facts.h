// Facts for tests in one line each, and a fold of them into rows in memory.
//
// FoldedRows feeds facts to the stage as the runtime would, each with an id and recorded time of
// its own, and is the RowReader that queries then read. Amounts are minor units, days are written
// "2026-01-31". A fact that the stage refuses is a failed check unless try_fold() is used.
#pragma once

#include <string>

#include "common/base/check.h"
#include "common/persons/sealer.h"
#include "common/stream/testing/harness.h"
#include "encours/erp/v1alpha1/events.pb.h"
#include "services/portfolio/domain/portfolio_stage.h"

namespace encours::portfolio::testing {

inline Date day(const std::string& text) { return Date::parse(text).value(); }

inline ReceivableRecord account_changed(const std::string& segment, const std::string& owner) {
  ReceivableRecord record;
  record.mutable_account_changed()->set_segment(segment);
  record.mutable_account_changed()->set_owner(owner);
  return record;
}

inline ReceivableRecord invoice(const std::string& number,
                                Date issued,
                                Date due,
                                std::int64_t gross,
                                const std::string& currency = "EUR") {
  ReceivableRecord record;
  auto* fact = record.mutable_invoice_recorded();
  fact->set_invoice(number);
  set_date(issued, fact->mutable_issue_date());
  set_date(due, fact->mutable_due_date());
  *fact->mutable_gross_amount() = make_money(currency, gross);
  return record;
}

inline ReceivableRecord cancelled(const std::string& number, Date on, std::int64_t open) {
  ReceivableRecord record;
  auto* fact = record.mutable_invoice_cancelled();
  fact->set_invoice(number);
  set_date(on, fact->mutable_cancelled_on());
  *fact->mutable_open_amount() = make_money("EUR", open);
  return record;
}

inline ReceivableRecord settled(const std::string& number, Date on) {
  ReceivableRecord record;
  record.mutable_invoice_settled()->set_invoice(number);
  set_date(on, record.mutable_invoice_settled()->mutable_settled_on());
  return record;
}

inline ReceivableRecord payment(const std::string& id,
                                Date value_date,
                                std::int64_t amount,
                                const std::string& currency = "EUR") {
  ReceivableRecord record;
  auto* fact = record.mutable_payment_recorded();
  fact->set_payment(id);
  set_date(value_date, fact->mutable_value_date());
  *fact->mutable_amount() = make_money(currency, amount);
  return record;
}

inline ReceivableRecord rejected(const std::string& id, Date on, std::int64_t amount) {
  ReceivableRecord record;
  auto* fact = record.mutable_payment_rejected();
  fact->set_payment(id);
  set_date(on, fact->mutable_rejected_on());
  *fact->mutable_amount() = make_money("EUR", amount);
  return record;
}

inline ReceivableRecord credit_note(const std::string& number, Date issued, std::int64_t gross) {
  ReceivableRecord record;
  auto* fact = record.mutable_credit_note_recorded();
  fact->set_credit_note(number);
  set_date(issued, fact->mutable_issue_date());
  *fact->mutable_gross_amount() = make_money("EUR", gross);
  return record;
}

enum class From { kPayment, kCreditNote };

template <class Fact>
void fill_allocation(Fact* fact,
                     From from,
                     const std::string& origin,
                     const std::string& number,
                     Date effective,
                     std::int64_t amount,
                     const std::string& currency) {
  fact->set_allocation(origin + ">" + number);
  from == From::kPayment ? fact->set_payment(origin) : fact->set_credit_note(origin);
  fact->set_invoice(number);
  set_date(effective, fact->mutable_effective_date());
  *fact->mutable_amount() = make_money(currency, amount);
}

inline ReceivableRecord allocated(From from,
                                  const std::string& origin,
                                  const std::string& number,
                                  Date effective,
                                  std::int64_t amount,
                                  const std::string& currency = "EUR") {
  ReceivableRecord record;
  fill_allocation(
      record.mutable_allocation_recorded(), from, origin, number, effective, amount, currency);
  return record;
}

inline ReceivableRecord reversed(From from,
                                 const std::string& origin,
                                 const std::string& number,
                                 Date effective,
                                 std::int64_t amount,
                                 const std::string& currency = "EUR") {
  ReceivableRecord record;
  fill_allocation(
      record.mutable_allocation_reversed(), from, origin, number, effective, amount, currency);
  return record;
}

// What ingestion says of an account's name: sealed, and the key for it.
struct Named {
  stream::v1alpha1::PersonRecord person;
  stream::v1alpha1::PersonKey key;
};
inline Named named(const Sealer& sealer, const std::string& account, const std::string& name) {
  const PersonScope scope{"t", account, ""};
  encours::erp::v1alpha1::ErpEvent event;
  event.mutable_customer_upserted()->set_name(name);
  Named out;
  out.key.set_wrapped_key(sealer.make_wrapped_key(scope).value());
  out.person.set_sealed(
      sealer.seal(out.key.wrapped_key(), scope, "", event.SerializeAsString()).value());
  return out;
}

class FoldedRows {
 public:
  FoldedRows() : harness_(stage()) {}

  // Each record gets the next second as its recorded time, unless one is given.
  Status try_fold(const std::string& account,
                  ReceivableRecord fact,
                  const std::string& tenant = "t") {
    fact.set_account(account);
    return handle(tenant, account, fact, 0);
  }
  Status try_fold(const std::string& account,
                  encours::alerting::v1alpha1::AlertRecord change,
                  const std::string& tenant = "t") {
    change.set_account(account);
    return handle(tenant, account, change, 1);
  }
  Status try_fold(const std::string& account, RiskRecord fact, const std::string& tenant = "t") {
    fact.set_account(account);
    return handle(tenant, account, fact, 2);
  }
  Status try_fold(const std::string& account, ScoreRecord fact, const std::string& tenant = "t") {
    fact.set_account(account);
    return handle(tenant, account, fact, 3);
  }
  Status try_fold(const std::string& account, DunningRecord fact, const std::string& tenant = "t") {
    fact.set_account(account);
    return handle(tenant, account, fact, 4);
  }
  Status try_fold(const std::string& account,
                  stream::v1alpha1::PersonRecord person,
                  const std::string& tenant = "t") {
    person.set_account(account);
    return handle(tenant, account, person, 5);
  }
  Status try_fold(const std::string& account,
                  stream::v1alpha1::PersonKey key,
                  const std::string& tenant = "t") {
    key.set_account(account);
    return handle(tenant, account, key, 6);
  }
  template <class Message>
  void fold(const std::string& account, Message fact, const std::string& tenant = "t") {
    const Status done = try_fold(account, std::move(fact), tenant);
    ENCOURS_CHECK(done.ok(), "the stage takes the facts of a test");
  }

  // The recorded time of the next record, and of those behind it, a second apart.
  void set_now(Instant at) { now_ = at; }
  // All records that follow are recorded at this one instant.
  void freeze(Instant at) {
    now_ = at;
    step_ = Duration(0);
  }
  Instant last_recorded_at() const { return last_; }

  const RowReader& rows() const { return harness_.rows(); }
  stream::View view(const std::string& account, const std::string& tenant = "t") const {
    return harness_.view(tenant, account);
  }
  stream::testing::StageHarness& harness() { return harness_; }

 private:
  // Stateless; it outlives all copies of the rows.
  static const PortfolioStage& stage() {
    static const PortfolioStage one;
    return one;
  }
  template <class Message>
  Status handle(const std::string& tenant,
                const std::string& account,
                const Message& body,
                int input) {
    last_ = now_;
    const std::string id = "r" + std::to_string(++count_);
    now_ = now_ + step_;
    return harness_.handle(
        stream::testing::StageHarness::fact_record(tenant, account, last_, id, body, input));
  }

  stream::testing::StageHarness harness_;
  Instant now_ = Instant::parse("2026-01-01T00:00:00Z").value();
  Instant last_;
  Duration step_ = std::chrono::seconds(1);
  int count_ = 0;
};

}  // namespace encours::portfolio::testing
