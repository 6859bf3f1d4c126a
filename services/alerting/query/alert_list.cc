#include "services/alerting/query/alert_list.h"

#include <utility>

#include "common/stream/view.h"
#include "services/alerting/domain/tables.h"
#include "services/alerting/query/feed_reader.h"

namespace encours::alerting {

std::string AlertsMethod::tie(const View& alert) { return KeyWriter().text(alert.id()).take(); }

Status AlertsMethod::each(const RowReader& rows,
                          const query::ListQuestion& question,
                          const std::function<void(View&&)>& visit) {
  const std::string prefix =
      KeyWriter().byte(kAlertTable.id).raw(tenant_scope(question.tenant)).take();
  const auto& only_owner = question.only_owner;
  std::string account;
  bool visible = !only_owner;
  rows.scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view value) {
    auto row = stream::View::parse<state::AlertRow>(value);
    // Alerts of one account stand side by side, so its owner is looked up once.
    if (only_owner && account != row.alert().account()) {
      account = row.alert().account();
      visible = owner_of(rows, question.tenant, account) == only_owner;
    }
    if (visible) visit(std::move(*row.mutable_alert()));
    return true;
  });
  return {};
}

}  // namespace encours::alerting
