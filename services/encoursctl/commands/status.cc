// status: every instance of every service, what its partitions do, and where the clocks stand.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "common/time/instant.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/fleet.h"

namespace encours::ctl {
namespace {

namespace runtime = encours::stream::v1alpha1;
using google::protobuf::Timestamp;

bool ready(const FleetMember& member) {
  if (!member.status || !member.status->ready()) return false;
  const auto& tasks = member.status->tasks();
  return std::all_of(tasks.begin(), tasks.end(), [](const runtime::TaskStatus& task) {
    return task.state() == runtime::TASK_STATE_RUNNING;
  });
}

const char* state_word(const FleetMember& member) {
  if (!member.status) return "unreachable";
  return ready(member) ? "ready" : "starting";
}

// Records that are not handled yet, at most; nullopt where one task or input is not known.
std::optional<std::int64_t> behind(const FleetMember& member) {
  if (!member.status) return std::nullopt;
  std::int64_t records = 0;
  for (const auto& task : member.status->tasks()) {
    if (task.inputs().empty()) return std::nullopt;
    for (const auto& input : task.inputs()) {
      if (input.end_offset() < 0) return std::nullopt;
      records += std::max<std::int64_t>(0, input.end_offset() - input.next_offset());
    }
  }
  return records;
}

// Why the instance gave no status, or why a task of it does not run.
std::string problem(const FleetMember& member) {
  if (!member.status) return member.problem;
  for (const auto& task : member.status->tasks()) {
    if (!task.reason().empty()) return task.reason();
  }
  return {};
}

// "60 %" of what is to be restored; absent where nothing is.
Cell restored(const runtime::GetStatusResponse& status) {
  std::int64_t done = 0;
  std::int64_t total = 0;
  for (const auto& task : status.tasks()) {
    if (task.state() != runtime::TASK_STATE_RESTORING) continue;
    done += task.restore_done_records();
    total += task.restore_total_records();
  }
  if (total == 0) return Cell::absent();
  return Cell::of(std::to_string(std::min<std::int64_t>(done, total) * 100 / total) + " %");
}

bool earlier(const Timestamp& left, const Timestamp& right) {
  return std::pair(left.seconds(), left.nanos()) < std::pair(right.seconds(), right.nanos());
}

// Clock -> the least over the partitions of one instance, or of all of a service.
using Clocks = std::map<std::string, Timestamp>;

void add_clocks(const runtime::GetStatusResponse& status, Clocks* clocks) {
  for (const auto& task : status.tasks()) {
    for (const auto& position : task.clocks()) {
      const auto [at, fresh] = clocks->try_emplace(position.clock(), position.instant());
      if (!fresh && earlier(position.instant(), at->second)) at->second = position.instant();
    }
  }
}

std::int64_t count(const FleetMember& member, runtime::TaskState state) {
  return static_cast<std::int64_t>(member.partitions(state).size());
}

Status print_instances(Context& context, const Fleet& fleet) {
  auto printer = context.printer({{"service"},
                                  {"state"},
                                  {"instance"},
                                  {"address"},
                                  {"running"},
                                  {"restoring"},
                                  {"restored"},
                                  {"recycling"},
                                  {"behind_records"},
                                  {"settings_version"},
                                  {"decision_version", true},
                                  {"build_version", true},
                                  {"started_at", true},
                                  {"problem", true}});
  for (const auto& member : fleet) {
    const auto status = member.status.value_or(runtime::GetStatusResponse());
    const auto records = behind(member);
    ENCOURS_TRY(printer.row({Cell::of(member.service),
                             Cell::of(state_word(member)),
                             Cell::of(status.instance()),
                             Cell::of(member.address),
                             Cell::number(count(member, runtime::TASK_STATE_RUNNING)),
                             Cell::number(count(member, runtime::TASK_STATE_RESTORING)),
                             restored(status),
                             Cell::number(count(member, runtime::TASK_STATE_RECYCLING)),
                             records ? Cell::number(*records) : Cell::absent(),
                             Cell::number(status.settings_version()),
                             Cell::number(status.decision_version()),
                             Cell::of(status.build_version()),
                             Cell::instant(status.started_at()),
                             Cell::of(problem(member))}));
  }
  return printer.end();
}

// A line per clock with the last tick that each service has handled on all partitions.
Status print_clocks(Context& context, const Fleet& fleet) {
  std::map<std::string, Clocks> by_service;
  std::map<std::string, bool> names;
  for (const auto& member : fleet) {
    auto& clocks = by_service[member.service];
    if (member.status) add_clocks(*member.status, &clocks);
  }
  std::vector<Column> columns = {{"clock"}};
  for (const auto& [service, clocks] : by_service) {
    columns.push_back({service});
    for (const auto& [name, at] : clocks) names[name] = true;
  }
  if (names.empty()) return {};
  context.out() << "\n";
  auto printer = context.printer(std::move(columns));
  for (const auto& [name, there] : names) {
    std::vector<Cell> cells = {Cell::of(name)};
    for (const auto& [service, clocks] : by_service) {
      const auto at = clocks.find(name);
      cells.push_back(at == clocks.end() ? Cell::absent() : Cell::instant(at->second));
    }
    ENCOURS_TRY(printer.row(cells));
  }
  return printer.end();
}

nlohmann::ordered_json task_json(const runtime::TaskStatus& task) {
  nlohmann::ordered_json out = {{"partition", task.partition()},
                                {"state", Cell::word(task.state()).text},
                                {"restore_done_records", task.restore_done_records()},
                                {"restore_total_records", task.restore_total_records()}};
  if (!task.stage().empty()) out["stage"] = task.stage();
  if (!task.reason().empty()) out["reason"] = task.reason();
  out["inputs"] = nlohmann::ordered_json::array();
  for (const auto& input : task.inputs()) {
    nlohmann::ordered_json end = nullptr;
    if (input.end_offset() >= 0) end = input.end_offset();
    out["inputs"].push_back({{"topic", input.topic()},
                             {"partition", input.partition()},
                             {"next_offset", input.next_offset()},
                             {"end_offset", end}});
  }
  return out;
}

// One object with all that the instance says.
std::string member_json(const FleetMember& member) {
  nlohmann::ordered_json out = {{"service", member.service},
                                {"address", member.address},
                                {"state", state_word(member)},
                                {"ready", ready(member)}};
  if (!member.status) {
    out["problem"] = member.problem;
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  const auto& status = *member.status;
  out["instance"] = status.instance();
  out["build_version"] = status.build_version();
  out["decision_version"] = status.decision_version();
  out["settings_version"] = status.settings_version();
  out["effects_off"] = status.effects_off();
  out["started_at"] = Cell::instant(status.started_at()).text;
  const auto records = behind(member);
  out["behind_records"] = records ? nlohmann::ordered_json(*records) : nullptr;
  out["partitions_running"] = member.partitions(runtime::TASK_STATE_RUNNING);
  out["partitions_restoring"] = member.partitions(runtime::TASK_STATE_RESTORING);
  out["tasks"] = nlohmann::json::array();
  for (const auto& task : status.tasks()) out["tasks"].push_back(task_json(task));
  Clocks clocks;
  add_clocks(status, &clocks);
  out["clocks"] = nlohmann::json::object();
  for (const auto& [name, at] : clocks) out["clocks"][name] = Cell::instant(at).text;
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class StatusCommand final : public Command {
 public:
  void describe(CLI::App& root) override {
    add(root,
        "status",
        "Every instance, its partitions and the clocks; exit 1 unless all are ready",
        "behind_records: the most records that can be waiting, as of a second ago; absent where\n"
        "not all tasks run. With --output json: an object per instance, with tasks and clocks.\n"
        "Example: encoursctl status --output json");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(const Fleet fleet, read_fleet(context));
    if (context.format() == OutputFormat::kJson) {
      for (const auto& member : fleet) context.out() << member_json(member) << "\n";
      context.out().flush();
    } else {
      ENCOURS_TRY(print_instances(context, fleet));
      if (context.format() == OutputFormat::kTable) ENCOURS_TRY(print_clocks(context, fleet));
    }
    return std::all_of(fleet.begin(), fleet.end(), ready) ? kExitDone : kExitFailed;
  }
};

}  // namespace

std::unique_ptr<Command> make_status() { return std::make_unique<StatusCommand>(); }

}  // namespace encours::ctl
