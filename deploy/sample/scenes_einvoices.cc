// Scenes of the e-invoicing reform: lifecycle statuses of invoices as platforms report them.
#include <initializer_list>

#include "deploy/sample/scenes.h"

namespace encours::sample {
namespace {

using Status = erp::EInvoiceStatus;

struct Message {
  Status status;
  // Days from now.
  int days;
  const char* reason_code = "";
  const char* reason = "";
};

// Who says it: the seller's side, the buyer's, or a factor.
const char* role_of(Status status) {
  switch (status) {
    case erp::E_INVOICE_STATUS_SUBMITTED:
    case erp::E_INVOICE_STATUS_ISSUED_BY_PLATFORM:
    case erp::E_INVOICE_STATUS_COMPLETED:
    case erp::E_INVOICE_STATUS_COLLECTED:
    case erp::E_INVOICE_STATUS_CANCELLED:
      return "SE";
    case erp::E_INVOICE_STATUS_FACTORED:
    case erp::E_INVOICE_STATUS_FACTORED_CONFIDENTIALLY:
    case erp::E_INVOICE_STATUS_PAYEE_ACCOUNT_CHANGED:
    case erp::E_INVOICE_STATUS_NOT_FACTORED:
      return "DL";
    case erp::E_INVOICE_STATUS_REJECTED:
    case erp::E_INVOICE_STATUS_ROUTING_ERROR:
    case erp::E_INVOICE_STATUS_INADMISSIBLE:
      return "WK";
    default:
      return "BY";
  }
}

erp::EInvoiceStatusChanged status_of(const Scene& scene,
                                     const Invoice& invoice,
                                     const Message& message) {
  erp::EInvoiceStatusChanged changed;
  changed.set_invoice(invoice.number());
  changed.set_account(scene.desk.account().id);
  *changed.mutable_invoice_issue_date() = invoice.event.issue_date();
  changed.set_status(message.status);
  if (*message.reason_code != '\0') changed.add_reason_codes(message.reason_code);
  changed.set_reason(message.reason);
  changed.set_issuer_role(role_of(message.status));
  changed.set_message_id(scene.desk.new_id("CDAR"));
  changed.set_platform("PA-0999");
  return changed;
}

void add_amount(erp::EInvoiceAmountType type,
                const Invoice& invoice,
                std::int64_t minor,
                erp::EInvoiceStatusChanged* changed) {
  auto& amount = *changed->add_amounts();
  amount.set_type(type);
  set_money(invoice.currency(), minor, amount.mutable_amount());
}

void report(const Scene& scene, const erp::EInvoiceStatusChanged& changed, int days) {
  erp::ErpEvent event;
  *event.mutable_einvoice_status_changed() = changed;
  tell(scene, kPlatform, "status/" + changed.message_id(), 1, days, event);
}

void report_all(const Scene& scene,
                const Invoice& invoice,
                std::initializer_list<Message> messages) {
  for (const Message& message : messages) {
    report(scene, status_of(scene, invoice, message), message.days);
  }
}

// As a platform knows it, on its way to the buyer on the day of issue.
Invoice draft_einvoice(const Scene& scene, int days) {
  Invoice invoice = draft_due(scene, days);
  auto& ids = *invoice.event.mutable_einvoice();
  ids.set_platform_id("PA-0999-" + invoice.number());
  ids.set_sender_platform("PA-0999");
  ids.set_receiver_platform("PA-0998");
  ids.set_type_code("380");
  ids.set_process("B1");
  ids.set_syntax("FACTURX");
  return invoice;
}

Invoice sell_einvoice(const Scene& scene, int days) {
  Invoice invoice = draft_einvoice(scene, days);
  scene.desk.issue(&invoice);
  const int issued = invoice.issued() - scene.now;
  report_all(scene,
             invoice,
             {{erp::E_INVOICE_STATUS_SUBMITTED, issued},
              {erp::E_INVOICE_STATUS_ISSUED_BY_PLATFORM, issued},
              {erp::E_INVOICE_STATUS_RECEIVED_BY_PLATFORM, issued + 1},
              {erp::E_INVOICE_STATUS_MADE_AVAILABLE, issued + 1}});
  return invoice;
}

// From the way in to the money: payment announced (a promise with evidence), then collected.
void paid(const Scene& scene) {
  Invoice invoice = draft_einvoice(scene, 4);
  invoice.event.set_supply_nature(erp::SUPPLY_NATURE_SERVICES);
  invoice.event.set_tax_on_receipt(true);
  scene.desk.issue(&invoice);
  report_all(scene,
             invoice,
             {{erp::E_INVOICE_STATUS_SUBMITTED, -30},
              {erp::E_INVOICE_STATUS_MADE_AVAILABLE, -29},
              {erp::E_INVOICE_STATUS_TAKEN_IN_CHARGE, -27},
              {erp::E_INVOICE_STATUS_ENDORSED, -20},
              {erp::E_INVOICE_STATUS_APPROVED, -15}});
  auto announced = status_of(scene, invoice, {erp::E_INVOICE_STATUS_PAYMENT_SENT, -10});
  set_date(day_after(scene, -8), announced.mutable_payment_date());
  announced.set_payment_reference("MANDAT-" + invoice.number());
  add_amount(erp::E_INVOICE_AMOUNT_TYPE_PAID, invoice, invoice.gross(), &announced);
  report(scene, announced, -10);
  const std::int64_t gross = invoice.open;
  scene.desk.pay_all(&invoice, day_after(scene, -8));
  auto collected = status_of(scene, invoice, {erp::E_INVOICE_STATUS_COLLECTED, -4});
  add_amount(erp::E_INVOICE_AMOUNT_TYPE_COLLECTED, invoice, gross, &collected);
  report(scene, collected, -4);
}

void payment_announced(const Scene& scene) { paid(later(scene, 9)); }

void partly_approved(const Scene& scene) {
  Invoice invoice = sell_einvoice(scene, -2);
  const std::int64_t refused = invoice.gross() / 10;
  auto changed = status_of(
      scene, invoice, {erp::E_INVOICE_STATUS_PARTLY_APPROVED, -6, "QTE_ERR", "Manque 1 colis"});
  add_amount(
      erp::E_INVOICE_AMOUNT_TYPE_APPROVED_GROSS, invoice, invoice.gross() - refused, &changed);
  add_amount(erp::E_INVOICE_AMOUNT_TYPE_NOT_APPROVED_GROSS, invoice, refused, &changed);
  report(scene, changed, -6);
  scene.desk.credit(day_after(scene, 3),
                    erp::CREDIT_NOTE_KIND_CORRECTION,
                    {{.invoice = &invoice, .amount = refused}});
  scene.desk.pay_all(&invoice, day_after(scene, 8));
}

// A dispute before the first reminder, taken back by an approval.
void disputed(const Scene& scene) {
  Invoice invoice = sell_einvoice(scene, -5);
  report_all(scene,
             invoice,
             {{erp::E_INVOICE_STATUS_DISPUTED, -7, "PU_ERR", "Prix différent du marché"},
              {erp::E_INVOICE_STATUS_APPROVED, 6}});
  scene.desk.pay_all(&invoice, day_after(scene, 15));
}

void suspended(const Scene& scene) {
  Invoice invoice = sell_einvoice(scene, -6);
  report_all(scene,
             invoice,
             {{erp::E_INVOICE_STATUS_SUSPENDED, -9, "JUSTIF_ABS", "Bon de livraison absent"},
              {erp::E_INVOICE_STATUS_COMPLETED, 3},
              {erp::E_INVOICE_STATUS_APPROVED, 8}});
  scene.desk.pay_all(&invoice, day_after(scene, 18));
}

void completed(const Scene& scene) { suspended(later(scene, -6)); }

// Refused for its form: no reminder, but a new invoice in its place.
void refused(const Scene& scene) {
  Invoice invoice = sell_einvoice(scene, -8);
  report_all(
      scene, invoice, {{erp::E_INVOICE_STATUS_REFUSED, -6, "CMD_ERR", "Engagement inconnu"}});
  const std::int64_t net = invoice.event.net_amount().minor();
  Invoice again = scene.desk.draft(day_after(scene, 4), net);
  scene.desk.cancel(&invoice, day_after(scene, 4), "CMD_ERR", again.number());
  report_all(scene, invoice, {{erp::E_INVOICE_STATUS_CANCELLED, 4}});
  scene.desk.issue(&again);
  scene.desk.pay_all(&again, again.due() + 2);
}

void refused_and_replaced(const Scene& scene) { refused(later(scene, -60)); }

// They never came to the buyer: the platforms say why.
void rejected(const Scene& scene) {
  Invoice twice = draft_einvoice(scene, -12);
  scene.desk.issue(&twice);
  report_all(scene,
             twice,
             {{erp::E_INVOICE_STATUS_SUBMITTED, -12},
              {erp::E_INVOICE_STATUS_REJECTED, -11, "REJ_UNI", "Numéro déjà déposé"}});
  Invoice lost = draft_einvoice(scene, -14);
  scene.desk.issue(&lost);
  report_all(scene,
             lost,
             {{erp::E_INVOICE_STATUS_SUBMITTED, -12},
              {erp::E_INVOICE_STATUS_ROUTING_ERROR, -10, "CODE_ROUTAGE_ERR", "Service inconnu"}});
  Invoice wrong = draft_einvoice(scene, -13);
  scene.desk.issue(&wrong);
  report_all(scene,
             wrong,
             {{erp::E_INVOICE_STATUS_SUBMITTED, -12},
              {erp::E_INVOICE_STATUS_INADMISSIBLE, -12, "REJ_SEMAN", "Fichier illisible"}});
  for (Invoice* invoice : {&twice, &lost, &wrong}) {
    scene.desk.cancel(invoice, day_after(scene, 5), "REJET", "");
  }
}

// Sold to a factor, one of them in confidence; a third one came back.
void factored(const Scene& scene) {
  for (const Status status : {erp::E_INVOICE_STATUS_FACTORED,
                              erp::E_INVOICE_STATUS_FACTORED_CONFIDENTIALLY,
                              erp::E_INVOICE_STATUS_NOT_FACTORED,
                              erp::E_INVOICE_STATUS_PAYEE_ACCOUNT_CHANGED}) {
    Invoice invoice = draft_einvoice(scene, -9);
    invoice.event.set_factored(status == erp::E_INVOICE_STATUS_FACTORED);
    scene.desk.issue(&invoice);
    auto changed = status_of(scene, invoice, {status, -10});
    if (status != erp::E_INVOICE_STATUS_NOT_FACTORED) {
      changed.mutable_payee()->set_name("Affacturage Lormeray");
    }
    report(scene, changed, -10);
    scene.desk.pay_all(&invoice, day_after(scene, 12));
  }
}

// A subcontractor asks the public buyer to pay him directly.
void direct_payment(const Scene& scene) {
  Invoice invoice = sell_einvoice(scene, -11);
  report_all(scene, invoice, {{erp::E_INVOICE_STATUS_DIRECT_PAYMENT_REQUESTED, -8}});
  scene.desk.pay_all(&invoice, day_after(scene, 14));
}

constexpr SceneKind kScenes[] = {{"einvoice_paid", paid, 12},
                                 {"einvoice_payment_announced", payment_announced, 6},
                                 {"einvoice_partly_approved", partly_approved, 4},
                                 {"einvoice_disputed", disputed, 5},
                                 {"einvoice_suspended", suspended, 4},
                                 {"einvoice_completed", completed, 2},
                                 {"einvoice_refused", refused, 4},
                                 {"einvoice_refused_and_replaced", refused_and_replaced, 2},
                                 {"einvoice_rejected", rejected, 3},
                                 {"einvoice_factored", factored, 3},
                                 {"einvoice_direct_payment", direct_payment, 1}};

}  // namespace

std::span<const SceneKind> einvoice_scenes() { return kScenes; }

}  // namespace encours::sample
