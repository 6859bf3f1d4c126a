#include "services/ingestion/domain/inbox_stage.h"

#include <algorithm>
#include <cstdio>
#include <span>

#include "common/base/hash.h"
#include "common/stream/topology.h"
#include "services/ingestion/domain/dead_letter.h"
#include "services/ingestion/domain/decode/decode_input.h"
#include "services/ingestion/domain/event_time.h"
#include "services/ingestion/domain/personal.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;
using stream::Effects;
using stream::Record;
using stream::RecordKind;
using stream::TenantSetting;

// As the entries of the other doors have them.
constexpr int kGrpcOk = 0;
constexpr int kGrpcInvalidArgument = 3;

// What Kafka itself brings: the topic's name proves the tenant, and headers say the type.
InboxRecord from_kafka(const Record& record) {
  InboxRecord out;
  out.set_door(proto::DOOR_KAFKA);
  out.set_content_type(record.content_type);
  out.set_original(record.value);
  out.set_proved_tenant(record.tenant());
  return out;
}

// Two instants of one event in the tenant's time.
struct Place {
  Instant recorded;
  Instant occurred;
};

Place place_of(const ErpEvent& event, const Record& record, const TenantSetting& tenant) {
  // The zone was checked when the tenant was opened.
  const auto loaded = Zone::load(tenant.time_zone());
  const Zone zone = loaded.ok() ? *loaded : Zone();
  Place place;
  if (tenant.clock_mode() == TenantSetting::CLOCK_MODE_EVENTS) {
    // A record without a place of its own was stamped by the broker's clock, which is no time of
    // this tenant's.
    const Instant floor =
        record.envelope.has_recorded_at() ? record.at : Instant::from_unix_micros(0);
    place.recorded = std::max(floor, recorded_time_of(event, zone).value_or(floor));
  } else {
    place.recorded = record.at;
  }
  place.occurred = occurred_time_of(event, zone).value_or(place.recorded);
  return place;
}

// Within one instant an event is ordered by its id; the ids of a row begin with what they are, so
// an invoice comes before its settlement. Two events under one id need places of their own, or the
// one would be lost while both wait for their tick: the earlier line of a file is the first.
std::string order_key_of(const ErpEvent& event, const InboxRecord& input, const Sha256& digest) {
  char line[24];
  std::snprintf(line, sizeof line, "%012lld", static_cast<long long>(input.source().line()));
  return event.source() + "/" + event.id() + "/" + line + "/" + input.source().import_id() + "/" +
         hex_lower(std::span(digest).first(8));
}

void pass_on(ErpEvent event,
             const InboxRecord& input,
             const Record& record,
             const TenantSetting& tenant,
             Effects* effects) {
  const Place place = place_of(event, record, tenant);
  proto::LookupRecord body;
  *body.mutable_source() = input.source();
  proto::CheckIdentity& check = *body.mutable_check_identity();
  const Sha256 digest = sha256(Effects::serialise(event));
  check.set_content_digest(digest.data(), digest.size());
  check.set_personal(take_personal(&event));
  *check.mutable_event() = event;
  // Only for the very event that was refused: another one's id may stand for what was taken.
  if (hint_of(input, kEventHint) == event_hint_of(event)) {
    check.set_refused_letter(hint_of(input, kRefusedLetterHint));
  }
  auto& fact =
      effects->emit(kIdentityTopic, identity_key(event.tenant(), event.source(), event.id()), body);
  fact.tenant = event.tenant();
  fact.id = check.refused_letter().empty()
                ? stable_id({event.tenant(), event.source(), event.id()})
                : stable_id({event.tenant(), event.source(), event.id(), check.refused_letter()});
  fact.order_key = order_key_of(event, input, digest);
  if (record.envelope.actor().empty()) fact.actor = "erp:" + event.source();
  fact.recorded_at = place.recorded;
  fact.occurred_at = place.occurred;
}

// The other doors write their own entries; of what an ERP publishes on Kafka we are the first to
// know. The entry names the record by its position and its digest.
void write_audit(const Record& record, const DecodedInput& decoded, Effects* effects) {
  encours::stream::v1alpha1::AuditEntry entry;
  entry.set_action("publish");
  entry.set_target(record.position.topic());
  entry.set_request_id(std::to_string(record.position.partition()) + "/" +
                       std::to_string(record.position.offset()));
  entry.set_content_sha256(sha256_hex(record.value));
  entry.set_status_code(decoded.errors.empty() ? kGrpcOk : kGrpcInvalidArgument);
  entry.set_record_count(1);
  effects->emit(stream::kAuditTopic,
                stream::make_key(record.tenant(), record.envelope.id()),
                entry);
}

}  // namespace

std::string InboxStage::name() const { return kInboxStage; }

std::vector<stream::StageInput> InboxStage::inputs() const {
  return {{kInboxTopic, stream::InputKind::kFacts, {kClockStage}, false},
          {stream::kTenantTopicPrefix, stream::InputKind::kTenantRaw, {}, false}};
}

std::vector<stream::TickOutput> InboxStage::tick_outputs() const {
  return {{kIdentityTopic, true}};
}

std::string InboxStage::scope(const Record& record) const {
  return scope_of(record.tenant(), kInboxStage);
}

Result<Effects> InboxStage::decide(const stream::View& view,
                                   const Record& record,
                                   const stream::Settings& settings) const {
  InboxRecord input;
  if (record.kind == RecordKind::kRaw) {
    input = from_kafka(record);
  } else if (record.kind != RecordKind::kFact || !input.ParseFromString(record.value)) {
    return poison("unreadable_inbox_record", "", "The record is no InboxRecord.");
  }
  Effects effects(view);
  DecodedInput decoded = decode_input(input, settings);
  if (record.kind == RecordKind::kRaw) write_audit(record, decoded, &effects);
  if (!decoded.errors.empty()) {
    effects.refusals.push_back(refusal_of(input, decoded.errors));
    return effects;
  }
  const TenantSetting& tenant = *settings.tenant(tenant_of(input));
  for (auto& event : decoded.events) pass_on(std::move(event), input, record, tenant, &effects);
  return effects;
}

}  // namespace encours::ingestion
