// Stage "alerting": facts of the ledger, scores and commands in, alerts out.
//
// Reads encours.receivables (ticks of ledger), encours.scores (ticks of score), both of the same
// partition, and its own commands; writes encours.alerts and passes a tick on when both inputs have
// reached it. Its scope is the tenant's part of the partition, one
// level above the account: an alert and its place in the tenant's feed are one transaction, so a
// list and a stream never differ and a change is not a second hop away from its readers. Stateless
// and pure as every Stage; fails with poison only.
#pragma once

#include "common/stream/decide.h"
#include "services/alerting/domain/feed.h"

namespace encours::alerting {

inline constexpr const char* kStageName = "alerting";

class AlertingStage final : public stream::Stage {
 public:
  explicit AlertingStage(FeedLimits limits = {}) : limits_(limits) {}

  std::string name() const override { return kStageName; }
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;
  std::string scope(const stream::Record& record) const override;
  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;

 private:
  Status take_fact(const stream::View& view,
                   const stream::Record& record,
                   const stream::Settings& settings,
                   stream::Effects& effects) const;
  Status take_score(const stream::View& view,
                    const stream::Record& record,
                    stream::Effects& effects) const;
  Status fire(const stream::View& view,
              const stream::Record& record,
              const stream::Settings& settings,
              stream::Effects& effects) const;

  FeedLimits limits_;
};

}  // namespace encours::alerting
