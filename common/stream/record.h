// Record: what a stage decides on. It carries the only time that a decision may see.
//
// The runtime makes it from a log record (poll, decode) or from a timer; decide() gets it by const
// reference and keeps nothing. Positions in the log are not part of it on purpose: two runs never
// agree on offsets, so no decision may depend on them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/time/civil.h"
#include "encours/common/v1alpha1/envelope.pb.h"
#include "encours/stream/v1alpha1/command.pb.h"
#include "encours/stream/v1alpha1/effect.pb.h"

namespace encours::stream {

using Envelope = encours::common::v1alpha1::Envelope;
using SourcePosition = encours::stream::v1alpha1::SourcePosition;

enum class RecordKind {
  kFact,     // A record of an internal topic, with an envelope.
  kRaw,      // Bytes of a tenant's own topic, nothing known of them yet.
  kCommand,  // A write asked for through gRPC.
  kTimer,    // A timer of this stage has come due.
  kOutcome,  // An effect that this stage has planned has ended.
  kSweep,    // A setting of the tenant has changed that each scope is to hear of.
};

struct TimerFired {
  std::uint8_t kind = 0;
  // Parts of the key as given to Effects::set_timer, in key form.
  std::string entity;
  // When it was set to fire. Dates are taken from here, not from `at`: the step of the tick
  // changes no decision.
  Instant due;
};

struct Record {
  RecordKind kind = RecordKind::kFact;
  // Index among the inputs that the stage declares.
  int input = 0;
  // The only time. Never goes back within a clock.
  Instant at;
  Envelope envelope;
  // Kafka key, "tenant/entity".
  std::string key;
  // The whole message as it stands in the log.
  std::string value;
  std::string content_type;
  TimerFired timer;
  encours::stream::v1alpha1::Command command;
  encours::stream::v1alpha1::EffectOutcome outcome;
  // Kinds of settings that have changed; of a sweep only.
  std::vector<std::string> changed_kinds;
  // Where it was read: for dead letters and explanations shown to people, never for a decision.
  SourcePosition position;

  const std::string& tenant() const { return envelope.tenant(); }
};

// The entity part of a key "tenant/entity". Tenant names hold no slash.
std::string_view entity_of_key(std::string_view key);
std::string_view tenant_of_key(std::string_view key);
std::string make_key(std::string_view tenant, std::string_view entity);

}  // namespace encours::stream
