// Rules of sense of customers, invoices, credit notes, e-invoice statuses and orders.
#include <algorithm>
#include <set>
#include <string>

#include "common/money/decimal.h"
#include "services/ingestion/domain/decode/sense.h"

namespace encours::ingestion {
namespace {

std::string at(std::string_view list, int index, std::string_view field) {
  return std::string(list) + "[" + std::to_string(index) + "]." + std::string(field);
}

// What the instalments must come to: BT-115, or what follows from the other totals.
Int128 amount_due(const erp::InvoiceIssued& event) {
  if (event.has_due_amount()) return event.due_amount().minor();
  return Int128{event.gross_amount().minor()} - event.prepaid_amount().minor() +
         event.rounding_amount().minor();
}

void check_instalments(const erp::InvoiceIssued& event, Sense* sense) {
  Int128 sum = 0;
  std::set<int> numbers;
  for (int i = 0; i < event.instalments_size(); ++i) {
    const auto& part = event.instalments(i);
    sense->need_date(part.has_due_date(), at("instalments", i, "due_date"), "its due date");
    sense->not_before(part.due_date(),
                      event.issue_date(),
                      "due_before_issue",
                      at("instalments", i, "due_date"),
                      "No part of an invoice is due before its issue date.");
    sense->need_positive(part.has_amount(), part.amount(), at("instalments", i, "amount"));
    sense->same_currency(
        part.has_amount(), part.amount(), event.gross_amount(), at("instalments", i, "amount"));
    if (part.number() < 1 || !numbers.insert(part.number()).second) {
      sense->add("duplicate_id",
                 at("instalments", i, "number"),
                 "Number the instalments from 1, each once.");
    }
    sum += part.amount().minor();
  }
  if (event.instalments_size() > 0 && sum != amount_due(event)) {
    sense->add("instalments_do_not_add_up",
               "instalments",
               "The amounts of the instalments must come to the amount due.");
  }
}

void check_totals(const erp::InvoiceIssued& event, Sense* sense) {
  const ProtoMoney& gross = event.gross_amount();
  sense->same_currency(event.has_net_amount(), event.net_amount(), gross, "net_amount");
  sense->same_currency(event.has_tax_amount(), event.tax_amount(), gross, "tax_amount");
  sense->same_currency(event.has_prepaid_amount(), event.prepaid_amount(), gross, "prepaid_amount");
  sense->same_currency(
      event.has_rounding_amount(), event.rounding_amount(), gross, "rounding_amount");
  sense->same_currency(event.has_due_amount(), event.due_amount(), gross, "due_amount");
  if (event.has_net_amount() && event.has_tax_amount() && event.has_gross_amount() &&
      Int128{event.net_amount().minor()} + event.tax_amount().minor() != gross.minor()) {
    sense->add("totals_do_not_add_up",
               "gross_amount",
               "The amount without tax and the tax must come to the amount with tax.");
  }
}

}  // namespace

void check(const erp::CustomerUpserted& event, Sense sense) {
  sense.need_account(event.account());
  std::set<std::string> ids;
  for (int i = 0; i < event.contacts_size(); ++i) {
    const std::string& id = event.contacts(i).id();
    sense.need(!id.empty(), at("contacts", i, "id"), "an id that stays with the person");
    if (!id.empty() && !ids.insert(id).second) {
      sense.add("duplicate_id", at("contacts", i, "id"), "Give each contact an id of its own.");
    }
  }
  for (int i = 0; i < event.guarantees_size(); ++i) {
    const auto& guarantee = event.guarantees(i);
    sense.need(!guarantee.id().empty(), at("guarantees", i, "id"), "its id");
    sense.not_negative(guarantee.has_amount(), guarantee.amount(), at("guarantees", i, "amount"));
  }
}

void check(const erp::InternalLimitSet& event, Sense sense) {
  if (event.account().empty() == event.legal_entity().empty()) {
    sense.add("contradiction", "account", "Name either an account or a legal entity.");
  }
  sense.account(event.account());
  sense.not_negative(event.has_amount(), event.amount(), "amount");
  sense.not_before(event.valid_until(),
                   event.valid_from(),
                   "end_before_start",
                   "valid_until",
                   "The limit ends before it begins.");
}

void check(const erp::InvoiceIssued& event, Sense sense) {
  sense.need(!event.number().empty(), "number", "the invoice number");
  sense.need_account(event.account());
  sense.need_date(event.has_issue_date(), "issue_date", "the issue date");
  if (event.instalments_size() == 0) {
    sense.need_date(event.has_due_date(), "due_date", "the due date");
  }
  sense.not_before(event.due_date(),
                   event.issue_date(),
                   "due_before_issue",
                   "due_date",
                   "The due date is before the issue date. Correct one of them.");
  sense.need(event.has_gross_amount(), "gross_amount", "the amount with tax");
  if (event.gross_amount().minor() < 0) {
    sense.add("negative_amount",
              "gross_amount",
              "An invoice is not below zero. Send a credit note instead.");
  }
  sense.not_before(event.period_end(),
                   event.period_start(),
                   "end_before_start",
                   "period_end",
                   "The period ends before it begins.");
  check_totals(event, &sense);
  check_instalments(event, &sense);
}

void check(const erp::CreditNoteIssued& event, Sense sense) {
  sense.need(!event.number().empty(), "number", "the number of the credit note");
  sense.need_account(event.account());
  sense.need_date(event.has_issue_date(), "issue_date", "the issue date");
  sense.need_positive(event.has_gross_amount(), event.gross_amount(), "gross_amount");
  Int128 sum = 0;
  for (int i = 0; i < event.invoices_size(); ++i) {
    const auto& part = event.invoices(i);
    sense.need(!part.invoice().empty(), at("invoices", i, "invoice"), "the invoice's number");
    sense.positive(part.has_amount(), part.amount(), at("invoices", i, "amount"));
    sense.same_currency(
        part.has_amount(), part.amount(), event.gross_amount(), at("invoices", i, "amount"));
    sum += part.amount().minor();
  }
  if (sum > std::max<Int128>(event.gross_amount().minor(), 0)) {
    sense.add("allocations_above_credit_note",
              "invoices",
              "The credit note is set against invoices for more than its amount.");
  }
}

void check(const erp::InvoiceCancelled& event, Sense sense) {
  sense.need(!event.invoice().empty(), "invoice", "the invoice's number");
  sense.account(event.account());
}

void check(const erp::EInvoiceStatusChanged& event, Sense sense) {
  sense.need(!event.invoice().empty(), "invoice", "the number of the document");
  sense.need(event.status() != erp::E_INVOICE_STATUS_UNSPECIFIED, "status", "the status");
  sense.account(event.account());
}

void check(const erp::OrderPlaced& event, Sense sense) {
  sense.need(!event.order().empty(), "order", "the order's number");
  sense.need_account(event.account());
  sense.need(event.has_gross_amount() || event.cancelled(), "gross_amount", "the amount with tax");
  sense.not_negative(event.has_gross_amount(), event.gross_amount(), "gross_amount");
  sense.not_negative(event.has_delivered_amount(), event.delivered_amount(), "delivered_amount");
  sense.not_negative(event.has_deposit_amount(), event.deposit_amount(), "deposit_amount");
}

void check(const erp::OrderInvoiced& event, Sense sense) {
  sense.need(!event.order().empty(), "order", "the order's number");
  sense.need(!event.account().empty() || !event.invoice().empty(),
             "account",
             "the customer's number or the invoice's");
  sense.account(event.account());
  sense.not_negative(event.has_gross_amount(), event.gross_amount(), "gross_amount");
}

}  // namespace encours::ingestion
