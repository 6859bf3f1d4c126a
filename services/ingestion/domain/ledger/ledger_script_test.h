// Script: the ledger's tests as tables, a line for each event in and for each fact out.
//
// A line in is "RECORDED [HAPPENED] VERB ...": the event is recorded at 06:00 of the first day in
// Paris and happened on the second (the same day if it is left out). Verbs:
//   invoice NUMBER AMOUNT due DATE [vN]      credit NUMBER AMOUNT [on INVOICE [AMOUNT]]...
//   payment ID AMOUNT [on INVOICE [AMOUNT]]...
//   allocate ID PAYMENT INVOICE [AMOUNT] [at DATE]
//   reverse ALLOCATION [AMOUNT]    unpay PAYMENT INVOICE [AMOUNT]    reject PAYMENT [AMOUNT]
//   cancel INVOICE [vN]            customer SEGMENT [vN]
// and "DATE" alone lets time pass to 00:00 of that day. AMOUNT is "12.50" (euros) or "USD:12.50".
// "#ID" at the end names the event; else its id is its line without the day of its recording.
// A line out is "DATE Fact ... -> sums": the fact's own day and the balance after it, zeros left
// out.
#pragma once

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "common/stream/testing/harness.h"
#include "services/ingestion/domain/ledger/model.h"
#include "services/ingestion/domain/ledger/stage.h"

namespace encours::ingestion::ledger {

using Lines = std::vector<std::string>;

inline Zone paris() { return Zone::load("Europe/Paris").value(); }
inline Date day(const std::string& text) { return Date::parse(text).value(); }

inline bool is_date(const std::string& text) { return Date::parse(text).ok(); }
inline bool is_amount(const std::string& text) { return text.find('.') != std::string::npos; }

// "12.50" or "USD:12.50", two decimals.
inline Money amount(std::string text) {
  std::string currency = "EUR";
  if (const auto colon = text.find(':'); colon != std::string::npos) {
    currency = text.substr(0, colon);
    text = text.substr(colon + 1);
  }
  text.erase(text.find('.'), 1);
  Money money;
  set_money(currency, std::stoll(text), &money);
  return money;
}

inline std::string show_minor(std::int64_t minor) {
  const std::string digits = std::to_string(minor);
  const std::string padded = std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
  return padded.substr(0, padded.size() - 2) + "." + padded.substr(padded.size() - 2);
}
inline std::string show(const Money& money) {
  const std::string sign = money.currency_code() == "EUR" ? "" : money.currency_code() + ":";
  return sign + show_minor(money.minor());
}
inline std::string show(const ProtoDate& date) { return to_date(date).value().to_string(); }

inline std::string show(const AccountBalance& sums) {
  std::string text = sums.currency_code() == "EUR" ? "" : " " + sums.currency_code();
  const auto add = [&](const char* name, std::int64_t minor) {
    if (minor != 0) text += std::string(" ") + name + " " + show_minor(minor);
  };
  add("not_due", sums.not_due());
  add("1-30", sums.overdue_1_30());
  add("31-60", sums.overdue_31_60());
  add("61-90", sums.overdue_61_90());
  add("91-120", sums.overdue_91_120());
  add(">120", sums.overdue_over_120());
  add("credit", sums.unallocated_credit_notes());
  add("cash", sums.unallocated_cash());
  if (sums.open_invoice_count() != 0) {
    text += " (" + std::to_string(sums.open_invoice_count()) + ")";
  }
  return text.empty() ? "0" : text.substr(1);
}

inline std::string show(AgingBucket bucket) {
  static const char* const kNames[] = {"?", "not_due", "1-30", "31-60", "61-90", "91-120", ">120"};
  return kNames[bucket];
}

template <class Fact>
std::string show_allocation(const Fact& fact) {
  return fact.payment() + fact.credit_note() + " on " + fact.invoice() + " " + show(fact.amount()) +
         " from " + show(fact.effective_date()) + " leaves " + show(fact.invoice_open_amount()) +
         " / " + show(fact.unallocated_amount());
}

inline std::string show_fact(const ReceivableRecord& fact) {
  switch (fact.fact_case()) {
    case ReceivableRecord::kAccountChanged:
      return "AccountChanged " + (fact.account_changed().implicit()
                                      ? std::string("implicit")
                                      : fact.account_changed().segment());
    case ReceivableRecord::kInvoiceRecorded:
      return "InvoiceRecorded " + fact.invoice_recorded().invoice() + " " +
             show(fact.invoice_recorded().gross_amount()) + " due " +
             show(fact.invoice_recorded().due_date());
    case ReceivableRecord::kInvoiceCancelled:
      return "InvoiceCancelled " + fact.invoice_cancelled().invoice() + " " +
             show(fact.invoice_cancelled().open_amount());
    case ReceivableRecord::kCreditNoteRecorded:
      return "CreditNoteRecorded " + fact.credit_note_recorded().credit_note() + " " +
             show(fact.credit_note_recorded().gross_amount());
    case ReceivableRecord::kPaymentRecorded:
      return "PaymentRecorded " + fact.payment_recorded().payment() + " " +
             show(fact.payment_recorded().amount());
    case ReceivableRecord::kAllocationRecorded:
      return "AllocationRecorded " + show_allocation(fact.allocation_recorded());
    case ReceivableRecord::kAllocationReversed:
      return "AllocationReversed " + show_allocation(fact.allocation_reversed());
    case ReceivableRecord::kPaymentRejected:
      return "PaymentRejected " + fact.payment_rejected().payment() + " " +
             show(fact.payment_rejected().amount());
    case ReceivableRecord::kInvoiceOverdue:
      return "InvoiceOverdue " + fact.invoice_overdue().invoice() + " " +
             show(fact.invoice_overdue().open_amount());
    case ReceivableRecord::kAgingBucketCrossed:
      return "AgingBucketCrossed " + fact.aging_bucket_crossed().invoice() + " " +
             show(fact.aging_bucket_crossed().from()) + " to " +
             show(fact.aging_bucket_crossed().to()) + " " +
             show(fact.aging_bucket_crossed().open_amount());
    case ReceivableRecord::kInvoiceSettled:
      return "InvoiceSettled " + fact.invoice_settled().invoice() + " on " +
             show(fact.invoice_settled().settled_on());
    default:
      return "?";
  }
}

// The event that a dead letter keeps.
inline erp::ErpEvent original_of(const stream::Refusal& refusal) {
  erp::ErpEvent event;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(refusal.original, &event).ok())
      << refusal.original;
  return event;
}

class Script {
 public:
  static constexpr const char* kTenant = "acme";
  static constexpr const char* kAccount = "C-1";

  Script() : harness_(stage_) { harness_.open_tenant(kTenant); }

  // The facts that these lines cause, in order.
  Lines run(const Lines& lines) {
    for (const auto& line : lines) feed(line);
    return take();
  }

  void feed(const std::string& line) {
    std::istringstream words(line);
    std::string recorded;
    words >> recorded;
    std::string verb;
    if (!(words >> verb)) return harness_.advance(paris().at(day(recorded), 0, 0));
    Date happened = day(recorded);
    if (is_date(verb)) {
      happened = day(verb);
      words >> verb;
    }
    Lines rest;
    std::string id = happened.to_string() + " " + verb;
    for (std::string word; words >> word;) {
      rest.push_back(word);
      id += " " + word;
    }
    LedgerRecord record;
    record.set_account(kAccount);
    auto& event = *record.mutable_event();
    event.set_source("erp");
    event.set_id(id);
    if (!rest.empty() && rest.back()[0] == '#') {
      event.set_id(rest.back());
      rest.pop_back();
    }
    if (!rest.empty() && rest.back()[0] == 'v' && rest.back().size() == 2) {
      event.set_sequence(rest.back()[1] - '0');
      rest.pop_back();
    }
    set_date(happened, event.mutable_occurred_on());
    fill(event, verb, rest, happened);
    give(record, paris().at(day(recorded), kUndatedHour));
  }

  void give(const LedgerRecord& record, Instant at) {
    const auto done = harness_.handle(stream::testing::StageHarness::fact_record(
        kTenant, kAccount, at, record.event().id(), record));
    ASSERT_TRUE(done.ok()) << describe(done.failure());
  }

  // The facts since the last call; those of encours.persons are not among them.
  Lines take() {
    Lines lines;
    for (const auto& emitted : harness_.take_facts()) {
      if (emitted.fact.topic != kReceivablesTopic) continue;
      const auto fact = emitted.as<ReceivableRecord>();
      const Date on = paris().local_date(*emitted.fact.occurred_at);
      EXPECT_EQ(*emitted.fact.occurred_at, paris().at(on, 0, 0)) << "facts are dated 00:00";
      std::string line = on.to_string() + " " + show_fact(fact);
      if (fact.has_balance()) line += " -> " + show(fact.balance());
      lines.push_back(line);
    }
    return lines;
  }

  // "code field" of each refusal since the last call.
  Lines refusals() {
    Lines lines;
    for (const auto& refusal : harness_.take_refusals()) {
      lines.push_back(refusal.error.code + " " + refusal.error.field);
    }
    return lines;
  }

  std::string balance(const std::string& currency = "EUR") {
    const auto row = view().get(kBalanceTable, one_key(currency));
    return row ? show(row->balance()) : "0";
  }
  stream::View view() const { return harness_.view(kTenant, kAccount); }
  stream::testing::StageHarness& harness() { return harness_; }
  std::optional<Instant> timer(const std::string& invoice) const {
    return harness_.timer(scope_of(kTenant, kAccount), kAgingTimer, one_key(invoice));
  }

 private:
  static void add_parts(const Lines& words,
                        std::size_t from,
                        google::protobuf::RepeatedPtrField<erp::AllocationPart>* parts) {
    for (std::size_t i = from; i < words.size(); ++i) {
      if (words[i] == "on") {
        parts->Add()->set_invoice(words[++i]);
      } else {
        *parts->rbegin()->mutable_amount() = amount(words[i]);
      }
    }
  }

  static void fill_invoice(erp::InvoiceIssued& issued, const Lines& words, Date happened) {
    issued.set_number(words[0]);
    issued.set_account(kAccount);
    *issued.mutable_gross_amount() = amount(words[1]);
    set_date(happened, issued.mutable_issue_date());
    set_date(day(words[3]), issued.mutable_due_date());
  }

  static void fill_allocation(erp::PaymentAllocated& allocated, const Lines& words) {
    allocated.set_allocation(words[0]);
    allocated.set_payment(words[1]);
    allocated.mutable_part()->set_invoice(words[2]);
    for (std::size_t i = 3; i < words.size(); ++i) {
      if (words[i] == "at") {
        set_date(day(words[++i]), allocated.mutable_effective_date());
      } else {
        *allocated.mutable_part()->mutable_amount() = amount(words[i]);
      }
    }
  }

  static void fill(erp::ErpEvent& event,
                   const std::string& verb,
                   const Lines& words,
                   Date happened) {
    const std::string last = words.empty() ? "" : words.back();
    if (verb == "invoice") {
      fill_invoice(*event.mutable_invoice_issued(), words, happened);
    } else if (verb == "credit") {
      auto& issued = *event.mutable_credit_note_issued();
      issued.set_number(words[0]);
      *issued.mutable_gross_amount() = amount(words[1]);
      set_date(happened, issued.mutable_issue_date());
      add_parts(words, 2, issued.mutable_invoices());
    } else if (verb == "payment") {
      auto& received = *event.mutable_payment_received();
      received.set_payment(words[0]);
      *received.mutable_amount() = amount(words[1]);
      set_date(happened, received.mutable_value_date());
      add_parts(words, 2, received.mutable_allocations());
    } else if (verb == "allocate") {
      fill_allocation(*event.mutable_payment_allocated(), words);
    } else if (verb == "reverse" || verb == "unpay") {
      auto& reversed = *event.mutable_allocation_reversed();
      if (verb == "reverse") reversed.set_allocation(words[0]);
      if (verb == "unpay") reversed.set_payment(words[0]);
      if (verb == "unpay") reversed.set_invoice(words[1]);
      if (is_amount(last)) *reversed.mutable_amount() = amount(last);
      set_date(happened, reversed.mutable_reversed_on());
    } else if (verb == "reject") {
      auto& rejected = *event.mutable_payment_rejected();
      rejected.set_payment(words[0]);
      if (is_amount(last)) *rejected.mutable_amount() = amount(last);
      set_date(happened, rejected.mutable_rejected_on());
      rejected.set_reason_code("AM04");
    } else if (verb == "cancel") {
      event.mutable_invoice_cancelled()->set_invoice(words[0]);
      set_date(happened, event.mutable_invoice_cancelled()->mutable_cancelled_on());
    } else if (verb == "customer") {
      event.mutable_customer_upserted()->set_account(kAccount);
      event.mutable_customer_upserted()->set_segment(words[0]);
    } else {
      ADD_FAILURE() << "unknown verb " << verb;
    }
  }

  LedgerStage stage_;
  stream::testing::StageHarness harness_;
};

}  // namespace encours::ingestion::ledger
