#include "services/alerting/domain/acknowledge.h"

#include "encours/alerting/v1alpha1/alerting.pb.h"

namespace encours::alerting {

void answer_acknowledge(const stream::Record& record, AlertBook& book, stream::Effects& effects) {
  v1alpha1::AcknowledgeAlertRequest request;
  if (!request.ParseFromString(record.command.body())) {
    return effects.refuse(refused("unreadable_command", "", "The request can't be read."));
  }
  if (request.alert().empty()) {
    return effects.refuse(refused("missing_field", "alert", "Name the alert by its id."));
  }
  if (request.account().empty()) {
    return effects.refuse(
        refused("missing_field", "account", "Name the account that the alert is about."));
  }
  const auto alert = book.find(request.account(), request.alert());
  if (!alert) {
    return effects.refuse(refused(
        "alert_not_found", "alert", "This account has no alert of this id; list its alerts."));
  }
  v1alpha1::AcknowledgeAlertResponse response;
  *response.mutable_alert() = book.acknowledge(*alert, record.command.request_id());
  effects.answer(response);
}

}  // namespace encours::alerting
