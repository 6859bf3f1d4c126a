#include "deploy/sample/states.h"

#include <set>
#include <sstream>
#include <utility>

#include "deploy/sample/outside.h"

namespace encours::sample {
namespace {

// Days of grace of a promise that names none.
constexpr int kGraceDays = 3;
// How long a company of the simulators is in safeguard before it is in reorganisation.
constexpr int kSafeguardDays = 240;

// What each sample has, by entity.
struct Expected {
  const char* entity;
  const char* states;
};
constexpr Expected kExpected[] = {
    {"invoice",
     "not_due overdue partly_paid paid corrected cancelled replaced opened_again in_instalments "
     "with_retention with_discount with_clauses accessory factored"},
    {"credit_note",
     "correction cancellation return rebate commercial_gesture refunded for_dispute"},
    {"payment",
     "credit_transfer direct_debit cheque card cash letter_of_credit term_paper other rejected "
     "of_nobody_known by_third_party exchanged for_group with_discount with_difference"},
    {"money", "unallocated"},
    {"down_payment", "received allocated"},
    {"term_paper", "running payable discounted unpaid"},
    {"write_off",
     "certificate procedure_closed small_amount waiver time_barred payment_difference taken_back"},
    {"set_off", "recorded taken_back"},
    {"promise", "proposed active kept partly_kept broken paid_late replaced withdrawn cancelled"},
    {"plan", "running partly_kept"},
    {"dispute",
     "open under_review escalated accepted partly_accepted rejected withdrawn of_account"},
    {"hold", "of_account of_invoice expired released with_bailiff"},
    {"einvoice",
     "200 201 202 203 204 205 206 207 208 209 210 211 212 213 214 220 221 224 225 226 227 228 501"},
    {"order", "waiting partly_invoiced invoiced cancelled"},
    {"limit", "of_company withdrawn with_an_end"},
    {"company", "none safeguard_before reorganisation liquidation ceased"},
    {"customer",
     "changed natural_person public_buyer strategic blocked closed in_group paid_by_another "
     "with_guarantee"},
    {"contact", "opted_out without_email"},
    {"currency", "eur gbp usd"},
    {"language", "fr en"},
};

struct Claim {
  std::string account;
  Date due;
  std::int64_t gross = 0;
  std::int64_t open = 0;
  bool cancelled = false;
  std::map<Date, std::int64_t> settled;
};

struct Source {
  std::vector<std::pair<std::string, std::int64_t>> parts;
};

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// "credit_transfer" of PAYMENT_MEANS_CREDIT_TRANSFER.
std::string word(const std::string& name, const std::string& prefix) {
  return lower(name.substr(prefix.size()));
}

class States {
 public:
  explicit States(Date end) : end_(end) {}

  void read(const erp::ErpEvent& event);
  void conclude();
  void see(const std::string& state, const std::string& account) {
    ++states_[state].count;
    states_[state].account = account;
  }
  std::map<std::string, StateCount> take() { return std::move(states_); }

 private:
  void read_documents(const erp::ErpEvent& event);
  void read_money(const erp::ErpEvent& event);
  void read_agreements(const erp::ErpEvent& event);
  void read_customers(const erp::ErpEvent& event);
  void issue(const erp::InvoiceIssued& issued);
  void credit(const erp::CreditNoteIssued& note);
  void receive(const erp::PaymentReceived& received);
  void settle(const std::string& invoice, std::int64_t minor, Date day);
  void take_back(const std::string& origin, std::int64_t minor, Date day);
  void conclude_invoice(const Claim& claim);
  void conclude_promise(const erp::PromiseRecorded& promise);
  void conclude_dispute(const erp::DisputeOpened& dispute);
  void conclude_hold(const erp::HoldPlaced& hold);
  void conclude_order(const erp::OrderPlaced& order);

  Date end_;
  std::map<std::string, StateCount> states_;
  std::map<std::string, Claim> invoices_;
  // Payments and allocations by id, for what takes them back.
  std::map<std::string, Source> sources_;
  std::map<std::string, std::int64_t> unallocated_;
  std::map<std::string, std::string> payers_;
  std::map<std::string, erp::PromiseRecorded> promises_;
  std::set<std::string> replaced_;
  std::map<std::string, erp::DisputeOpened> disputes_;
  std::map<std::string, erp::DisputeResolved> resolutions_;
  std::map<std::string, erp::HoldPlaced> holds_;
  std::map<std::string, Date> released_;
  std::map<std::string, erp::OrderPlaced> orders_;
  std::set<std::string> invoiced_orders_;
  std::map<std::string, erp::CustomerUpserted> customers_;
};

void States::settle(const std::string& invoice, std::int64_t minor, Date day) {
  Claim& claim = invoices_[invoice];
  claim.open -= minor;
  claim.settled[day] += minor;
}

// All of it where `minor` is 0.
void States::take_back(const std::string& origin, std::int64_t minor, Date day) {
  for (const auto& [invoice, amount] : sources_[origin].parts) {
    settle(invoice, minor == 0 ? -amount : -minor, day);
    see("invoice.opened_again", invoices_[invoice].account);
  }
}

void States::issue(const erp::InvoiceIssued& issued) {
  const auto known = invoices_.find(issued.number());
  Claim& claim = invoices_[issued.number()];
  if (known != invoices_.end()) see("invoice.corrected", issued.account());
  claim.open += issued.gross_amount().minor() - claim.gross;
  claim.gross = issued.gross_amount().minor();
  claim.account = issued.account();
  claim.due = to_date(issued.due_date());
  if (known != invoices_.end()) return;
  see("currency." + lower(issued.gross_amount().currency_code()), issued.account());
  if (issued.instalments_size() > 0) see("invoice.in_instalments", issued.account());
  if (issued.retentions_size() > 0) see("invoice.with_retention", issued.account());
  if (issued.factored()) see("invoice.factored", issued.account());
  if (issued.has_clauses()) see("invoice.with_clauses", issued.account());
  if (issued.accessory_of_invoices_size() > 0) see("invoice.accessory", issued.account());
  if (issued.early_payment_discounts_size() > 0) see("invoice.with_discount", issued.account());
}

void States::credit(const erp::CreditNoteIssued& note) {
  see("credit_note." + word(erp::CreditNoteKind_Name(note.kind()), "CREDIT_NOTE_KIND_"),
      note.account());
  if (note.has_refunded_on()) see("credit_note.refunded", note.account());
  if (!note.dispute().empty()) see("credit_note.for_dispute", note.account());
  std::int64_t left = note.gross_amount().minor();
  for (const auto& part : note.invoices()) {
    settle(part.invoice(), part.amount().minor(), to_date(note.issue_date()));
    left -= part.amount().minor();
  }
  if (left > 0 && !note.has_refunded_on()) {
    unallocated_[note.number()] = left;
    payers_[note.number()] = note.account();
  }
}

void States::receive(const erp::PaymentReceived& received) {
  see("payment." + word(erp::PaymentMeans_Name(received.means()), "PAYMENT_MEANS_"),
      received.account());
  if (received.account().empty()) see("payment.of_nobody_known", "");
  if (received.paid_by_third_party()) see("payment.by_third_party", received.account());
  if (received.has_instructed_amount()) see("payment.exchanged", received.account());
  std::int64_t left = received.amount().minor();
  for (const auto& part : received.allocations()) {
    const std::int64_t minor = part.amount().minor() + part.early_payment_discount().minor() +
                               part.payment_difference().minor();
    settle(part.invoice(), minor, to_date(received.value_date()));
    sources_[received.payment()].parts.emplace_back(part.invoice(), minor);
    left -= part.amount().minor();
    if (!part.account().empty()) see("payment.for_group", received.account());
    if (part.has_early_payment_discount()) see("payment.with_discount", received.account());
    if (part.has_payment_difference()) see("payment.with_difference", received.account());
  }
  if (left > 0) unallocated_[received.payment()] = left;
  payers_[received.payment()] = received.account();
}

void States::read_documents(const erp::ErpEvent& event) {
  if (event.has_invoice_issued()) issue(event.invoice_issued());
  if (event.has_credit_note_issued()) credit(event.credit_note_issued());
  if (event.has_invoice_cancelled()) {
    const auto& cancelled = event.invoice_cancelled();
    invoices_[cancelled.invoice()].cancelled = true;
    if (!cancelled.replaced_by().empty()) see("invoice.replaced", cancelled.account());
  }
  if (event.has_einvoice_status_changed()) {
    const auto& changed = event.einvoice_status_changed();
    see("einvoice." + std::to_string(changed.status()), changed.account());
  }
  if (event.has_order_placed()) orders_[event.order_placed().order()] = event.order_placed();
  if (event.has_order_invoiced()) {
    const auto& invoiced = event.order_invoiced();
    see(invoiced.closes_order() ? "order.invoiced" : "order.partly_invoiced", invoiced.account());
    invoiced_orders_.insert(invoiced.order());
  }
}

void States::read_money(const erp::ErpEvent& event) {
  if (event.has_payment_received()) receive(event.payment_received());
  if (event.has_payment_allocated()) {
    const auto& allocated = event.payment_allocated();
    const std::int64_t minor = allocated.part().amount().minor();
    settle(allocated.part().invoice(), minor, to_date(allocated.effective_date()));
    sources_[allocated.allocation()].parts.emplace_back(allocated.part().invoice(), minor);
    for (const auto& origin : {allocated.payment(), allocated.credit_note()}) {
      if (!origin.empty()) unallocated_[origin] -= minor;
    }
    if (!allocated.down_payment().empty()) see("down_payment.allocated", allocated.account());
  }
  if (event.has_allocation_reversed()) {
    const auto& reversed = event.allocation_reversed();
    take_back(reversed.allocation(), reversed.amount().minor(), to_date(reversed.reversed_on()));
  }
  if (event.has_payment_rejected()) {
    const auto& rejected = event.payment_rejected();
    see(rejected.payment().empty() ? "term_paper.unpaid" : "payment.rejected", rejected.account());
    if (!rejected.payment().empty()) {
      take_back(rejected.payment(), 0, to_date(rejected.rejected_on()));
    }
  }
  if (event.has_down_payment_received()) {
    see("down_payment.received", event.down_payment_received().account());
  }
  if (event.has_term_paper_accepted()) {
    const auto& paper = event.term_paper_accepted();
    const bool running = to_date(paper.maturity_date()) > end_;
    see(running ? "term_paper.running" : "term_paper.payable", paper.account());
    if (paper.has_discounted_on()) see("term_paper.discounted", paper.account());
  }
  if (event.has_write_off_recorded()) {
    const auto& off = event.write_off_recorded();
    see(off.reverses().empty()
            ? "write_off." + word(erp::WriteOffReason_Name(off.reason()), "WRITE_OFF_REASON_")
            : "write_off.taken_back",
        off.account());
  }
  if (event.has_set_off_recorded()) {
    const auto& set_off = event.set_off_recorded();
    see(set_off.reverses().empty() ? "set_off.recorded" : "set_off.taken_back", set_off.account());
  }
}

void States::read_agreements(const erp::ErpEvent& event) {
  if (event.has_promise_recorded()) {
    const auto& promise = event.promise_recorded();
    promises_[promise.promise()] = promise;
    if (!promise.replaces().empty()) replaced_.insert(promise.replaces());
  }
  if (event.has_dispute_opened()) {
    disputes_[event.dispute_opened().dispute()] = event.dispute_opened();
  }
  if (event.has_dispute_resolved()) {
    resolutions_[event.dispute_resolved().dispute()] = event.dispute_resolved();
  }
  if (event.has_hold_placed()) holds_[event.hold_placed().hold()] = event.hold_placed();
  if (event.has_hold_released()) {
    released_[event.hold_released().hold()] = to_date(event.hold_released().released_on());
  }
}

void States::read_customers(const erp::ErpEvent& event) {
  if (event.has_customer_upserted()) {
    const auto& customer = event.customer_upserted();
    if (customers_.count(customer.account()) != 0) see("customer.changed", customer.account());
    customers_[customer.account()] = customer;
  }
  if (!event.has_internal_limit_set()) return;
  const auto& limit = event.internal_limit_set();
  if (!limit.legal_entity().empty()) see("limit.of_company", "");
  if (!limit.has_amount()) see("limit.withdrawn", limit.account());
  if (limit.has_valid_until()) see("limit.with_an_end", limit.account());
}

void States::read(const erp::ErpEvent& event) {
  read_documents(event);
  read_money(event);
  read_agreements(event);
  read_customers(event);
}

void States::conclude_invoice(const Claim& claim) {
  if (claim.cancelled) return see("invoice.cancelled", claim.account);
  if (claim.open == 0) return see("invoice.paid", claim.account);
  see(claim.due < end_ ? "invoice.overdue" : "invoice.not_due", claim.account);
  if (claim.open < claim.gross) see("invoice.partly_paid", claim.account);
}

// As domain rules have it: what came in from the day it was given to its day and the grace.
void States::conclude_promise(const erp::PromiseRecorded& promise) {
  const std::string& account = promise.account();
  if (promise.withdrawn()) return see("promise.withdrawn", account);
  if (replaced_.count(promise.promise()) != 0) return see("promise.replaced", account);
  if (promise.proposed()) return see("promise.proposed", account);
  const std::string plan = promise.instalments_size() > 0 ? "plan." : "promise.";
  const Date until = promise.instalments_size() > 0
                         ? to_date(promise.instalments(1).promised_date())
                         : to_date(promise.promised_date());
  const Date last = until + (promise.has_grace_days() ? promise.grace_days() : kGraceDays);
  std::int64_t in_time = 0;
  std::int64_t late = 0;
  for (const auto& number : promise.invoices()) {
    const Claim& claim = invoices_[number];
    if (claim.cancelled) return see("promise.cancelled", account);
    for (const auto& [day, minor] : claim.settled) {
      if (day >= to_date(promise.given_on())) (day <= last ? in_time : late) += minor;
    }
  }
  std::int64_t wanted = promise.amount().minor();
  if (promise.instalments_size() > 0) {
    wanted = promise.instalments(0).amount().minor() + promise.instalments(1).amount().minor();
  }
  if (last < end_) {
    const bool kept = in_time >= wanted;
    if (kept) return see(plan + (promise.instalments_size() > 0 ? "running" : "kept"), account);
    if (in_time > 0) return see(plan + "partly_kept", account);
    return see(plan + (late > 0 ? "paid_late" : "broken"), account);
  }
  see(plan + "active", account);
}

void States::conclude_dispute(const erp::DisputeOpened& dispute) {
  const auto end = resolutions_.find(dispute.dispute());
  if (end != resolutions_.end()) {
    const std::string& name = erp::DisputeOutcome_Name(end->second.outcome());
    return see("dispute." + word(name, "DISPUTE_OUTCOME_"), dispute.account());
  }
  if (dispute.invoice().empty()) see("dispute.of_account", dispute.account());
  if (to_date(dispute.answer_due_date()) < end_) {
    return see("dispute.escalated", dispute.account());
  }
  see(dispute.owner().empty() ? "dispute.open" : "dispute.under_review", dispute.account());
}

void States::conclude_hold(const erp::HoldPlaced& hold) {
  const auto released = released_.find(hold.hold());
  if (released != released_.end()) return see("hold.released", hold.account());
  if (to_date(hold.until()) < end_) return see("hold.expired", hold.account());
  see(hold.invoice().empty() ? "hold.of_account" : "hold.of_invoice", hold.account());
  if (hold.reason_code() == "JUDICIAIRE") see("hold.with_bailiff", hold.account());
}

void States::conclude_order(const erp::OrderPlaced& order) {
  if (order.cancelled()) return see("order.cancelled", order.account());
  if (invoiced_orders_.count(order.order()) == 0) see("order.waiting", order.account());
}

void States::conclude() {
  for (const auto& [number, claim] : invoices_) conclude_invoice(claim);
  for (const auto& [id, left] : unallocated_) {
    if (left > 0) see("money.unallocated", payers_[id]);
  }
  for (const auto& [id, promise] : promises_) conclude_promise(promise);
  for (const auto& [id, dispute] : disputes_) conclude_dispute(dispute);
  for (const auto& [id, hold] : holds_) conclude_hold(hold);
  for (const auto& [id, order] : orders_) conclude_order(order);
  for (const auto& [id, customer] : customers_) {
    see("language." + customer.language().substr(0, 2), id);
    if (customer.natural_person()) see("customer.natural_person", id);
    if (customer.public_buyer()) see("customer.public_buyer", id);
    if (customer.strategic()) see("customer.strategic", id);
    if (customer.blocked()) see("customer.blocked", id);
    if (customer.closed()) see("customer.closed", id);
    if (!customer.group().empty()) see("customer.in_group", id);
    if (!customer.paying_account().empty()) see("customer.paid_by_another", id);
    if (customer.guarantees_size() > 0) see("customer.with_guarantee", id);
    for (const auto& contact : customer.contacts()) {
      if (contact.opted_out_channels_size() > 0) see("contact.opted_out", id);
      if (contact.email().empty()) see("contact.without_email", id);
    }
  }
}

}  // namespace

std::map<std::string, StateCount> states_of(const Sample& sample, Date end) {
  States states(end);
  for (const Entry& entry : sample.entries) states.read(entry.event);
  states.conclude();
  for (const Account& account : sample.accounts) {
    if (account.siren.empty()) continue;
    states.see(std::string("company.") + word_of(procedure_on(account.siren, end)), account.id);
    if (procedure_on(account.siren, end - kSafeguardDays) == Procedure::kSafeguard) {
      states.see("company.safeguard_before", account.id);
    }
  }
  return states.take();
}

std::vector<std::string> expected_states() {
  std::vector<std::string> names;
  for (const Expected& one : kExpected) {
    std::istringstream words(one.states);
    for (std::string state; words >> state;) names.push_back(one.entity + ("." + state));
  }
  return names;
}

}  // namespace encours::sample
