#include "services/encoursctl/commands/all.h"

namespace encours::ctl {

std::vector<std::unique_ptr<Command>> all_commands() {
  constexpr std::unique_ptr<Command> (*kMakers[])() = {make_import,
                                                       make_clock_advance,
                                                       make_tenants_list,
                                                       make_tenants_open,
                                                       make_tenants_go_live,
                                                       make_customers_list,
                                                       make_customers_get,
                                                       make_invoices_list,
                                                       make_aged_balance,
                                                       make_timeline,
                                                       make_alerts_list,
                                                       make_alerts_tail,
                                                       make_alerts_ack,
                                                       make_scenarios_apply,
                                                       make_scenarios_list,
                                                       make_actions_list,
                                                       make_actions_suspend,
                                                       make_actions_resume,
                                                       make_risk_show,
                                                       make_risk_monitor,
                                                       make_risk_refresh,
                                                       make_risk_policy,
                                                       make_scores_show,
                                                       make_scores_explain,
                                                       make_scores_scorecard,
                                                       make_dead_letters_list,
                                                       make_dead_letters_show,
                                                       make_dead_letters_replay,
                                                       make_dump,
                                                       make_verify,
                                                       make_status,
                                                       make_topics_apply};
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto make : kMakers) commands.push_back(make());
  return commands;
}

}  // namespace encours::ctl
