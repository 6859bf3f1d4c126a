// Scenes of promises to pay: each way in which one can stand or end, and payment plans.
#include "deploy/sample/scenes.h"

namespace encours::sample {
namespace {

// A promise of all that is open of `invoice`, given and to be kept on these days.
erp::PromiseRecorded promise_of(const Scene& scene, const Invoice& invoice, int given, int until) {
  erp::PromiseRecorded promise;
  promise.set_promise(scene.desk.new_id("PR"));
  promise.set_account(scene.desk.account().id);
  promise.add_invoices(invoice.number());
  set_money(invoice.currency(), invoice.open, promise.mutable_amount());
  set_date(day_after(scene, given), promise.mutable_given_on());
  set_date(day_after(scene, until), promise.mutable_promised_date());
  promise.set_channel(erp::CHANNEL_CALL);
  promise.set_contact_id("1");
  return promise;
}

void tell_promise(const Scene& scene,
                  const erp::PromiseRecorded& promise,
                  int days,
                  int version = 1) {
  erp::ErpEvent event;
  *event.mutable_promise_recorded() = promise;
  tell(scene, kCollection, "promise/" + promise.promise(), version, days, event);
}

void pay_part(const Scene& scene, Invoice* invoice, std::int64_t amount, int days) {
  scene.desk.pay(
      {.day = day_after(scene, days), .parts = {{.invoice = invoice, .amount = amount}}});
}

// A machine has read it in a mail; a person must accept it, and does so in three days.
void promise_proposed(const Scene& scene) {
  Invoice invoice = sell_due(scene, 9);
  auto promise = promise_of(scene, invoice, -1, 12);
  promise.set_channel(erp::CHANNEL_EMAIL);
  promise.set_proposed(true);
  tell_promise(scene, promise, -1);
  promise.set_proposed(false);
  tell_promise(scene, promise, 3, 2);
  scene.desk.pay_all(&invoice, day_after(scene, 11));
}

void promise_active(const Scene& scene) {
  Invoice invoice = sell_due(scene, 18);
  tell_promise(scene, promise_of(scene, invoice, -4, 10), -4);
  scene.desk.pay_all(&invoice, day_after(scene, 9));
}

void promise_kept(const Scene& scene) {
  Invoice invoice = sell_due(scene, 40);
  tell_promise(scene, promise_of(scene, invoice, -28, -12), -28);
  scene.desk.pay_all(&invoice, day_after(scene, -16));
}

void promise_partly_kept(const Scene& scene) {
  Invoice invoice = sell_due(scene, 50);
  tell_promise(scene, promise_of(scene, invoice, -38, -16), -38);
  pay_part(scene, &invoice, invoice.gross() * 2 / 5, -18);
  scene.desk.pay_all(&invoice, day_after(scene, 24));
}

// Broken today; paid late a month after.
void promise_broken(const Scene& scene) {
  Invoice invoice = sell_due(scene, 44);
  auto promise = promise_of(scene, invoice, -33, -14);
  promise.set_grace_days(3);
  tell_promise(scene, promise, -33);
  scene.desk.pay_all(&invoice, day_after(scene, 28));
}

void promise_paid_late(const Scene& scene) { promise_broken(later(scene, -40)); }

// A new day before the first one was over.
void promise_replaced(const Scene& scene) {
  Invoice invoice = sell_due(scene, 38);
  const auto first = promise_of(scene, invoice, -25, -7);
  tell_promise(scene, first, -25);
  auto second = promise_of(scene, invoice, -9, 12);
  second.set_replaces(first.promise());
  second.set_channel(erp::CHANNEL_EMAIL);
  tell_promise(scene, second, -9);
  scene.desk.pay_all(&invoice, day_after(scene, 10));
}

void promise_withdrawn(const Scene& scene) {
  Invoice invoice = sell_due(scene, 26);
  auto promise = promise_of(scene, invoice, -15, 6);
  tell_promise(scene, promise, -15);
  promise.set_withdrawn(true);
  promise.set_note("Attend l'avoir promis par le commercial");
  tell_promise(scene, promise, -5, 2);
  scene.desk.pay_all(&invoice, day_after(scene, 30));
}

// What was promised is no longer owed: it counts neither way.
void promise_cancelled(const Scene& scene) {
  Invoice invoice = sell_due(scene, 22);
  tell_promise(scene, promise_of(scene, invoice, -14, 8), -14);
  scene.desk.cancel(&invoice, day_after(scene, -3), "DOUBLE_FACT", "");
}

void add_instalment(const Scene& scene,
                    std::int64_t minor,
                    int days,
                    erp::PromiseRecorded* promise) {
  auto& part = *promise->add_instalments();
  part.set_number(promise->instalments_size());
  set_date(day_after(scene, days), part.mutable_promised_date());
  set_money(promise->amount().currency_code(), minor, part.mutable_amount());
}

// Four parts, one a month; two are paid today.
erp::PromiseRecorded plan_of(const Scene& scene, const Invoice& invoice) {
  auto plan = promise_of(scene, invoice, -55, 45);
  const std::int64_t quarter = invoice.gross() / 4;
  for (const int days : {-45, -15, 15}) add_instalment(scene, quarter, days, &plan);
  add_instalment(scene, invoice.gross() - 3 * quarter, 45, &plan);
  plan.set_channel(erp::CHANNEL_LETTER);
  plan.set_debt_acknowledgement(true);
  return plan;
}

void plan_running(const Scene& scene) {
  Invoice invoice = sell_due(scene, 70);
  tell_promise(scene, plan_of(scene, invoice), -55);
  const std::int64_t quarter = invoice.gross() / 4;
  for (const int days : {-46, -16, 14}) pay_part(scene, &invoice, quarter, days);
  scene.desk.pay_all(&invoice, day_after(scene, 44));
}

// The second part was missed, and the clause of acceleration makes all of it due.
void plan_broken(const Scene& scene) {
  Invoice invoice = sell_due(scene, 70);
  auto plan = plan_of(scene, invoice);
  plan.set_acceleration(true);
  tell_promise(scene, plan, -55);
  pay_part(scene, &invoice, invoice.gross() / 4, -46);
}

constexpr SceneKind kScenes[] = {{"promise_proposed", promise_proposed, 4},
                                 {"promise_active", promise_active, 14},
                                 {"promise_kept", promise_kept, 34},
                                 {"promise_partly_kept", promise_partly_kept, 9},
                                 {"promise_broken", promise_broken, 16},
                                 {"promise_paid_late", promise_paid_late, 8},
                                 {"promise_replaced", promise_replaced, 8},
                                 {"promise_withdrawn", promise_withdrawn, 3},
                                 {"promise_cancelled", promise_cancelled, 3},
                                 {"plan_running", plan_running, 7},
                                 {"plan_broken", plan_broken, 4}};

}  // namespace

std::span<const SceneKind> promise_scenes() { return kScenes; }

}  // namespace encours::sample
