#include "common/stream/stage.h"

#include <cstdio>

#include "common/base/hash.h"
#include "common/documents/document_store.h"
#include "common/persons/sealer.h"
#include "common/stream/decode.h"
#include "common/stream/runtime_tables.h"

namespace encours::stream {
namespace {

using encours::stream::v1alpha1::AuditEntry;
using encours::stream::v1alpha1::Command;
using encours::stream::v1alpha1::CommandOutcome;
using encours::stream::v1alpha1::DeadLetter;
using encours::stream::v1alpha1::PersonKey;
using encours::stream::v1alpha1::PersonRecord;

constexpr int kGrpcInvalidArgument = 3;
constexpr const char* kOctets = "application/octet-stream";

std::string ordinal_text(std::size_t ordinal) {
  char text[24];
  std::snprintf(text, sizeof text, "%05zu", ordinal);
  return text;
}

std::string source_header(const Record& record) { return Effects::serialise(record.position); }

// What every record that this decision makes has in common.
Envelope derived_envelope(const StageContext& context, const Stage& stage, const Record& record,
                          std::int64_t settings_version, std::size_t ordinal) {
  Envelope envelope;
  envelope.set_tenant(record.envelope.tenant());
  envelope.set_id(stable_id({record.envelope.tenant(), record.envelope.id(), stage.name(),
                             ordinal_text(ordinal)}));
  envelope.set_actor(record.envelope.actor());
  envelope.set_cause(record.envelope.id());
  envelope.set_correlation(record.envelope.correlation().empty() ? record.envelope.id()
                                                                 : record.envelope.correlation());
  *envelope.mutable_occurred_at() = record.envelope.occurred_at();
  set_timestamp(record.at, envelope.mutable_recorded_at());
  envelope.set_order_key(record.envelope.order_key() + "/" + ordinal_text(ordinal));
  envelope.set_settings_version(settings_version);
  envelope.set_decision_version(context.topology.decision_version);
  return envelope;
}

Status produce_fact(const StageContext& context, const Stage& stage, const Record& record,
                    std::int64_t settings_version, Fact&& fact, std::size_t ordinal) {
  if (fact.plain) {
    return context.sink.produce(Outgoing{std::move(fact.topic), context.partition,
                                         std::move(fact.key), std::move(fact.body)});
  }
  Envelope envelope = derived_envelope(context, stage, record, settings_version, ordinal);
  if (!fact.tenant.empty()) envelope.set_tenant(fact.tenant);
  if (!fact.id.empty()) {
    envelope.set_id(fact.id);
    envelope.clear_cause();
    envelope.set_correlation(fact.id);
  }
  if (!fact.order_key.empty()) envelope.set_order_key(fact.order_key);
  if (!fact.actor.empty()) envelope.set_actor(fact.actor);
  if (fact.occurred_at) set_timestamp(*fact.occurred_at, envelope.mutable_occurred_at());
  if (fact.recorded_at) set_timestamp(*fact.recorded_at, envelope.mutable_recorded_at());
  Outgoing out;
  out.topic = fact.topic;
  out.key = fact.key;
  out.headers.emplace_back(kSourceHeader, source_header(record));
  if (!fact.tombstone) out.value = encode_fact(envelope, fact.body);
  if (!fact.to_all_partitions) {
    // Persons live on their account's partition, whatever follows the account in the key.
    out.partition = partition_of(
        fact.account.empty() ? fact.key : make_key(envelope.tenant(), fact.account),
        context.topology.partitions);
    return context.sink.produce(std::move(out));
  }
  for (std::int32_t p = 0; p < context.topology.partitions; ++p) {
    Outgoing copy = out;
    copy.partition = p;
    ENCOURS_TRY(context.sink.produce(std::move(copy)));
  }
  return {};
}

// The person's wrapped key, made on first use and published with the same transaction.
Result<std::string> wrapped_key(const StageContext& context, const Record& record,
                                const PersonScope& scope) {
  const std::string row_key = KeyWriter()
                                  .byte(kPersonKeyTable.id)
                                  .text(scope.tenant)
                                  .text(scope.account)
                                  .text(scope.person)
                                  .take();
  if (const auto known = context.overlay.get(row_key)) {
    return View::parse<PersonKey>(*known).wrapped_key();
  }
  ENCOURS_ASSIGN(std::string wrapped, context.sealer->make_wrapped_key(scope));
  PersonKey row;
  row.mutable_envelope()->set_tenant(scope.tenant);
  row.mutable_envelope()->set_id(
      stable_id({scope.tenant, "person-key", scope.account, scope.person}));
  row.set_account(scope.account);
  row.set_person(scope.person);
  row.set_key_id(row.envelope().id());
  row.set_wrapped_key(wrapped);
  row.set_wrapping_key(context.sealer->key_name());
  set_timestamp(record.at, row.mutable_created_at());
  const std::string bytes = Effects::serialise(row);
  context.overlay.put(row_key, bytes);
  Outgoing out;
  out.topic = kPersonKeysTopic;
  out.key = make_key(scope.tenant, scope.account) + "/" + scope.person;
  out.partition = partition_of(make_key(scope.tenant, scope.account), context.topology.partitions);
  out.value = bytes;
  ENCOURS_TRY(context.sink.produce(std::move(out)));
  return wrapped;
}

// Personal data never stands in a fact: it goes to encours.persons, sealed.
Result<Fact> sealed_fact(const StageContext& context, const Record& record, const Fact& plain) {
  ENCOURS_CHECK(context.sealer != nullptr, "a service that emits personal data has a key for it");
  const PersonScope scope{record.tenant(), plain.account, plain.person};
  ENCOURS_ASSIGN(const std::string key, wrapped_key(context, record, scope));
  ENCOURS_ASSIGN(const std::string sealed,
                 context.sealer->seal(key, scope, plain.record, plain.body));
  PersonRecord person;
  person.set_account(plain.account);
  person.set_person(plain.person);
  person.set_record(plain.record);
  person.set_key_id(stable_id({scope.tenant, "person-key", scope.account, scope.person}));
  person.set_sealed(sealed);
  person.set_type(plain.type);
  Fact fact = plain;
  fact.sealed = false;
  fact.topic = kPersonsTopic;
  fact.key = make_key(scope.tenant, scope.account) + "/" + scope.person + "/" + plain.record;
  fact.body = Effects::serialise(person);
  return fact;
}

void stage_timer(const StageContext& context, const Stage& stage, const std::string& clock,
                 const Record& record, const std::string& scope, const TimerChange& change) {
  const std::string index = KeyWriter()
                                .byte(kTimerIndexTable.id)
                                .text(stage.name())
                                .text(scope)
                                .byte(change.kind)
                                .text(change.entity)
                                .take();
  const auto due_key = [&](const std::string& of_clock, Instant due) {
    return KeyWriter()
        .byte(kTimerTable.id)
        .text(stage.name())
        .text(of_clock)
        .number(due.unix_micros())
        .text(scope)
        .byte(change.kind)
        .text(change.entity)
        .take();
  };
  if (const auto old = context.overlay.get(index)) {
    const auto row = View::parse<rt::TimerRow>(*old);
    context.overlay.erase(due_key(row.clock(), to_instant(row.due())));
    if (!change.due) context.overlay.erase(index);
  }
  if (!change.due) return;
  rt::TimerRow row;
  set_timestamp(*change.due, row.mutable_due());
  row.set_correlation(record.envelope.correlation().empty() ? record.envelope.id()
                                                            : record.envelope.correlation());
  row.set_cause(record.envelope.id());
  row.set_clock(clock);
  const std::string bytes = Effects::serialise(row);
  context.overlay.put(index, bytes);
  const std::string due = due_key(clock, *change.due);
  context.overlay.put(due, bytes);
  context.timers.put(due);
}

// A wish becomes a row, which a worker finds once it is committed. An outcome may be there already
// where a rebuild has read it first.
void stage_intent(const StageContext& context, const Stage& stage, const std::string& clock,
                  const Record& record, const Settings& settings, const std::string& scope,
                  const Intent& intent) {
  ENCOURS_CHECK(settings.live(record.tenant(), record.at),
                "a stage plans no effect of a tenant that is not live");
  EffectPlace place{record.at, 0, intent.id};
  if (record.kind == RecordKind::kOutcome && to_instant(record.outcome.planned_at()) == record.at) {
    place.round = record.outcome.round() + 1;
  }
  const std::string key = effect_key(stage.name(), clock, place);
  rt::EffectRow row;
  if (const auto early = context.overlay.get(key)) row = View::parse<rt::EffectRow>(*early);
  row.set_kind(intent.kind);
  row.set_key(record.key);
  row.set_scope(scope);
  row.set_type(intent.type);
  row.set_body(intent.body);
  row.set_correlation(record.envelope.correlation().empty() ? record.envelope.id()
                                                            : record.envelope.correlation());
  row.set_cause(record.envelope.id());
  row.set_settings_version(settings.sequence());
  context.overlay.put(key, Effects::serialise(row));
  context.effects.planned(clock, key);
}

// Each partition is a channel of its own; the sink makes one record of the ticks of each.
Status stage_clock_move(const StageContext& context, const ClockMove& move) {
  for (std::int32_t p = 0; p < context.topology.partitions; ++p) {
    for (const Instant instant : move.instants) {
      Tick tick;
      tick.set_clock(move.clock);
      set_timestamp(instant, tick.mutable_instant());
      tick.set_settings_version(move.settings_version);
      tick.set_stage(move.origin);
      tick.set_partition(p);
      ENCOURS_TRY(context.sink.add(move.topic, p, tick));
    }
  }
  return {};
}

Status stage_outcome(const StageContext& context, const Stage& stage, const Record& record,
                     const Settings& settings, const Effects& effects,
                     std::vector<DecidedCommand>* decided) {
  CommandOutcome outcome;
  outcome.set_digest(command_digest(record.command));
  set_timestamp(record.at, outcome.mutable_decided_at());
  if (!effects.reply) {
    outcome.set_status_code(kGrpcInvalidArgument);
    outcome.set_error_code("unknown_command");
    outcome.set_error_message("This service does not know " + record.command.type() + ".");
  } else if (effects.reply->status.ok()) {
    outcome.set_response(effects.reply->response);
  } else {
    const Error& why = effects.reply->status.failure();
    outcome.set_status_code(kGrpcInvalidArgument);
    outcome.set_error_code(why.code);
    outcome.set_error_field(why.field);
    outcome.set_error_message(why.message);
  }
  const std::string bytes = Effects::serialise(outcome);
  context.overlay.put(outcome_key(record.tenant(), record.command.request_id()), bytes);
  context.overlay.put(KeyWriter()
                          .byte(kOutcomeAgeTable.id)
                          .number(to_instant(record.envelope.recorded_at()).unix_micros())
                          .text(record.tenant())
                          .text(record.command.request_id())
                          .take(),
                      std::string());
  decided->push_back({record.tenant(), record.command.request_id(), outcome});

  AuditEntry audit;
  audit.set_action("command");
  audit.set_target(record.command.type());
  audit.set_request_id(record.command.request_id());
  audit.set_content_sha256(outcome.digest());
  audit.set_status_code(outcome.status_code());
  audit.set_record_count(1);
  Fact fact;
  fact.topic = kAuditTopic;
  fact.key = make_key(record.tenant(), record.command.request_id());
  fact.body = Effects::serialise(audit);
  return produce_fact(context, stage, record, settings.sequence(), std::move(fact), 99999);
}

// Before anything is staged: what the broker would refuse must not end a transaction again and
// again.
Status check_sizes(const Topology& topology, const Effects& effects) {
  for (const auto& put : effects.rows) {
    if (put.row && put.row->ByteSizeLong() > kMaxRowBytes) {
      return poison("row_too_large", "", "A row of over 64 KiB would be needed.");
    }
  }
  for (const auto& fact : effects.facts) {
    const auto large = topology.large_topics.find(fact.topic);
    const std::size_t most = large == topology.large_topics.end() ? kMaxFactBytes : large->second;
    if (fact.key.size() + fact.body.size() + kEnvelopeBytes > most) {
      return poison("fact_too_large", "",
                    fact.topic + " takes " + std::to_string(most) + " bytes a record.");
    }
  }
  return {};
}

}  // namespace

std::string command_digest(const Command& command) {
  return sha256_hex(command.type() + '\0' + command.body());
}

std::string outcome_key(const std::string& tenant, const std::string& request_id) {
  return KeyWriter().byte(kOutcomeTable.id).text(tenant).text(request_id).take();
}

Status stage_refusal(const StageContext& context, const Stage& stage, const Record& record,
                     const Refusal& refusal, std::size_t ordinal) {
  const std::string& tenant = refusal.tenant.empty() ? record.tenant() : refusal.tenant;
  DeadLetter letter;
  letter.set_stage(stage.name());
  letter.set_code(refusal.error.code);
  letter.set_field(refusal.error.field);
  letter.set_message(refusal.error.message);
  *letter.mutable_position() =
      refusal.position.topic().empty() && refusal.position.file_name().empty() ? record.position
                                                                               : refusal.position;
  letter.set_door(refusal.door);
  letter.set_content_type(refusal.content_type);
  letter.set_original_size(refusal.original_size > 0
                               ? refusal.original_size
                               : static_cast<std::int64_t>(refusal.original.size()));
  letter.set_original_sha256(refusal.original_sha256.empty() ? sha256_hex(refusal.original)
                                                             : refusal.original_sha256);
  letter.set_original(refusal.original);
  if (refusal.original.size() > kMaxInlineOriginalBytes) {
    ENCOURS_ASSIGN(const auto document,
                   context.documents.put(refusal.original, DocumentMeta{kOctets, {}}));
    letter.set_document_sha256(document.sha256);
    letter.set_original(refusal.original.substr(0, kOversizeHeadBytes));
  }
  for (const auto& [name, value] : refusal.decoder_hints) {
    auto* hint = letter.add_decoder_hints();
    hint->set_name(name);
    hint->set_value(value);
  }
  const std::string id =
      stable_id({tenant, "dead-letter", record.envelope.id(), letter.original_sha256(),
                 letter.position().import_id(), std::to_string(letter.position().line()),
                 ordinal_text(ordinal)});
  Fact fact;
  fact.topic = kDeadLettersTopic;
  fact.key = make_key(tenant, id);
  fact.body = Effects::serialise(letter);
  fact.tenant = tenant;
  fact.id = id;
  return produce_fact(context, stage, record, 0, std::move(fact), ordinal);
}

Status stage_effects(const StageContext& context, const Stage& stage, const std::string& clock,
                     const Record& record, const Settings& settings, Effects effects,
                     std::vector<DecidedCommand>* decided, StagedCounts* counts) {
  ENCOURS_TRY(check_sizes(context.topology, effects));
  for (auto& put : effects.rows) {
    if (put.row) {
      context.overlay.put(put.key, std::move(put.row));
    } else {
      context.overlay.erase(put.key);
    }
  }
  for (const auto& timer : effects.timers) {
    stage_timer(context, stage, clock, record, effects.scope(), timer);
  }
  std::size_t ordinal = 0;
  for (auto& fact : effects.facts) {
    if (fact.sealed) {
      ENCOURS_ASSIGN(fact, sealed_fact(context, record, fact));
    }
    ENCOURS_TRY(produce_fact(context, stage, record, settings.sequence(), std::move(fact),
                             ordinal++));
  }
  for (const auto& intent : effects.intents) {
    stage_intent(context, stage, clock, record, settings, effects.scope(), intent);
  }
  for (const auto& move : effects.clock_moves) {
    ENCOURS_TRY(stage_clock_move(context, move));
  }
  for (const auto& refusal : effects.refusals) {
    ENCOURS_TRY(stage_refusal(context, stage, record, refusal, ordinal++));
  }
  counts->effects += effects.intents.size();
  counts->facts += effects.facts.size();
  counts->dead_letters += effects.refusals.size();
  if (record.kind != RecordKind::kCommand) return {};
  return stage_outcome(context, stage, record, settings, effects, decided);
}

Status forward_tick(const StageContext& context, const Stage& stage, const std::string& clock,
                    Instant instant, std::int64_t settings_version) {
  Tick tick;
  tick.set_clock(clock);
  set_timestamp(instant, tick.mutable_instant());
  tick.set_settings_version(settings_version);
  tick.set_stage(stage.name());
  tick.set_partition(context.partition);
  for (const auto& output : stage.tick_outputs()) {
    if (output.to_all_partitions) {
      for (std::int32_t p = 0; p < context.topology.partitions; ++p) {
        ENCOURS_TRY(context.sink.add(output.topic, p, tick));
      }
      continue;
    }
    Outgoing out;
    out.topic = output.topic;
    out.partition = context.partition;
    out.key = clock;
    out.value = encode_tick(tick);
    ENCOURS_TRY(context.sink.produce(std::move(out)));
  }
  return {};
}

}  // namespace encours::stream
