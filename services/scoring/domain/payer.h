// Payer: the rows of one account during one decision of stage "history".
//
// An invoice counts once it is wholly settled, at least in part by money: what credit notes alone
// have settled says nothing about paying. It weighs its gross amount and has the points of
// settled_on - due date. It counts no more when it is open again (a payment was rejected, a version
// raised it), cancelled, or moved by a new version; sums are kept by these differences, so a
// decision reads the rows of one invoice, of the account's currencies, and the histogram of days.
// Amounts are minor units. finish() stages the rows, the account's history where it has changed,
// and what its segment's sum must move by. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/stream/decide.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "services/scoring/domain/index.h"
#include "services/scoring/domain/outside.h"
#include "services/scoring/domain/paid_days.h"

namespace encours::scoring {

// The day from which a fact counts; nothing for facts that count when they are recorded.
std::optional<Date> effective_day(const encours::receivables::v1alpha1::ReceivableRecord& fact);

class Payer {
 public:
  using Fact = encours::receivables::v1alpha1::ReceivableRecord;
  using FollowedInvoiceRow = encours::state::v1alpha1::FollowedInvoiceRow;

  Payer(const stream::View& view, const stream::Record& record, const Zone& zone);

  // Facts that say nothing about paying change nothing. Fails with poison only.
  Status apply(const Fact& fact);
  Status apply(const encours::risk::v1alpha1::CriterionChanged& change);
  // Keeps a fact for 08:00 of its day.
  void wait(const Fact& fact, Date day);
  // What was kept for this day, in the order in which it was recorded.
  Status release(Date day);

  stream::Effects finish() &&;

 private:
  FollowedInvoiceRow& invoice(const std::string& number);
  Status on_recorded(const encours::receivables::v1alpha1::InvoiceRecorded& fact);
  template <class Allocation>
  Status on_allocation(const Allocation& fact, int sign, Instant said_at);
  Status on_settled(const Fact& fact);
  void on_account(const encours::receivables::v1alpha1::AccountChanged& fact);
  void recount(FollowedInvoiceRow& row);
  void count(const encours::state::v1alpha1::CountedInvoice& counted, int sign);

  std::map<std::string, encours::state::v1alpha1::PayerCurrencyRow> currencies() const;
  std::optional<std::int64_t> index_now() const;
  void publish(const encours::state::v1alpha1::PayerRow& before);
  void contribute(const std::string& segment, std::int32_t accounts, std::int64_t index);

  const stream::View& view_;
  const stream::Record& record_;
  const Zone& zone_;
  std::string account_;
  stream::Effects effects_;
  OutsideFigures outside_;
  PaidDays days_;
  encours::state::v1alpha1::PayerRow payer_;
  // Rows that this decision has read or changed.
  std::map<std::string, FollowedInvoiceRow> invoices_;
  std::map<std::string, encours::state::v1alpha1::PayerCurrencyRow> currencies_;
  bool touched_ = false;
};

}  // namespace encours::scoring
