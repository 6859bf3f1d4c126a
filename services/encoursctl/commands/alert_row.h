// How alerts are printed, by alerts list, tail and ack.
#pragma once

#include <vector>

#include "encours/alerting/v1alpha1/alerts.pb.h"
#include "services/encoursctl/output/printer.h"

namespace encours::ctl {

inline std::vector<Column> alert_columns() {
  return {{"day"},
          {"account"},
          {"invoice"},
          {"amount"},
          {"currency"},
          {"kind"},
          {"state"},
          {"id"},
          {"limit", true},
          {"old_score", true},
          {"new_score", true},
          {"raised_at", true},
          {"changed_at", true},
          {"changed_by", true},
          {"rule", true},
          {"rule_version", true},
          {"cause", true},
          {"name", true}};
}

inline std::vector<Cell> alert_cells(const encours::alerting::v1alpha1::Alert& alert) {
  return {Cell::date(alert.day()),
          Cell::of(alert.account()),
          Cell::of(alert.invoice()),
          Cell::amount(alert.amount()),
          Cell::of(alert.amount().currency_code()),
          Cell::word(alert.kind()),
          Cell::word(alert.state()),
          Cell::of(alert.id()),
          Cell::amount(alert.limit()),
          alert.has_old_score_hundredths() ? Cell::hundredths(alert.old_score_hundredths())
                                           : Cell::absent(),
          alert.has_new_score_hundredths() ? Cell::hundredths(alert.new_score_hundredths())
                                           : Cell::absent(),
          Cell::instant(alert.raised_at()),
          Cell::instant(alert.changed_at()),
          Cell::of(alert.changed_by()),
          Cell::of(alert.rule()),
          Cell::number(alert.rule_version()),
          Cell::of(alert.cause()),
          Cell::of(alert.name())};
}

}  // namespace encours::ctl
