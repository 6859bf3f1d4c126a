// all_commands: every command of the program, in the order of --help. Each make_* has its own file.
#pragma once

#include <memory>
#include <vector>

#include "services/encoursctl/command.h"

namespace encours::ctl {

std::vector<std::unique_ptr<Command>> all_commands();

std::unique_ptr<Command> make_import();
std::unique_ptr<Command> make_clock_advance();
std::unique_ptr<Command> make_tenants_list();
std::unique_ptr<Command> make_tenants_open();
std::unique_ptr<Command> make_tenants_go_live();
std::unique_ptr<Command> make_customers_list();
std::unique_ptr<Command> make_customers_get();
std::unique_ptr<Command> make_invoices_list();
std::unique_ptr<Command> make_aged_balance();
std::unique_ptr<Command> make_timeline();
std::unique_ptr<Command> make_alerts_list();
std::unique_ptr<Command> make_alerts_tail();
std::unique_ptr<Command> make_alerts_ack();
std::unique_ptr<Command> make_scenarios_apply();
std::unique_ptr<Command> make_scenarios_list();
std::unique_ptr<Command> make_actions_list();
std::unique_ptr<Command> make_actions_suspend();
std::unique_ptr<Command> make_actions_resume();
std::unique_ptr<Command> make_risk_show();
std::unique_ptr<Command> make_risk_monitor();
std::unique_ptr<Command> make_risk_refresh();
std::unique_ptr<Command> make_risk_policy();
std::unique_ptr<Command> make_scores_show();
std::unique_ptr<Command> make_scores_explain();
std::unique_ptr<Command> make_scores_scorecard();
std::unique_ptr<Command> make_dead_letters_list();
std::unique_ptr<Command> make_dead_letters_show();
std::unique_ptr<Command> make_dead_letters_replay();
std::unique_ptr<Command> make_dump();
std::unique_ptr<Command> make_verify();
std::unique_ptr<Command> make_status();
std::unique_ptr<Command> make_topics_apply();

}  // namespace encours::ctl
