#include "services/encoursctl/commands/all.h"

namespace encours::ctl {

std::vector<std::unique_ptr<Command>> all_commands() {
  constexpr std::unique_ptr<Command> (*kMakers[])() = {
      make_status, make_topics_apply};
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto make : kMakers) commands.push_back(make());
  return commands;
}

}  // namespace encours::ctl
