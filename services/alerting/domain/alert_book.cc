#include "services/alerting/domain/alert_book.h"

#include "common/stream/decode.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {
namespace {

KeyWriter alert_key(std::string_view account, std::string_view id) {
  return KeyWriter().text(account).text(id);
}

KeyWriter active_key(std::string_view account, std::string_view invoice, v1alpha1::AlertKind kind) {
  return KeyWriter().text(account).text(invoice).number(kind);
}

}  // namespace

AlertBook::AlertBook(const stream::View& view,
                     stream::Effects& effects,
                     const stream::Record& record,
                     const FeedLimits& limits)
    : view_(view), effects_(effects), record_(record), feed_(view, effects, limits) {}

std::optional<Alert> AlertBook::find(std::string_view account, std::string_view id) const {
  const auto row = view_.get(kAlertTable, alert_key(account, id));
  if (!row) return std::nullopt;
  return row->alert();
}

std::optional<Alert> AlertBook::active(std::string_view account,
                                       std::string_view invoice,
                                       v1alpha1::AlertKind kind) const {
  const auto row = view_.get(kActiveTable, active_key(account, invoice, kind));
  if (!row) return std::nullopt;
  auto alert = find(account, row->alert());
  ENCOURS_CHECK(alert.has_value(), "an alert that is alive has its row");
  return alert;
}

void AlertBook::raise(Alert alert) {
  alert.set_tenant(record_.tenant());
  alert.set_name("tenants/" + record_.tenant() + "/alerts/" + alert.id());
  alert.set_cause(record_.envelope.id());
  stream::set_timestamp(record_.at, alert.mutable_raised_at());
  state::ActiveAlertRow active;
  active.set_alert(alert.id());
  effects_.put(kActiveTable, active, active_key(alert.account(), alert.invoice(), alert.kind()));

  v1alpha1::AlertRecord fact;
  auto* raised = fact.mutable_raised();
  raised->set_kind(alert.kind());
  raised->set_invoice(alert.invoice());
  *raised->mutable_day() = alert.day();
  if (alert.has_amount()) *raised->mutable_amount() = alert.amount();
  if (alert.has_limit()) *raised->mutable_limit() = alert.limit();
  if (alert.has_old_score_hundredths()) {
    raised->set_old_score_hundredths(alert.old_score_hundredths());
    raised->set_new_score_hundredths(alert.new_score_hundredths());
  }
  raised->set_rule(alert.rule());
  raised->set_rule_version(alert.rule_version());
  change(alert, v1alpha1::ALERT_STATE_RAISED, fact);
}

Alert AlertBook::acknowledge(Alert alert, const std::string& request_id) {
  if (alert.state() != v1alpha1::ALERT_STATE_RAISED) return alert;
  v1alpha1::AlertRecord fact;
  fact.mutable_acknowledged()->set_request_id(request_id);
  change(alert, v1alpha1::ALERT_STATE_ACKNOWLEDGED, fact);
  return alert;
}

void AlertBook::resolve(Alert alert, const std::string& reason_code) {
  effects_.erase(kActiveTable, active_key(alert.account(), alert.invoice(), alert.kind()));
  v1alpha1::AlertRecord fact;
  fact.mutable_resolved()->set_reason_code(reason_code);
  change(alert, v1alpha1::ALERT_STATE_RESOLVED, fact);
}

void AlertBook::change(Alert& alert, v1alpha1::AlertState state, v1alpha1::AlertRecord& fact) {
  alert.set_state(state);
  stream::set_timestamp(record_.at, alert.mutable_changed_at());
  alert.set_changed_by(record_.envelope.actor());

  state::AlertRow row;
  row.set_feed_sequence(feed_.append(alert, record_.at));
  *row.mutable_alert() = alert;
  effects_.put(kAlertTable, row, alert_key(alert.account(), alert.id()));

  fact.set_account(alert.account());
  fact.set_alert(alert.id());
  effects_.emit(kAlertsTopic, stream::make_key(alert.tenant(), alert.account()), fact);
}

}  // namespace encours::alerting
