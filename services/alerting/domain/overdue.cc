#include "services/alerting/domain/overdue.h"

#include <algorithm>

#include "common/base/hash.h"
#include "common/stream/decode.h"
#include "services/alerting/domain/dates.h"

namespace encours::alerting {
namespace {

namespace receivables = encours::receivables::v1alpha1;

// The creditor's day on which the fact holds.
Date local_day(const stream::Record& record, const stream::Settings& settings) {
  const Instant at = stream::to_instant(record.envelope.occurred_at());
  return zone_of(settings, record.tenant()).local_date(at);
}

Status on_overdue(const std::string& account,
                  const receivables::InvoiceOverdue& overdue,
                  const stream::Record& record,
                  const stream::Settings& settings,
                  AlertBook& book) {
  const auto due = to_date(overdue.due_date());
  if (!due) return poison("invalid_date", "invoice_overdue.due_date", due.failure().message);
  if (book.active(account, overdue.invoice(), v1alpha1::ALERT_KIND_OVERDUE)) return {};
  // An invoice that is open again is overdue from the day on which its payment was undone.
  const Date day = std::max(*due + 1, local_day(record, settings));
  std::string id =
      stable_id({record.tenant(), "overdue", account, overdue.invoice(), day.to_string()});
  if (const auto known = book.find(account, id)) {
    if (known->cause() == record.envelope.id()) return {};
    // Overdue, settled and open again within one day: an alert of its own all the same.
    id = stable_id({id, record.envelope.id()});
    if (book.find(account, id)) return {};
  }
  Alert alert;
  alert.set_id(id);
  alert.set_account(account);
  alert.set_kind(v1alpha1::ALERT_KIND_OVERDUE);
  alert.set_invoice(overdue.invoice());
  *alert.mutable_day() = to_proto(day);
  *alert.mutable_amount() = overdue.open_amount();
  // Without a version: the rule comes with the build, no setting says it.
  alert.set_rule(kOverdueRule);
  book.raise(std::move(alert));
  return {};
}

// A new version of the invoice: where it was not yet due on the day of the alert, that has gone.
Status on_recorded(const std::string& account,
                   const receivables::InvoiceRecorded& invoice,
                   AlertBook& book) {
  const auto active = book.active(account, invoice.invoice(), v1alpha1::ALERT_KIND_OVERDUE);
  if (!active) return {};
  const auto due = to_date(invoice.due_date());
  const auto day = to_date(active->day());
  if (!due) return poison("invalid_date", "invoice_recorded.due_date", due.failure().message);
  ENCOURS_CHECK(day.ok(), "a stored alert has its day");
  if (*due >= *day) book.resolve(*active, "due_date_changed");
  return {};
}

void on_end(const std::string& account,
            const std::string& invoice,
            const char* reason_code,
            AlertBook& book) {
  const auto active = book.active(account, invoice, v1alpha1::ALERT_KIND_OVERDUE);
  if (active) book.resolve(*active, reason_code);
}

}  // namespace

Status apply_receivable(const receivables::ReceivableRecord& fact,
                        const stream::Record& record,
                        const stream::Settings& settings,
                        AlertBook& book) {
  const std::string& account = fact.account();
  if (account.empty() || account != stream::entity_of_key(record.key)) {
    return poison("account_mismatch", "account", "The fact and its key name different accounts.");
  }
  switch (fact.fact_case()) {
    case receivables::ReceivableRecord::kInvoiceOverdue:
      return on_overdue(account, fact.invoice_overdue(), record, settings, book);
    case receivables::ReceivableRecord::kInvoiceRecorded:
      return on_recorded(account, fact.invoice_recorded(), book);
    case receivables::ReceivableRecord::kInvoiceSettled:
      on_end(account, fact.invoice_settled().invoice(), "settled", book);
      return {};
    case receivables::ReceivableRecord::kInvoiceCancelled:
      on_end(account, fact.invoice_cancelled().invoice(), "cancelled", book);
      return {};
    default:
      return {};
  }
}

}  // namespace encours::alerting
