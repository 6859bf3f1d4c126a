// Scenes of invoices and credit notes: instalments, corrections, cancellations, retentions.
#include <array>

#include "deploy/sample/scenes.h"

namespace encours::sample {
namespace {

void add_instalment(Invoice* invoice, int number, Date due, std::int64_t minor) {
  auto& part = *invoice->event.add_instalments();
  part.set_number(number);
  set_date(due, part.mutable_due_date());
  set_money(invoice->currency(), minor, part.mutable_amount());
  set_date(due, invoice->event.mutable_due_date());
}

// In three parts: the first paid, the second late today, the third to come.
void instalments(const Scene& scene) {
  Invoice invoice = draft_due(scene, 45);
  const std::int64_t third = invoice.gross() / 3;
  const Date first = scene.now - 42;
  add_instalment(&invoice, 1, first, third);
  add_instalment(&invoice, 2, first + 30, third);
  add_instalment(&invoice, 3, first + 60, invoice.gross() - 2 * third);
  scene.desk.issue(&invoice);
  int number = 0;
  for (const int days : {-40, 6, 22}) {
    const bool last = ++number == 3;
    scene.desk.pay(
        {.day = day_after(scene, days),
         .parts = {
             {.invoice = &invoice, .amount = last ? invoice.open : third, .instalment = number}}});
  }
}

// Works: one part in twenty is held back for a year.
void retention(const Scene& scene) {
  Invoice invoice = draft_due(scene, 40);
  const std::int64_t held = invoice.gross() / 20;
  auto& retention = *invoice.event.add_retentions();
  set_money(invoice.currency(), held, retention.mutable_amount());
  set_date(invoice.issued().plus_months(12), retention.mutable_due_date());
  invoice.event.set_supply_nature(erp::SUPPLY_NATURE_SERVICES);
  add_instalment(&invoice, 1, invoice.due(), invoice.gross() - held);
  add_instalment(&invoice, 2, invoice.issued().plus_months(12), held);
  scene.desk.issue(&invoice);
  scene.desk.pay(
      {.day = day_after(scene, -38),
       .parts = {{.invoice = &invoice, .amount = invoice.gross() - held, .instalment = 1}}});
}

void early_discount(const Scene& scene) {
  Invoice invoice = draft_due(scene, 10);
  const Date until = invoice.issued() + 10;
  auto& discount = *invoice.event.add_early_payment_discounts();
  set_date(until, discount.mutable_until());
  discount.mutable_rate_percent()->set_unscaled(2);
  scene.desk.issue(&invoice);
  const std::int64_t taken = (invoice.gross() * 2 + 50) / 100;
  scene.desk.pay(
      {.day = last_business_day(until, true),
       .parts = {{.invoice = &invoice, .amount = invoice.gross() - taken, .discount = taken}}});
}

// A wrong due date, and a wrong price: each is a later version of the same invoice.
void corrected_invoice(const Scene& scene) {
  Invoice invoice = sell_due(scene, -20);
  scene.desk.correct(&invoice, day_after(scene, -12), [&](erp::InvoiceIssued* event) {
    set_date(invoice.due() + 15, event->mutable_due_date());
  });
  Invoice other = sell_due(scene, -10);
  scene.desk.correct(&other, day_after(scene, -9), [&](erp::InvoiceIssued* event) {
    const std::int64_t net = event->net_amount().minor() * 9 / 10;
    const std::int64_t tax = (net * scene.desk.account().tax_per_thousand + 500) / 1000;
    event->mutable_net_amount()->set_minor(net);
    event->mutable_tax_amount()->set_minor(tax);
    event->mutable_gross_amount()->set_minor(net + tax);
  });
}

void cancelled_and_replaced(const Scene& scene) {
  Invoice wrong = sell_due(scene, -15);
  Invoice right = scene.desk.draft(day_after(scene, -8), wrong.event.net_amount().minor());
  auto& before = *right.event.mutable_references()->add_preceding_invoices();
  before.set_number(wrong.number());
  *before.mutable_issue_date() = wrong.event.issue_date();
  scene.desk.cancel(&wrong, day_after(scene, -8), "ADR_ERR", right.number());
  scene.desk.issue(&right);
}

void credit_for_part(const Scene& scene) {
  Invoice invoice = sell_due(scene, -5);
  const std::int64_t part = invoice.gross() * 15 / 100;
  scene.desk.credit(
      day_after(scene, -3), erp::CREDIT_NOTE_KIND_RETURN, {{.invoice = &invoice, .amount = part}});
  scene.desk.pay_all(&invoice, day_after(scene, 8));
}

void credit_for_all(const Scene& scene) {
  Invoice invoice = sell_due(scene, 12);
  scene.desk.credit(day_after(scene, -6),
                    erp::CREDIT_NOTE_KIND_CANCELLATION,
                    {{.invoice = &invoice, .amount = invoice.open}});
}

// A rebate that names no invoice, set against one three weeks later.
void free_credit(const Scene& scene) {
  Invoice invoice = sell_due(scene, -10);
  const std::int64_t rebate = invoice.gross() / 10;
  const std::string note =
      scene.desk.credit(day_after(scene, -6), erp::CREDIT_NOTE_KIND_REBATE, {}, rebate);
  scene.desk.allocate(day_after(scene, 15),
                      {.invoice = &invoice, .amount = rebate},
                      [&](erp::PaymentAllocated* out) { out->set_credit_note(note); });
}

void credit_allocated(const Scene& scene) { free_credit(later(scene, -30)); }

void credit_refunded(const Scene& scene) {
  const std::int64_t amount = some_net(scene) / 5 + 1'000;
  scene.desk.credit(day_after(scene, -20),
                    erp::CREDIT_NOTE_KIND_COMMERCIAL_GESTURE,
                    {},
                    amount,
                    [&](erp::CreditNoteIssued* note) {
                      set_date(day_after(scene, -10), note->mutable_refunded_on());
                    });
}

// Interest and the fixed indemnity for an invoice that was paid late.
void accessory_invoice(const Scene& scene) {
  Invoice invoice = sell_due(scene, 70);
  scene.desk.pay_all(&invoice, day_after(scene, -25));
  Invoice accessory = scene.desk.draft(day_after(scene, -20), 4'000 + invoice.gross() / 100);
  accessory.event.add_accessory_of_invoices(invoice.number());
  accessory.event.set_note("Intérêts de retard et indemnité forfaitaire de 40 €");
  accessory.event.mutable_tax_amount()->set_minor(0);
  *accessory.event.mutable_gross_amount() = accessory.event.net_amount();
  scene.desk.issue(&accessory);
}

void set_off(const Scene& scene) {
  for (const bool taken_back : {false, true}) {
    Invoice invoice = sell_due(scene, 20);
    const Part part{.invoice = &invoice, .amount = invoice.gross() * 2 / 5};
    const std::string id = scene.desk.new_id("COMP");
    erp::ErpEvent event;
    auto& body = *event.mutable_set_off_recorded();
    body.set_set_off(id);
    body.set_account(scene.desk.account().id);
    set_money(invoice.currency(), part.amount, body.mutable_amount());
    set_date(day_after(scene, -12), body.mutable_effective_date());
    if (!taken_back) scene.desk.take(part);
    scene.desk.fill_part(part, body.add_invoices());
    body.add_counter_documents("FOUR-" + id);
    scene.desk.send(kErp, "set_off/" + id, 1, day_after(scene, -12), event);
    if (!taken_back) continue;
    erp::ErpEvent back;
    back.mutable_set_off_recorded()->set_set_off(id + "-R");
    back.mutable_set_off_recorded()->set_account(scene.desk.account().id);
    back.mutable_set_off_recorded()->set_reverses(id);
    scene.desk.send(kErp, "set_off/" + id + "-R", 1, day_after(scene, -5), back);
  }
}

erp::WriteOffRecorded write_off_of(const Scene& scene,
                                   const Invoice& invoice,
                                   std::int64_t minor,
                                   erp::WriteOffReason reason,
                                   const std::string& id) {
  erp::WriteOffRecorded body;
  body.set_write_off(id);
  body.set_account(scene.desk.account().id);
  body.set_invoice(invoice.number());
  set_money(invoice.currency(), minor, body.mutable_amount());
  set_date(day_after(scene, -10), body.mutable_written_off_on());
  body.set_reason(reason);
  body.set_approved_by("Direction financière");
  return body;
}

// One claim for each reason that there is; the last one is paid after all.
void write_offs(const Scene& scene) {
  constexpr std::array<erp::WriteOffReason, 6> kReasons = {erp::WRITE_OFF_REASON_CERTIFICATE,
                                                           erp::WRITE_OFF_REASON_PROCEDURE_CLOSED,
                                                           erp::WRITE_OFF_REASON_SMALL_AMOUNT,
                                                           erp::WRITE_OFF_REASON_TIME_BARRED,
                                                           erp::WRITE_OFF_REASON_PAYMENT_DIFFERENCE,
                                                           erp::WRITE_OFF_REASON_WAIVER};
  for (const auto reason : kReasons) {
    const bool small = reason == erp::WRITE_OFF_REASON_SMALL_AMOUNT ||
                       reason == erp::WRITE_OFF_REASON_PAYMENT_DIFFERENCE;
    Invoice invoice = sell_due(scene, 160);
    const std::int64_t left = small ? 37 : invoice.gross() / 2;
    scene.desk.pay({.day = day_after(scene, -100),
                    .parts = {{.invoice = &invoice, .amount = invoice.open - left}}});
    const std::string id = scene.desk.new_id("PERTE");
    erp::ErpEvent event;
    *event.mutable_write_off_recorded() = write_off_of(scene, invoice, left, reason, id);
    scene.desk.send(kErp, "write_off/" + id, 1, day_after(scene, -10), event);
    if (reason != erp::WRITE_OFF_REASON_WAIVER) continue;
    erp::ErpEvent back;
    back.mutable_write_off_recorded()->set_write_off(id + "-R");
    back.mutable_write_off_recorded()->set_account(scene.desk.account().id);
    back.mutable_write_off_recorded()->set_reverses(id);
    scene.desk.send(kErp, "write_off/" + id + "-R", 1, day_after(scene, -3), back);
    scene.desk.pay_all(&invoice, day_after(scene, -3));
  }
}

constexpr SceneKind kScenes[] = {{"instalments", instalments, 14},
                                 {"retention", retention, 5},
                                 {"early_discount", early_discount, 6, true},
                                 {"corrected_invoice", corrected_invoice, 12},
                                 {"cancelled_and_replaced", cancelled_and_replaced, 14},
                                 {"credit_for_part", credit_for_part, 40},
                                 {"credit_for_all", credit_for_all, 14},
                                 {"free_credit", free_credit, 12},
                                 {"credit_allocated", credit_allocated, 8},
                                 {"credit_refunded", credit_refunded, 5},
                                 {"accessory_invoice", accessory_invoice, 8},
                                 {"set_off", set_off, 4, true},
                                 {"write_offs", write_offs, 3, true}};

}  // namespace

std::span<const SceneKind> invoice_scenes() { return kScenes; }

}  // namespace encours::sample
