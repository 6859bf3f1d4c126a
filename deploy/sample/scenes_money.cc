// Scenes of money: term paper, down payments, what nobody can place, what the bank takes back.
#include <algorithm>

#include "deploy/sample/identifiers.h"
#include "deploy/sample/scenes.h"

namespace encours::sample {
namespace {

// Accepted paper for the invoice; its id.
std::string accept_paper(const Scene& scene,
                         Invoice* invoice,
                         erp::TermPaperKind kind,
                         Date accepted,
                         Date maturity,
                         bool discounted) {
  const std::string id = scene.desk.new_id("LCR");
  erp::ErpEvent event;
  auto& paper = *event.mutable_term_paper_accepted();
  paper.set_term_paper(id);
  paper.set_kind(kind);
  paper.set_account(scene.desk.account().id);
  set_money(invoice->currency(), invoice->open, paper.mutable_amount());
  set_date(accepted, paper.mutable_accepted_on());
  set_date(maturity, paper.mutable_maturity_date());
  scene.desk.fill_part({.invoice = invoice, .amount = invoice->open}, paper.add_invoices());
  if (discounted) set_date(accepted + 5, paper.mutable_discounted_on());
  const std::string iban = iban_of(scene.desk.account().country->code, scene.desk.account().number);
  if (!iban.empty()) paper.mutable_drawee_account()->set_iban(iban);
  scene.desk.send(kErp, "term_paper/" + id, 1, accepted, event);
  return id;
}

std::string honour(const Scene& scene, Invoice* invoice, const std::string& paper, Date day) {
  return scene.desk.pay({.day = day,
                         .parts = {{.invoice = invoice, .amount = invoice->open}},
                         .means = erp::PAYMENT_MEANS_TERM_PAPER,
                         .more = [&](erp::PaymentReceived* out) { out->set_term_paper(paper); }});
}

void reject(const Scene& scene,
            const std::string& payment,
            const std::string& paper,
            Date day,
            const char* reason_code) {
  erp::ErpEvent event;
  auto& rejected = *event.mutable_payment_rejected();
  rejected.set_payment(payment);
  rejected.set_term_paper(paper);
  rejected.set_account(scene.desk.account().id);
  set_date(day, rejected.mutable_rejected_on());
  rejected.set_reason_code(reason_code);
  set_money(scene.desk.account().currency, 1'250, rejected.mutable_fee());
  scene.desk.send(kBank, "rejection/" + (payment.empty() ? paper : payment), 1, day, event);
}

// Payable in five weeks; and one that the bank has taken already.
void paper_running(const Scene& scene) {
  Invoice invoice = sell_due(scene, -30);
  const std::string paper = accept_paper(scene,
                                         &invoice,
                                         erp::TERM_PAPER_KIND_BILL_OF_EXCHANGE,
                                         day_after(scene, -4),
                                         invoice.due(),
                                         false);
  honour(scene, &invoice, paper, next_business_day(invoice.due(), true));
  Invoice other = sell_due(scene, -40);
  const std::string second = accept_paper(
      scene, &other, erp::TERM_PAPER_KIND_PROMISSORY_NOTE, day_after(scene, -6), other.due(), true);
  honour(scene, &other, second, next_business_day(other.due(), true));
}

void paper_honoured(const Scene& scene) {
  Invoice invoice = sell_due(scene, 12);
  const Date due = next_business_day(invoice.due(), true);
  const std::string paper = accept_paper(
      scene, &invoice, erp::TERM_PAPER_KIND_BILL_OF_EXCHANGE, invoice.issued() + 8, due, false);
  honour(scene, &invoice, paper, due);
}

void paper_unpaid(const Scene& scene) {
  Invoice invoice = sell_due(scene, 16);
  const Date due = next_business_day(invoice.due(), true);
  const std::string paper = accept_paper(
      scene, &invoice, erp::TERM_PAPER_KIND_POST_DATED_CHEQUE, invoice.issued() + 8, due, false);
  reject(scene, "", paper, next_business_day(due + 3, true), "AM04");
  scene.desk.pay_all(&invoice, day_after(scene, 21));
}

// Money for an order, then the invoice that it is set against.
void down_payment(const Scene& scene) {
  const std::int64_t amount = some_net(scene);
  const std::string id = scene.desk.new_id("AC");
  const Date day = day_after(scene, -50);
  erp::ErpEvent event;
  auto& received = *event.mutable_down_payment_received();
  received.set_down_payment(id);
  received.set_account(scene.desk.account().id);
  set_money(scene.desk.account().currency, amount, received.mutable_amount());
  set_date(day, received.mutable_value_date());
  received.set_order("CDE-" + id);
  received.set_means(erp::PAYMENT_MEANS_CREDIT_TRANSFER);
  scene.desk.send(kBank, "down_payment/" + id, 1, day, event);
  Invoice invoice = scene.desk.draft(day_after(scene, -20), amount * 3);
  set_date(invoice.issued() + 45, invoice.event.mutable_due_date());
  scene.desk.issue(&invoice);
  scene.desk.allocate(day_after(scene, -10),
                      {.invoice = &invoice, .amount = amount},
                      [&](erp::PaymentAllocated* out) { out->set_down_payment(id); });
  scene.desk.pay_all(&invoice, day_after(scene, 25));
}

// A down payment whose invoice is still to come.
void down_payment_waiting(const Scene& scene) { down_payment(later(scene, 40)); }

// A round sum without a word, set against an invoice ten days later.
void unallocated(const Scene& scene) {
  Invoice invoice = sell_due(scene, 8);
  const std::int64_t sum = invoice.gross() / 2 / 10'000 * 10'000 + 10'000;
  const std::int64_t amount = std::min(sum, invoice.gross());
  const std::string id = scene.desk.pay(
      {.day = day_after(scene, -5),
       .parts = {},
       .unallocated = amount,
       .more = [](erp::PaymentReceived* out) { out->add_remittance_lines("ACOMPTE"); }});
  scene.desk.allocate(day_after(scene, 6),
                      {.invoice = &invoice, .amount = amount},
                      [&](erp::PaymentAllocated* out) { out->set_payment(id); });
}

void allocated_later(const Scene& scene) { unallocated(later(scene, -15)); }

// Set against the wrong invoice: taken off again, and against the right one.
void allocation_reversed(const Scene& scene) {
  Invoice wrong = sell_due(scene, -2);
  Invoice right = sell_due(scene, 15);
  const std::int64_t amount = std::min(wrong.gross(), right.gross());
  const std::string payment =
      scene.desk.pay({.day = day_after(scene, -18), .parts = {}, .unallocated = amount});
  const auto from_payment = [&](erp::PaymentAllocated* out) { out->set_payment(payment); };
  const std::string allocation = scene.desk.allocate(
      day_after(scene, -12), {.invoice = &wrong, .amount = amount}, from_payment);
  const std::int64_t half = amount / 2;
  for (const std::int64_t part : {half, amount - half}) {
    erp::ErpEvent event;
    auto& reversed = *event.mutable_allocation_reversed();
    reversed.set_allocation(allocation);
    reversed.set_account(scene.desk.account().id);
    set_money(wrong.currency(), part, reversed.mutable_amount());
    set_date(day_after(scene, -6), reversed.mutable_reversed_on());
    reversed.set_reason_code("LETTRAGE");
    const std::string id = scene.desk.new_id("DELT");
    scene.desk.send(kErp, "reversal/" + id, 1, day_after(scene, -6), event);
  }
  wrong.open += amount;
  scene.desk.allocate(day_after(scene, -5), {.invoice = &right, .amount = amount}, from_payment);
  scene.desk.pay_all(&wrong, day_after(scene, 14));
}

// A debit that the bank sends back after five days; it is paid by transfer a month later.
void debit_rejected(const Scene& scene) {
  constexpr const char* kReasons[] = {"AM04", "MD01", "MD06", "AC04"};
  Invoice invoice = sell_due(scene, 12);
  const std::string payment =
      scene.desk.pay({.day = next_business_day(invoice.due(), true),
                      .parts = {{.invoice = &invoice, .amount = invoice.open}},
                      .means = erp::PAYMENT_MEANS_DIRECT_DEBIT});
  reject(scene, payment, "", day_after(scene, -3), scene.random.pick(kReasons));
  invoice.open = invoice.gross();
  scene.desk.pay({.day = day_after(scene, 25),
                  .parts = {{.invoice = &invoice, .amount = invoice.open}},
                  .means = erp::PAYMENT_MEANS_CREDIT_TRANSFER});
}

void cheque_bounced(const Scene& scene) {
  Invoice invoice = sell_due(scene, 30);
  const std::string payment =
      scene.desk.pay({.day = day_after(scene, -20),
                      .parts = {{.invoice = &invoice, .amount = invoice.open}},
                      .means = erp::PAYMENT_MEANS_CHEQUE});
  reject(scene, payment, "", day_after(scene, -11), "AM04");
  invoice.open = invoice.gross();
  scene.desk.pay_all(&invoice, day_after(scene, 12));
}

// Paid twice by mistake: the second time is money without an invoice.
void paid_twice(const Scene& scene) {
  Invoice invoice = sell_due(scene, 15);
  const std::int64_t amount = invoice.open;
  scene.desk.pay_all(&invoice, day_after(scene, -14));
  scene.desk.pay(
      {.day = day_after(scene, -7),
       .parts = {},
       .unallocated = amount,
       .more = [&](erp::PaymentReceived* out) { out->add_remittance_lines(invoice.number()); }});
}

void small_difference(const Scene& scene) {
  Invoice invoice = sell_due(scene, 5);
  scene.desk.pay({.day = day_after(scene, -4),
                  .parts = {{.invoice = &invoice, .amount = invoice.open - 2, .difference = 2}}});
}

// Who paid is known by the reference alone; and by nothing.
void unknown_payer(const Scene& scene) {
  Invoice invoice = draft_due(scene, 6);
  const std::string reference =
      rf_reference(std::to_string(scene.now.days()) + scene.desk.account().id.substr(1));
  invoice.event.set_structured_reference(reference);
  scene.desk.issue(&invoice);
  scene.desk.pay({.day = day_after(scene, -5),
                  .parts = {{.invoice = &invoice, .amount = invoice.open}},
                  .means = erp::PAYMENT_MEANS_OTHER,
                  .more = [&](erp::PaymentReceived* out) {
                    out->clear_account();
                    out->set_structured_reference(reference);
                  }});
  scene.desk.pay({.day = day_after(scene, -4),
                  .parts = {},
                  .unallocated = some_net(scene),
                  .more = [&](erp::PaymentReceived* out) {
                    out->clear_account();
                    out->set_payer_name("Donneur d'ordre inconnu");
                    out->clear_payer_account();
                    out->add_remittance_lines("VIR SEPA SANS REFERENCE");
                  }});
}

// A guarantor pays; and a bank that keeps its charges and changes money.
void paid_by_others(const Scene& scene) {
  Invoice invoice = sell_due(scene, 60);
  scene.desk.pay({.day = day_after(scene, -8),
                  .parts = {{.invoice = &invoice, .amount = invoice.open}},
                  .more = [](erp::PaymentReceived* out) {
                    out->set_paid_by_third_party(true);
                    out->set_payer_name("Caution mutuelle des métiers de bouche");
                  }});
  Invoice abroad = sell_due(scene, 9);
  const std::int64_t charges = 1'500;
  scene.desk.pay({.day = day_after(scene, -7),
                  .parts = {{.invoice = &abroad, .amount = abroad.open - charges}},
                  .more = [&](erp::PaymentReceived* out) {
                    set_money(abroad.currency(), charges, out->mutable_charges());
                    set_money("CHF", abroad.gross() * 94 / 100, out->mutable_instructed_amount());
                    out->mutable_exchange_rate()->set_unscaled(94);
                    out->mutable_exchange_rate()->set_scale(2);
                  }});
}

void other_means(const Scene& scene) {
  for (const auto means : {erp::PAYMENT_MEANS_CARD,
                           erp::PAYMENT_MEANS_CASH,
                           erp::PAYMENT_MEANS_LETTER_OF_CREDIT,
                           erp::PAYMENT_MEANS_CHEQUE}) {
    Invoice invoice = sell_due(scene, 4);
    scene.desk.pay({.day = day_after(scene, -6),
                    .parts = {{.invoice = &invoice, .amount = invoice.open}},
                    .means = means});
  }
}

constexpr SceneKind kScenes[] = {{"paper_running", paper_running, 4},
                                 {"paper_honoured", paper_honoured, 12},
                                 {"paper_unpaid", paper_unpaid, 3},
                                 {"down_payment", down_payment, 4, true},
                                 {"down_payment_waiting", down_payment_waiting, 3, true},
                                 {"unallocated", unallocated, 16},
                                 {"allocated_later", allocated_later, 14},
                                 {"allocation_reversed", allocation_reversed, 6},
                                 {"debit_rejected", debit_rejected, 16},
                                 {"cheque_bounced", cheque_bounced, 5},
                                 {"paid_twice", paid_twice, 5},
                                 {"small_difference", small_difference, 8, true},
                                 {"unknown_payer", unknown_payer, 3},
                                 {"paid_by_others", paid_by_others, 3},
                                 {"other_means", other_means, 4}};

}  // namespace

std::span<const SceneKind> money_scenes() { return kScenes; }

}  // namespace encours::sample
