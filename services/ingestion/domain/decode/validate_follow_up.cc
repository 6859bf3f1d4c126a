// Rules of sense of disputes, promises and holds.
#include <set>
#include <string>

#include "common/money/decimal.h"
#include "services/ingestion/domain/decode/sense.h"

namespace encours::ingestion {
namespace {

void check_plan(const erp::PromiseRecorded& event, Sense* sense) {
  Int128 sum = 0;
  std::set<int> numbers;
  for (int i = 0; i < event.instalments_size(); ++i) {
    const auto& part = event.instalments(i);
    const std::string path = "instalments[" + std::to_string(i) + "]";
    sense->need_date(part.has_promised_date(), path + ".promised_date", "its day");
    sense->need_positive(part.has_amount(), part.amount(), path + ".amount");
    sense->same_currency(part.has_amount(), part.amount(), event.amount(), path + ".amount");
    if (part.number() < 1 || !numbers.insert(part.number()).second) {
      sense->add("duplicate_id", path + ".number", "Number the instalments from 1, each once.");
    }
    sum += part.amount().minor();
  }
  if (event.instalments_size() > 0 && sum != event.amount().minor()) {
    sense->add("instalments_do_not_add_up",
               "instalments",
               "The amounts of the instalments must come to the amount promised.");
  }
}

}  // namespace

void check(const erp::DisputeOpened& event, Sense sense) {
  sense.need(!event.dispute().empty(), "dispute", "the id of the dispute");
  sense.need(!event.account().empty() || !event.invoice().empty(),
             "account",
             "the customer's number or the invoice's");
  sense.account(event.account());
  sense.positive(event.has_amount(), event.amount(), "amount");
  sense.not_before(event.answer_due_date(),
                   event.opened_on(),
                   "end_before_start",
                   "answer_due_date",
                   "The answer is due before the dispute was opened.");
}

void check(const erp::DisputeResolved& event, Sense sense) {
  sense.need(!event.dispute().empty(), "dispute", "the id of the dispute");
  sense.account(event.account());
  sense.need(event.outcome() != erp::DISPUTE_OUTCOME_UNSPECIFIED, "outcome", "how it ended");
  sense.not_negative(event.has_accepted_amount(), event.accepted_amount(), "accepted_amount");
}

void check(const erp::PromiseRecorded& event, Sense sense) {
  sense.need(!event.promise().empty(), "promise", "the id of the promise");
  sense.account(event.account());
  if (event.withdrawn()) return;
  sense.need(!event.account().empty() || event.invoices_size() > 0,
             "account",
             "the customer's number or an invoice's");
  sense.need_positive(event.has_amount(), event.amount(), "amount");
  sense.need_date(event.has_promised_date() || event.instalments_size() > 0,
                  "promised_date",
                  "the last day to keep it");
  sense.not_before(event.promised_date(),
                   event.given_on(),
                   "end_before_start",
                   "promised_date",
                   "The promise ends before it was given.");
  if (event.has_grace_days() && (event.grace_days() < 0 || event.grace_days() > 366)) {
    sense.add("invalid_number", "grace_days", "Give 0 to 366 days.");
  }
  check_plan(event, &sense);
}

void check(const erp::HoldPlaced& event, Sense sense) {
  sense.need(!event.hold().empty(), "hold", "the id of the hold");
  sense.need(!event.account().empty() || !event.invoice().empty(),
             "account",
             "the customer's number or the invoice's");
  sense.account(event.account());
  sense.need_date(event.has_until(), "until", "the last day of the hold; none is without end");
  sense.not_before(
      event.until(), event.from(), "end_before_start", "until", "The hold ends before it begins.");
}

void check(const erp::HoldReleased& event, Sense sense) {
  sense.need(!event.hold().empty(), "hold", "the id of the hold");
  sense.account(event.account());
}

}  // namespace encours::ingestion
