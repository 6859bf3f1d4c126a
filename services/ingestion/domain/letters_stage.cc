#include "services/ingestion/domain/letters_stage.h"

#include "common/base/hash.h"
#include "common/stream/decode.h"
#include "common/stream/topology.h"
#include "encours/ingestion/v1alpha1/inbox.pb.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/ingestion/domain/dead_letter.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {
namespace {

namespace api = encours::ingestion::v1alpha1;
using encours::state::v1alpha1::DeadLetterRow;
using encours::stream::v1alpha1::DeadLetter;
using stream::Effects;
using stream::Record;
using stream::RecordKind;
using stream::View;

// A replay says that its event was refused after its id was seen, so that the id is free for it.
void set_refused_letter(const DeadLetter& letter, api::InboxRecord* out) {
  if (letter.stage() != kReferenceStage && letter.stage() != kLedgerStage) return;
  for (auto& hint : *out->mutable_decoder_hints()) {
    if (hint.name() != kRefusedLetterHint) continue;
    hint.set_value(letter.envelope().id());
    return;
  }
  auto* hint = out->add_decoder_hints();
  hint->set_name(kRefusedLetterHint);
  hint->set_value(letter.envelope().id());
}

// The record as its door had it, with what the person changed.
api::InboxRecord inbox_record(const DeadLetter& letter,
                              const api::ReplayDeadLettersRequest& request,
                              api::Door door) {
  api::InboxRecord out;
  out.set_door(door);
  out.set_content_type(letter.content_type());
  out.set_original(request.corrected_original().empty() ? letter.original()
                                                        : request.corrected_original());
  out.set_header(header_of(letter));
  out.set_mapping(request.mapping_name().empty() ? hint_of(letter, kMappingHint)
                                                 : request.mapping_name());
  out.set_default_source(hint_of(letter, kSourceHint));
  out.set_proved_tenant(letter.envelope().tenant());
  *out.mutable_decoder_hints() = letter.decoder_hints();
  *out.mutable_source() = letter.position();
  set_refused_letter(letter, &out);
  out.set_replays(letter.envelope().id());
  return out;
}

Result<Effects> replay(const View& view, const Record& record) {
  Effects effects(view);
  api::ReplayDeadLettersRequest request;
  if (!request.ParseFromString(record.command.body()) || request.ids_size() != 1) {
    return poison("unreadable_command", "", "A replay names one letter.");
  }
  auto row = view.get(kLetters);
  if (!row) {
    effects.refuse(refused("unknown_dead_letter", "ids", "There is no dead letter with this id."));
    return effects;
  }
  const DeadLetter& letter = row->letter();
  api::Door door = api::DOOR_UNSPECIFIED;
  const bool whole =
      letter.original_size() == static_cast<std::int64_t>(letter.original().size()) ||
      !request.corrected_original().empty();
  if (!whole || !api::Door_Parse(letter.door(), &door)) {
    effects.refuse(refused("not_replayable", "ids",
                           "Only a part of this record is kept. Send it again by its door."));
    return effects;
  }
  api::InboxRecord again = inbox_record(letter, request, door);
  const std::string content = again.original() + '\0' + again.mapping();
  auto& fact = effects.emit(
      kInboxTopic, stream::make_key(record.tenant(), letter.envelope().id()), again);
  fact.id = stable_id({record.tenant(), "replay", letter.envelope().id(), sha256_hex(content)});
  stream::set_timestamp(record.at, row->mutable_replayed_at());
  row->set_replayed_by(record.envelope.actor());
  effects.put(kLetters, *row);
  api::ReplayDeadLettersResponse response;
  auto* result = response.add_results();
  result->set_id(letter.envelope().id());
  result->set_record_id(fact.id);
  effects.answer(response);
  return effects;
}

}  // namespace

std::vector<stream::StageInput> LettersStage::inputs() const {
  return {{.topic = stream::kDeadLettersTopic,
           .tick_stages = {kLedgerStage},
           .from_all_partitions = true,
           .in_order_of_arrival = true},
          {.topic = kCommandsTopic, .kind = stream::InputKind::kCommands}};
}

bool LettersStage::takes_command(std::string_view type) const {
  return type == api::ReplayDeadLettersRequest::descriptor()->full_name();
}

Result<Effects> LettersStage::decide(const View& view, const Record& record,
                                     const stream::Settings&) const {
  if (record.kind == RecordKind::kCommand) return replay(view, record);
  DeadLetterRow row;
  if (!row.mutable_letter()->ParseFromString(record.value)) {
    return poison("unreadable_letter", "", "A record of the dead letters can't be read.");
  }
  Effects effects(view);
  // The same refusal again (a repeated file) keeps what became of the first.
  if (view.get(kLetters)) return effects;
  effects.put(kLetters, row);
  return effects;
}

}  // namespace encours::ingestion
