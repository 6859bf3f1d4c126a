// Rules of sense of payments and of what takes their place: term paper, write-offs, set-off.
#include <algorithm>
#include <string>

#include "common/money/decimal.h"
#include "services/ingestion/domain/decode/sense.h"

namespace encours::ingestion {
namespace {

using Parts = google::protobuf::RepeatedPtrField<erp::AllocationPart>;

void check_part(const erp::AllocationPart& part,
                const ProtoMoney& main,
                const std::string& path,
                Sense* sense) {
  sense->need(!part.invoice().empty() || !part.accessory_claim().empty(),
              path + ".invoice",
              "the invoice's number or the id of the accessory claim");
  if (part.account().starts_with("~")) {
    sense->add("reserved_name", path + ".account", "No account of a source begins with \"~\".");
  }
  sense->need_positive(part.has_amount(), part.amount(), path + ".amount");
  sense->same_currency(part.has_amount(), part.amount(), main, path + ".amount");
  sense->not_negative(part.has_early_payment_discount(),
                      part.early_payment_discount(),
                      path + ".early_payment_discount");
}

// Money can be set against claims up to its own amount; discounts and differences are not money.
void check_parts(const Parts& parts, const ProtoMoney& main, const char* list, Sense* sense) {
  Int128 sum = 0;
  for (int i = 0; i < parts.size(); ++i) {
    check_part(parts[i], main, std::string(list) + "[" + std::to_string(i) + "]", sense);
    sum += parts[i].amount().minor();
  }
  if (sum > std::max<Int128>(main.minor(), 0)) {
    sense->add(
        "allocations_above_payment", list, "More is set against claims than the payment's amount.");
  }
}

}  // namespace

void check(const erp::PaymentReceived& event, Sense sense) {
  sense.need(!event.payment().empty(), "payment", "the id of the payment");
  sense.account(event.account());
  sense.need_positive(event.has_amount(), event.amount(), "amount");
  sense.need_date(event.has_value_date() || event.has_booking_date(),
                  "value_date",
                  "the day that the bank counts the money");
  check_parts(event.allocations(), event.amount(), "allocations", &sense);
}

void check(const erp::PaymentAllocated& event, Sense sense) {
  sense.need(!event.allocation().empty(), "allocation", "the id of the allocation");
  const bool has_origin =
      !event.payment().empty() || !event.credit_note().empty() || !event.down_payment().empty();
  sense.need(has_origin, "payment", "the payment, credit note or down payment that it comes from");
  sense.account(event.account());
  sense.need(event.has_part(), "part", "what is paid by it");
  if (event.has_part()) check_part(event.part(), event.part().amount(), "part", &sense);
}

void check(const erp::AllocationReversed& event, Sense sense) {
  const bool has_ends = !event.payment().empty() && !event.invoice().empty();
  sense.need(!event.allocation().empty() || has_ends,
             "allocation",
             "the id of the allocation, or its payment and its invoice");
  sense.need(!event.account().empty() || !event.payment().empty() || !event.invoice().empty(),
             "account",
             "the customer's number, the payment or the invoice");
  sense.account(event.account());
  sense.positive(event.has_amount(), event.amount(), "amount");
}

void check(const erp::PaymentRejected& event, Sense sense) {
  const bool by_bank = !event.end_to_end_id().empty() || !event.bank_reference().empty();
  sense.need(!event.payment().empty() || !event.term_paper().empty() || by_bank,
             "payment",
             "the payment, the term paper or a reference of the bank");
  sense.need(!event.account().empty() || !event.payment().empty() || by_bank,
             "account",
             "the customer's number");
  sense.account(event.account());
  sense.positive(event.has_amount(), event.amount(), "amount");
  sense.not_negative(event.has_fee(), event.fee(), "fee");
}

void check(const erp::DownPaymentReceived& event, Sense sense) {
  sense.need(!event.down_payment().empty(), "down_payment", "the id of the down payment");
  sense.account(event.account());
  sense.need_positive(event.has_amount(), event.amount(), "amount");
  sense.need_date(event.has_value_date(), "value_date", "the day that the bank counts the money");
}

void check(const erp::TermPaperAccepted& event, Sense sense) {
  sense.need(!event.term_paper().empty(), "term_paper", "the id of the term paper");
  sense.need_account(event.account());
  sense.need_positive(event.has_amount(), event.amount(), "amount");
  sense.need_date(event.has_maturity_date(), "maturity_date", "the day on which it is payable");
  sense.not_before(event.maturity_date(),
                   event.accepted_on(),
                   "end_before_start",
                   "maturity_date",
                   "The paper is payable before it was accepted.");
  check_parts(event.invoices(), event.amount(), "invoices", &sense);
}

void check(const erp::WriteOffRecorded& event, Sense sense) {
  sense.need(!event.write_off().empty(), "write_off", "the id of the write-off");
  sense.need(!event.account().empty() || !event.invoice().empty(),
             "account",
             "the customer's number or the invoice's");
  sense.account(event.account());
  if (!event.reverses().empty()) return;
  sense.need(!event.invoice().empty() || !event.accessory_claim().empty(),
             "invoice",
             "the invoice's number or the id of the accessory claim");
  sense.need_positive(event.has_amount(), event.amount(), "amount");
}

void check(const erp::SetOffRecorded& event, Sense sense) {
  sense.need(!event.set_off().empty(), "set_off", "the id of the set-off");
  sense.need(!event.account().empty() || event.invoices_size() > 0,
             "account",
             "the customer's number or an invoice's");
  sense.account(event.account());
  if (!event.reverses().empty()) return;
  sense.need_positive(event.has_amount(), event.amount(), "amount");
  check_parts(event.invoices(), event.amount(), "invoices", &sense);
}

}  // namespace encours::ingestion
