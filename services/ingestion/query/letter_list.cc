#include "services/ingestion/query/letter_list.h"

#include "common/stream/view.h"
#include "services/ingestion/domain/letters_stage.h"

namespace encours::ingestion {

namespace api = encours::ingestion::v1alpha1;
using encours::state::v1alpha1::DeadLetterRow;

namespace {

// Door of a letter, by the word that its stage kept.
api::Door door_of(const std::string& word) {
  api::Door door = api::DOOR_UNSPECIFIED;
  return api::Door_Parse(word, &door) ? door : api::DOOR_UNSPECIFIED;
}

}  // namespace

api::DeadLetterView view_of(const DeadLetterRow& row) {
  const auto& letter = row.letter();
  api::DeadLetterView view;
  view.set_id(letter.envelope().id());
  view.set_tenant(letter.envelope().tenant());
  view.set_state(row.has_replayed_at() ? api::DEAD_LETTER_STATE_REPLAYED
                                       : api::DEAD_LETTER_STATE_OPEN);
  *view.mutable_recorded_at() = letter.envelope().recorded_at();
  view.set_stage(letter.stage());
  view.mutable_refusal()->set_code(letter.code());
  view.mutable_refusal()->set_field(letter.field());
  view.mutable_refusal()->set_message(letter.message());
  *view.mutable_position() = letter.position();
  view.set_door(letter.door());
  view.set_content_type(letter.content_type());
  view.set_original_size_bytes(letter.original_size());
  view.set_original_sha256(letter.original_sha256());
  *view.mutable_decoder_hints() = letter.decoder_hints();
  const bool whole =
      letter.original_size() == static_cast<std::int64_t>(letter.original().size()) ||
      !letter.document_sha256().empty();
  view.set_replayable(whole && door_of(letter.door()) != api::DOOR_UNSPECIFIED);
  if (row.has_replayed_at()) *view.mutable_replayed_at() = row.replayed_at();
  view.set_replayed_by(row.replayed_by());
  return view;
}

std::string LettersMethod::tie(const View& letter) { return KeyWriter().text(letter.id()).take(); }

Status LettersMethod::each(const RowReader& rows,
                           const query::ListQuestion& question,
                           const std::function<void(View&&)>& visit) {
  const std::string prefix = KeyWriter().byte(kLetters.id).text(question.tenant).take();
  rows.scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view value) {
    visit(view_of(stream::View::parse<DeadLetterRow>(value)));
    return true;
  });
  return {};
}

}  // namespace encours::ingestion
