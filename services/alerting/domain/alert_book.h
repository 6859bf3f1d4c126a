// AlertBook: the life of alerts: raised, acknowledged, resolved. Every change passes through here.
//
// A change is four things that always go together: the alert's row, the index of alerts that are
// alive, a record of encours.alerts, and a place in the feed. An AlertBook is made for one decision
// and adds to its Effects; it sees the rows as they were before the decision, so a decision changes
// an alert at most once. Pure.
//
//   (none) --raise--> RAISED --acknowledge--> ACKNOWLEDGED
//                        \------resolve------------\----> RESOLVED
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/stream/decide.h"
#include "encours/alerting/v1alpha1/alerts.pb.h"
#include "services/alerting/domain/feed.h"

namespace encours::alerting {

using v1alpha1::Alert;

inline constexpr const char* kAlertsTopic = "encours.alerts";

class AlertBook {
 public:
  AlertBook(const stream::View& view,
            stream::Effects& effects,
            const stream::Record& record,
            const FeedLimits& limits);

  std::optional<Alert> find(std::string_view account, std::string_view id) const;
  // The alert of this kind that the invoice keeps alive; with an empty invoice, the account itself.
  std::optional<Alert> active(std::string_view account,
                              std::string_view invoice,
                              v1alpha1::AlertKind kind) const;

  // `alert` says what it is about; the rest is filled in here.
  void raise(Alert alert);
  // Returns the alert as it stands then; one that is not RAISED stays as it is.
  Alert acknowledge(Alert alert, const std::string& request_id);
  void resolve(Alert alert, const std::string& reason_code);

 private:
  void change(Alert& alert, v1alpha1::AlertState state, v1alpha1::AlertRecord& fact);

  const stream::View& view_;
  stream::Effects& effects_;
  const stream::Record& record_;
  Feed feed_;
};

}  // namespace encours::alerting
