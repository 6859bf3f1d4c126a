// Scenes of disputes and holds.
#include "deploy/sample/scenes.h"

namespace encours::sample {
namespace {

struct Reason {
  const char* code;
  const char* french;
  const char* english;
};
constexpr Reason kReasons[] = {
    {"QTE_ERR",
     "Il manque deux colis sur la livraison.",
     "Two parcels of the delivery are missing."},
    {"PU_ERR", "Le prix unitaire n'est pas celui du devis.", "The unit price is not as quoted."},
    {"QUALITE_ERR", "Produits livrés hors température.", "Goods were delivered too warm."},
    {"LIVR_INCOMP", "Livraison incomplète.", "The delivery was incomplete."},
    {"REM_ERR", "La remise de fin d'année n'est pas déduite.", "The yearly rebate was left out."},
    {"TX_TVA_ERR", "Le taux de TVA est faux.", "The rate of VAT is wrong."},
    {"CMD_ERR", "Pas de numéro de commande.", "There is no order number."}};

// A dispute about three parts in ten of `invoice`, opened `days` from now.
erp::DisputeOpened dispute_of(const Scene& scene, const Invoice& invoice, int days) {
  const Reason& reason = scene.random.pick(kReasons);
  const bool french = scene.desk.account().language.starts_with("fr");
  erp::DisputeOpened dispute;
  dispute.set_dispute(scene.desk.new_id("LTG"));
  dispute.set_account(scene.desk.account().id);
  dispute.set_invoice(invoice.number());
  set_money(invoice.currency(), invoice.gross() * 3 / 10, dispute.mutable_amount());
  dispute.set_reason_code(reason.code);
  dispute.set_reason(french ? reason.french : reason.english);
  set_date(day_after(scene, days), dispute.mutable_opened_on());
  set_date(day_after(scene, days + 21), dispute.mutable_answer_due_date());
  dispute.set_channel(erp::CHANNEL_EMAIL);
  dispute.set_contact_id("1");
  return dispute;
}

void tell_dispute(const Scene& scene,
                  const erp::DisputeOpened& dispute,
                  int days,
                  int version = 1) {
  erp::ErpEvent event;
  *event.mutable_dispute_opened() = dispute;
  tell(scene, kCollection, "dispute/" + dispute.dispute(), version, days, event);
}

// Somebody must answer: from now on it is under review.
void assign(const Scene& scene, erp::DisputeOpened dispute, int days) {
  dispute.set_owner(scene.desk.account().sales_owner);
  tell_dispute(scene, dispute, days, 2);
}

struct End {
  erp::DisputeOutcome outcome;
  int days;
  std::int64_t accepted = 0;
  const char* justification = "";
};

// What is accepted is given by a credit note that names the dispute.
void resolve(const Scene& scene, const erp::DisputeOpened& dispute, Invoice* invoice, End end) {
  erp::ErpEvent event;
  auto& resolved = *event.mutable_dispute_resolved();
  resolved.set_dispute(dispute.dispute());
  resolved.set_account(dispute.account());
  resolved.set_outcome(end.outcome);
  set_date(day_after(scene, end.days), resolved.mutable_resolved_on());
  resolved.set_justification(end.justification);
  if (end.accepted > 0) {
    set_money(invoice->currency(), end.accepted, resolved.mutable_accepted_amount());
    resolved.set_credit_note(scene.desk.credit(day_after(scene, end.days),
                                               erp::CREDIT_NOTE_KIND_CORRECTION,
                                               {{.invoice = invoice, .amount = end.accepted}},
                                               0,
                                               [&](erp::CreditNoteIssued* note) {
                                                 note->set_dispute(dispute.dispute());
                                                 note->set_reason_code(dispute.reason_code());
                                               }));
  }
  tell(scene, kCollection, "resolution/" + dispute.dispute(), 3, end.days, event);
}

// What is not contested is paid on time, the rest some days after the end.
void dispute_open(const Scene& scene) {
  Invoice invoice = sell_due(scene, -4);
  const auto dispute = dispute_of(scene, invoice, -6);
  tell_dispute(scene, dispute, -6);
  const std::int64_t disputed = dispute.amount().minor();
  assign(scene, dispute, 5);
  scene.desk.pay({.day = day_after(scene, 4),
                  .parts = {{.invoice = &invoice, .amount = invoice.open - disputed}}});
  resolve(scene,
          dispute,
          &invoice,
          {erp::DISPUTE_OUTCOME_PARTLY_ACCEPTED, 13, disputed / 2, "La moitié est due."});
  scene.desk.pay_all(&invoice, day_after(scene, 20));
}

void dispute_under_review(const Scene& scene) { dispute_open(later(scene, -7)); }

// All of it, said on the portal; the whole amount is contested.
void dispute_of_all(const Scene& scene) {
  Invoice invoice = sell_due(scene, 3);
  auto dispute = dispute_of(scene, invoice, -8);
  dispute.mutable_amount()->set_minor(invoice.open);
  dispute.set_channel(erp::CHANNEL_PORTAL);
  dispute.set_reason_code("DOUBLE_FACT");
  tell_dispute(scene, dispute, -8);
  resolve(scene, dispute, &invoice, {erp::DISPUTE_OUTCOME_ACCEPTED, 12, invoice.open, "Doublon."});
}

void dispute_accepted(const Scene& scene) {
  Invoice invoice = sell_due(scene, 24);
  const auto dispute = dispute_of(scene, invoice, -22);
  tell_dispute(scene, dispute, -22);
  assign(scene, dispute, -20);
  resolve(scene,
          dispute,
          &invoice,
          {erp::DISPUTE_OUTCOME_ACCEPTED, -10, dispute.amount().minor(), "Avoir émis."});
  scene.desk.pay_all(&invoice, day_after(scene, -4));
}

void dispute_partly_accepted(const Scene& scene) {
  Invoice invoice = sell_due(scene, 30);
  const auto dispute = dispute_of(scene, invoice, -27);
  tell_dispute(scene, dispute, -27);
  assign(scene, dispute, -24);
  resolve(scene,
          dispute,
          &invoice,
          {erp::DISPUTE_OUTCOME_PARTLY_ACCEPTED,
           -12,
           dispute.amount().minor() / 3,
           "Un colis sur trois."});
  scene.desk.pay_all(&invoice, day_after(scene, 12));
}

void dispute_rejected(const Scene& scene) {
  Invoice invoice = sell_due(scene, 34);
  const auto dispute = dispute_of(scene, invoice, -30);
  tell_dispute(scene, dispute, -30);
  assign(scene, dispute, -29);
  resolve(scene,
          dispute,
          &invoice,
          {erp::DISPUTE_OUTCOME_REJECTED, -12, 0, "Bon de livraison signé sans réserve."});
  scene.desk.pay_all(&invoice, day_after(scene, 16));
}

void dispute_withdrawn(const Scene& scene) {
  Invoice invoice = sell_due(scene, 20);
  const auto dispute = dispute_of(scene, invoice, -18);
  tell_dispute(scene, dispute, -18);
  resolve(scene, dispute, &invoice, {erp::DISPUTE_OUTCOME_WITHDRAWN, -9});
  scene.desk.pay_all(&invoice, day_after(scene, -5));
}

// The day to answer has passed, and nobody has.
void dispute_escalated(const Scene& scene) {
  Invoice invoice = sell_due(scene, 38);
  const auto dispute = dispute_of(scene, invoice, -36);
  tell_dispute(scene, dispute, -36);
  assign(scene, dispute, -33);
  resolve(scene, dispute, &invoice, {erp::DISPUTE_OUTCOME_REJECTED, 20, 0, "Trop tard contesté."});
  scene.desk.pay_all(&invoice, day_after(scene, 40));
}

// The whole account: no invoice is named.
void dispute_of_account(const Scene& scene) {
  Invoice invoice = sell_due(scene, 12);
  auto dispute = dispute_of(scene, invoice, -9);
  dispute.clear_invoice();
  dispute.clear_amount();
  dispute.set_reason_code("AUTRE");
  dispute.set_reason("Demande un relevé de compte avant tout règlement.");
  tell_dispute(scene, dispute, -9);
  resolve(scene, dispute, &invoice, {erp::DISPUTE_OUTCOME_WITHDRAWN, 6});
  scene.desk.pay_all(&invoice, day_after(scene, 9));
}

struct Pause {
  int from;
  int until;
  const char* code;
  const char* reason;
};

std::string hold(const Scene& scene, const std::string& invoice, const Pause& pause) {
  const std::string id = scene.desk.new_id("SUSP");
  erp::ErpEvent event;
  auto& placed = *event.mutable_hold_placed();
  placed.set_hold(id);
  placed.set_account(scene.desk.account().id);
  placed.set_invoice(invoice);
  placed.set_reason_code(pause.code);
  placed.set_reason(pause.reason);
  set_date(day_after(scene, pause.from), placed.mutable_from());
  set_date(day_after(scene, pause.until), placed.mutable_until());
  placed.set_placed_by(scene.desk.account().owner);
  tell(scene, kCollection, "hold/" + id, 1, pause.from, event);
  return id;
}

void hold_account(const Scene& scene) {
  Invoice invoice = sell_due(scene, 14);
  hold(scene, "", {-6, 24, "DIRECTION", "Négociation du contrat annuel"});
  scene.desk.pay_all(&invoice, day_after(scene, 26));
}

void hold_invoice(const Scene& scene) {
  Invoice invoice = sell_due(scene, 6);
  hold(scene, invoice.number(), {-3, 12, "JUSTIF", "Bon de livraison à renvoyer"});
  scene.desk.pay_all(&invoice, day_after(scene, 10));
}

void hold_expired(const Scene& scene) {
  Invoice invoice = sell_due(scene, 40);
  hold(scene, "", {-34, -10, "CONGES", "Fermeture annuelle"});
  scene.desk.pay_all(&invoice, day_after(scene, 5));
}

void hold_released(const Scene& scene) {
  Invoice invoice = sell_due(scene, 30);
  const std::string id = hold(scene, "", {-26, 20, "DIRECTION", "Rendez-vous pris"});
  erp::ErpEvent event;
  auto& released = *event.mutable_hold_released();
  released.set_hold(id);
  released.set_account(scene.desk.account().id);
  set_date(day_after(scene, -8), released.mutable_released_on());
  released.set_reason_code("FIN");
  tell(scene, kCollection, "release/" + id, 2, -8, event);
  scene.desk.pay_all(&invoice, day_after(scene, 7));
}

// The file is with a bailiff: the creditor himself writes no more.
void with_bailiff(const Scene& scene) {
  Invoice invoice = sell_due(scene, 150);
  hold(scene, "", {-20, 160, "JUDICIAIRE", "Dossier remis à l'huissier"});
  scene.desk.pay({.day = day_after(scene, -6),
                  .parts = {{.invoice = &invoice, .amount = invoice.gross() / 6}}});
}

constexpr SceneKind kScenes[] = {{"dispute_open", dispute_open, 20},
                                 {"dispute_under_review", dispute_under_review, 12},
                                 {"dispute_of_all", dispute_of_all, 5},
                                 {"dispute_accepted", dispute_accepted, 14},
                                 {"dispute_partly_accepted", dispute_partly_accepted, 9},
                                 {"dispute_rejected", dispute_rejected, 9},
                                 {"dispute_withdrawn", dispute_withdrawn, 6},
                                 {"dispute_escalated", dispute_escalated, 5},
                                 {"dispute_of_account", dispute_of_account, 2},
                                 {"hold_account", hold_account, 8},
                                 {"hold_invoice", hold_invoice, 6},
                                 {"hold_expired", hold_expired, 4},
                                 {"hold_released", hold_released, 4},
                                 {"with_bailiff", with_bailiff, 2}};

}  // namespace

std::span<const SceneKind> dispute_scenes() { return kScenes; }

}  // namespace encours::sample
