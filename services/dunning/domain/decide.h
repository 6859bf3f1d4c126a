// DunningStage: who is written to, when, and what is held back.
//
// It reads the ledger's facts, the sealed data of persons (kept for the worker that writes, never
// looked into here) and the outcomes of its own effects, and publishes each step in the life of an
// action. Everything is decided at the opening of the sending hours of the creditor's day, except
// what stops a message, which counts at once. A stage holds no state between calls.
#pragma once

#include <string>
#include <vector>

#include "common/stream/decide.h"

namespace encours::dunning {

inline constexpr const char* kDunningStage = "dunning";

class DunningStage final : public stream::Stage {
 public:
  std::string name() const override { return kDunningStage; }
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;
  std::vector<std::string> sweep_kinds() const override;
  std::uint8_t sweep_table() const override;
  std::string scope(const stream::Record& record) const override;
  Result<stream::Effects> decide(const stream::View& view, const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::dunning
