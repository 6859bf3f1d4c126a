// Scenes of the customer itself: limits, orders, guarantees, blocked and closed accounts, people.
#include "deploy/sample/customers.h"
#include "deploy/sample/identifiers.h"
#include "deploy/sample/scenes.h"

namespace encours::sample {
namespace {

std::int64_t thousands(std::int64_t minor) { return (minor / 100'000 + 1) * 100'000; }

void limit_raised(const Scene& scene) {
  const std::int64_t usual = usual_exposure(scene.desk.account());
  set_limit(&scene.desk,
            {.day = day_after(scene, -25),
             .minor = thousands(usual * 3),
             .reason = "Hausse des commandes",
             .review = day_after(scene, 150)});
}

// What it owes as a rule is above it.
void limit_exceeded(const Scene& scene) {
  const std::int64_t usual = usual_exposure(scene.desk.account());
  set_limit(&scene.desk,
            {.day = day_after(scene, -40),
             .minor = std::max<std::int64_t>(50'000, usual / 3),
             .reason = "Baisse du crédit conseillé"});
}

void limit_expires(const Scene& scene) {
  const std::int64_t usual = usual_exposure(scene.desk.account());
  set_limit(&scene.desk,
            {.day = day_after(scene, -60),
             .minor = thousands(usual * 2),
             .reason = "Hausse pour la saison",
             .until = day_after(scene, 10)});
}

void limit_withdrawn(const Scene& scene) {
  set_limit(&scene.desk, {.day = day_after(scene, -8), .reason = "Comptes non déposés"});
}

// One limit for all accounts of the company.
void limit_of_company(const Scene& scene) {
  const std::int64_t usual = usual_exposure(scene.desk.account());
  set_limit(&scene.desk,
            {.day = day_after(scene, -90),
             .minor = thousands(usual * 4),
             .reason = "Plafond de la société",
             .of_company = true});
}

erp::OrderPlaced order_of(const Scene& scene, std::int64_t gross, int days) {
  erp::OrderPlaced order;
  order.set_order(scene.desk.new_id("CDE"));
  order.set_account(scene.desk.account().id);
  set_date(day_after(scene, days), order.mutable_ordered_on());
  set_money(scene.desk.account().currency, gross, order.mutable_gross_amount());
  set_date(day_after(scene, days + 20), order.mutable_expected_delivery());
  set_date(day_after(scene, days + 25), order.mutable_expected_invoice());
  *order.mutable_payment_terms() = scene.desk.account().terms;
  return order;
}

void tell_order(const Scene& scene, const erp::OrderPlaced& order, int days, int version = 1) {
  erp::ErpEvent event;
  *event.mutable_order_placed() = order;
  tell(scene, kErp, "order/" + order.order(), version, days, event);
}

void invoice_order(const Scene& scene,
                   const erp::OrderPlaced& order,
                   const Invoice& invoice,
                   bool closes) {
  erp::ErpEvent event;
  auto& invoiced = *event.mutable_order_invoiced();
  invoiced.set_order(order.order());
  invoiced.set_account(order.account());
  invoiced.set_invoice(invoice.number());
  *invoiced.mutable_gross_amount() = invoice.event.gross_amount();
  *invoiced.mutable_invoiced_on() = invoice.event.issue_date();
  invoiced.set_closes_order(closes);
  const int days = invoice.issued() - scene.now;
  tell(scene, kErp, "order_invoiced/" + invoice.number(), 2, days, event);
}

// Half of it is delivered, a third of it is invoiced.
void order_partly_invoiced(const Scene& scene) {
  const std::int64_t net = some_net(scene);
  Invoice first = scene.desk.draft(day_after(scene, -12), net);
  auto order = order_of(scene, first.gross() * 3, -35);
  tell_order(scene, order, -35);
  set_money(first.currency(), first.gross() * 3 / 2, order.mutable_delivered_amount());
  tell_order(scene, order, -15, 2);
  first.event.mutable_references()->set_sales_order(order.order());
  scene.desk.issue(&first);
  invoice_order(scene, order, first, false);
  scene.desk.pay_all(&first, first.due());
  Invoice second = scene.desk.draft(day_after(scene, 9), net * 2);
  scene.desk.issue(&second);
  invoice_order(scene, order, second, true);
  scene.desk.pay_all(&second, second.due());
}

void order_invoiced(const Scene& scene) { order_partly_invoiced(later(scene, -20)); }

void order_waiting(const Scene& scene) {
  auto order = order_of(scene, some_net(scene) * 2, -7);
  set_money(scene.desk.account().currency,
            order.gross_amount().minor() * 3 / 10,
            order.mutable_deposit_amount());
  order.set_buyer_reference("BC-" + order.order());
  tell_order(scene, order, -7);
}

void order_cancelled(const Scene& scene) {
  auto order = order_of(scene, some_net(scene) * 2, -30);
  tell_order(scene, order, -30);
  order.set_cancelled(true);
  tell_order(scene, order, -12, 2);
}

void orders_blocked(const Scene& scene) {
  scene.desk.change_customer(day_after(scene, -15), [](erp::CustomerUpserted* customer) {
    customer->set_blocked(true);
    customer->set_note("Commandes bloquées : encours dépassé");
  });
}

void account_closed(const Scene& scene) {
  scene.desk.change_customer(day_after(scene, -45),
                             [](erp::CustomerUpserted* customer) { customer->set_closed(true); });
}

void guarantee_given(const Scene& scene) {
  const std::int64_t amount = thousands(usual_exposure(scene.desk.account()));
  const std::string currency = scene.desk.account().currency;
  const Date from = day_after(scene, -80);
  scene.desk.change_customer(from, [=](erp::CustomerUpserted* customer) {
    auto& guarantee = *customer->add_guarantees();
    guarantee.set_id("1");
    guarantee.set_kind(erp::GUARANTEE_KIND_SURETY);
    set_money(currency, amount, guarantee.mutable_amount());
    set_date(from, guarantee.mutable_valid_from());
    set_date(from + 365, guarantee.mutable_valid_until());
    guarantee.set_guarantor("Caution mutuelle des métiers de bouche");
  });
}

// The first contact has left; somebody else takes over.
void contact_replaced(const Scene& scene) {
  const std::string stem = slug(scene.desk.account().name);
  scene.desk.change_customer(day_after(scene, -20), [=](erp::CustomerUpserted* customer) {
    auto& contact = *customer->mutable_contacts(0);
    contact.set_id("9");
    contact.set_name("Service comptabilité");
    contact.set_email("comptabilite@" + stem + ".example");
    contact.clear_opted_out_channels();
  });
}

// It no longer wants mails, but does not mind calls.
void opted_out(const Scene& scene) {
  scene.desk.change_customer(day_after(scene, -18), [](erp::CustomerUpserted* customer) {
    for (auto& contact : *customer->mutable_contacts()) contact.add_opted_out_channels("email");
  });
}

// The head of the group pays the invoice of a house with its own transfer.
void group_payment(const Scene& scene) {
  const std::string house = account_id(scene.desk.account().number + 1);
  Invoice own = sell_due(scene, 10);
  erp::InvoiceIssued other = draft_due(scene, 8).event;
  other.set_account(house);
  other.set_ordering_account(house);
  other.set_paying_account(scene.desk.account().id);
  Invoice of_house{.event = other, .open = other.gross_amount().minor()};
  scene.desk.issue(&of_house);
  scene.desk.pay({.day = day_after(scene, -6),
                  .parts = {{.invoice = &own, .amount = own.open},
                            {.invoice = &of_house, .amount = of_house.open, .account = house}}});
}

// Contract clauses: a rate of its own, a penalty, goods that stay the seller's until paid.
void clauses_of_contract(const Scene& scene) {
  Invoice invoice = draft_due(scene, 35);
  auto& clauses = *invoice.event.mutable_clauses();
  clauses.mutable_late_interest()->set_base(erp::RATE_BASE_LEGAL_INTEREST);
  clauses.mutable_late_interest()->mutable_multiplier()->set_unscaled(3);
  set_money(invoice.currency(), 4'000, clauses.mutable_fixed_indemnity());
  clauses.mutable_penalty_percent()->set_unscaled(10);
  clauses.set_retention_of_title(true);
  clauses.set_contract_reference("CTR-" + scene.desk.account().id);
  scene.desk.issue(&invoice);
  scene.desk.pay_all(&invoice, day_after(scene, 20));
}

constexpr SceneKind kScenes[] = {{"limit_raised", limit_raised, 40},
                                 {"limit_exceeded", limit_exceeded, 8},
                                 {"limit_expires", limit_expires, 6},
                                 {"limit_withdrawn", limit_withdrawn, 3},
                                 {"limit_of_company", limit_of_company, 4},
                                 {"order_partly_invoiced", order_partly_invoiced, 14},
                                 {"order_invoiced", order_invoiced, 6},
                                 {"order_waiting", order_waiting, 16},
                                 {"order_cancelled", order_cancelled, 6},
                                 {"orders_blocked", orders_blocked, 0},
                                 {"account_closed", account_closed, 0},
                                 {"guarantee_given", guarantee_given, 5},
                                 {"contact_replaced", contact_replaced, 6},
                                 {"opted_out", opted_out, 4},
                                 {"clauses_of_contract", clauses_of_contract, 4}};
constexpr SceneKind kGroupScenes[] = {{"group_payment", group_payment, 0, true}};

}  // namespace

std::span<const SceneKind> customer_scenes() { return kScenes; }
std::span<const SceneKind> group_scenes() { return kGroupScenes; }

}  // namespace encours::sample
