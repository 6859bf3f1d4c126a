// Desk: what the creditor's systems say about one account, as events of the journal.
//
// It keeps what is open of each invoice, so that nothing is paid twice: a part above it is a bug of
// the sample and stops the program. Calls about one invoice come in the order of their days.
// One account, one thread; account and journal outlive it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "deploy/sample/account.h"
#include "deploy/sample/journal.h"
#include "deploy/sample/random.h"

namespace encours::sample {

struct Invoice {
  // May be changed until it is issued.
  erp::InvoiceIssued event;
  std::int64_t open = 0;
  int version = 1;

  const std::string& number() const { return event.number(); }
  const std::string& currency() const { return event.gross_amount().currency_code(); }
  std::int64_t gross() const { return event.gross_amount().minor(); }
  Date issued() const { return to_date(event.issue_date()); }
  Date due() const { return to_date(event.due_date()); }
};

// Money set against an invoice; discount and difference are given up with it.
struct Part {
  Invoice* invoice = nullptr;
  std::int64_t amount = 0;
  std::int64_t discount = 0;
  std::int64_t difference = 0;
  int instalment = 0;
  // Account that owns the invoice, where it is another.
  std::string account = {};
};

struct Payment {
  // On which the bank counts it; it is recorded on the next business day.
  Date day;
  std::vector<Part> parts;
  // Above the parts.
  std::int64_t unallocated = 0;
  erp::PaymentMeans means = erp::PAYMENT_MEANS_UNSPECIFIED;
  // What it has besides.
  std::function<void(erp::PaymentReceived*)> more = {};
};

// What is different of the customer's master data from a day on.
struct CustomerChange {
  Date day;
  std::function<void(erp::CustomerUpserted*)> make;
};

class Desk {
 public:
  Desk(const Options& options, const Account& account, Journal* journal);

  const Account& account() const { return account_; }
  Date end() const { return journal_.end(); }
  // An id of this account: "PR-00042-1", "PR-00042-2", ...
  std::string new_id(const char* prefix);

  // An invoice that is not issued yet. `day` is moved to a business day.
  Invoice draft(Date day, std::int64_t net_minor);
  // As draft, in another currency.
  Invoice draft_in(const std::string& currency, Date day, std::int64_t net_minor);
  void issue(Invoice* invoice);
  Invoice sell(Date day, std::int64_t net_minor);
  // A new version, recorded on `day`, with what `change` makes of it.
  void correct(Invoice* invoice, Date day, const std::function<void(erp::InvoiceIssued*)>& change);
  void cancel(Invoice* invoice, Date day, const char* reason_code, const std::string& replaced_by);

  // The payment's id.
  std::string pay(Payment payment);
  std::string pay_all(Invoice* invoice, Date day);
  // The credit note's number.
  std::string credit(Date day,
                     erp::CreditNoteKind kind,
                     const std::vector<Part>& parts,
                     std::int64_t free_minor = 0,
                     const std::function<void(erp::CreditNoteIssued*)>& more = {});
  // Sets money of `origin` against an invoice later; `fill` names the origin. The allocation's id.
  std::string allocate(Date day,
                       const Part& part,
                       const std::function<void(erp::PaymentAllocated*)>& fill);

  // The versions go out together at the end, in the order of their days.
  void change_customer(Date day, std::function<void(erp::CustomerUpserted*)> make);
  std::vector<CustomerChange> take_customer_changes();

  // Any other event of this account; `id` is that of the entity, `version` counts its versions.
  void send(const char* source, const std::string& id, int version, Date day, erp::ErpEvent event);
  // As send, where the event has its version already.
  void send_as_is(const char* source, const std::string& id, Date day, erp::ErpEvent event);

  void fill_part(const Part& part, erp::AllocationPart* out) const;
  // Counts a part as settled.
  void take(const Part& part) const;
  Date bank_day(Date day) const;

 private:
  void fill_payer(erp::PaymentReceived* received) const;

  const Options& options_;
  const Account& account_;
  Journal& journal_;
  std::map<std::string, int> counters_;
  std::vector<CustomerChange> customer_changes_;
};

}  // namespace encours::sample
