// Topology: what one service is made of, given by its main.cc and read by the whole runtime.
//
// A service is a list of stages over topics that all have the same number of partitions; task p of
// the service reads partition p of each. Built once at start, then shared and never changed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/stream/decide.h"
#include "common/stream/poison_gauge.h"

namespace encours::stream {

inline constexpr const char* kSettingsTopic = "encours.settings";
inline constexpr const char* kDeadLettersTopic = "encours.dead-letters";
inline constexpr const char* kAuditTopic = "encours.audit";
inline constexpr const char* kPersonsTopic = "encours.persons";
inline constexpr const char* kPersonKeysTopic = "encours.person-keys";
inline constexpr const char* kTenantTopicPrefix = "encours.erp.";
inline constexpr const char* kWallClock = "wall";
inline constexpr const char* kTenantClockPrefix = "tenant/";

struct Topology {
  std::string service;
  std::int32_t partitions = 0;
  // Raised when a release changes a decision.
  std::int32_t decision_version = 1;
  std::vector<std::shared_ptr<const Stage>> stages;
  // False for a service without settings, tenants and clocks: all its inputs are plain.
  bool reads_settings = true;
  // Timers that fire, and waiting records that are released, in one transaction at most.
  std::size_t slice_size = 2000;
  // How much of an internal input may be poison.
  PoisonLimit poison_limit;
  // Topics that take more than a MiB (proto/topics.yaml), and how much.
  std::map<std::string, std::size_t> large_topics;

  std::string changelog_topic() const { return "encours." + service + ".changelog"; }
  std::string placement_topic() const { return "encours." + service + ".placement"; }
  std::string commands_topic() const { return "encours." + service + ".commands"; }
  // The topics to subscribe to: inputs of all stages and the settings, each once, in order.
  // The tenants' own topics are found later and not among them.
  std::vector<std::string> input_topics() const;
  bool reads_tenant_topics() const;
  // Those that this service alone writes, and a rebuild makes anew: its changelog, the steps
  // between its stages, its decisions. What was asked of it and what the outside answered is of
  // record and not among them.
  std::set<std::string> own_topics() const;
  // Tables of the runtime and of all stages. Two tables with one id stop the process.
  std::vector<TableInfo> tables() const;
};

}  // namespace encours::stream
