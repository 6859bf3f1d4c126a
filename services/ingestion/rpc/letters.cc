#include "common/base/hash.h"
#include "common/documents/document_store.h"
#include "common/query/ask_all.h"
#include "common/rpc/command_call.h"
#include "common/rpc/peers.h"
#include "common/stream/effects.h"
#include "common/stream/view.h"
#include "services/ingestion/domain/letters_stage.h"
#include "services/ingestion/doors/clock_writer.h"
#include "services/ingestion/query/letter_list.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion {
namespace {

using encours::state::v1alpha1::DeadLetterRow;
using stream::View;

constexpr std::size_t kMaxReplay = 10'000;
// Request ids of the single commands that a replay of many is made of.
constexpr const char* kOneOfMany = "replay-one-";

}  // namespace

grpc::Status IngestionHandlers::ListDeadLetters(grpc::ServerContext* context,
                                                const api::ListDeadLettersRequest* request,
                                                api::ListDeadLettersResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) { return list_letters(call, *request); });
}

Result<api::ListDeadLettersResponse> IngestionHandlers::list_letters(
    rpc::Call& call, const api::ListDeadLettersRequest& request) {
  ENCOURS_TRY(
      query::check_position(request.tenant(), request.min_position(), "min_position.clock"));
  const query::ViewSources letters{parts_.board, parts_.settings, parts_.clock,
                                   parts_.topology.partitions, kLettersStage};
  return query::ask_all<LetterList>(call, parts_.router, letters, request);
}

grpc::Status IngestionHandlers::GetDeadLetter(grpc::ServerContext* context,
                                              const api::GetDeadLetterRequest* request,
                                              api::GetDeadLetterResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) -> Result<api::GetDeadLetterResponse> {
    const std::string key = stream::make_key(call.tenant(), request->id());
    const std::int32_t partition = partition_of(key, parts_.topology.partitions);
    return parts_.router.on_owner<api::GetDeadLetterResponse>(
        call, partition, *request, [&]() -> Result<api::GetDeadLetterResponse> {
          ENCOURS_ASSIGN(DeadLetterRow row,
                         letter_here(partition, call.tenant(), request->id(), "id"));
          api::GetDeadLetterResponse out;
          auto& letter = *out.mutable_dead_letter();
          letter = view_of(row);
          letter.set_original(std::move(*row.mutable_letter()->mutable_original()));
          return out;
        });
  });
}

// What is too large for a row is in the document store, and read from there.
Result<DeadLetterRow> IngestionHandlers::letter_here(std::int32_t partition,
                                                     const std::string& tenant,
                                                     const std::string& id,
                                                     const std::string& field) {
  const auto snapshot = parts_.board.snapshot(partition);
  if (!snapshot) return rpc::partition_moved();
  const auto bytes = snapshot->get(KeyWriter().byte(kLetters.id).text(tenant).text(id).take());
  ENCOURS_TRY(snapshot->status());
  if (!bytes) {
    return refused("unknown_dead_letter", field, "There is no dead letter with this id.");
  }
  auto row = View::parse<DeadLetterRow>(*bytes);
  if (!row.letter().document_sha256().empty()) {
    ENCOURS_ASSIGN(auto document, parts_.documents.get(row.letter().document_sha256()));
    row.mutable_letter()->set_original(std::move(document.bytes));
  }
  return row;
}

// One command a letter, each on the letter's own partition; then ticks, so that tenants in events
// mode see what was replayed.
grpc::Status IngestionHandlers::ReplayDeadLetters(grpc::ServerContext* context,
                                                  const api::ReplayDeadLettersRequest* request,
                                                  api::ReplayDeadLettersResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) -> Result<api::ReplayDeadLettersResponse> {
    if (call.forwarded()) {
      if (request->ids_size() == 1) return replay_one(call, *request);
      return refused("one_letter_only", "ids", "A call that was passed on replays one letter.");
    }
    if (!request->corrected_original().empty() && request->ids_size() != 1) {
      return refused("one_letter_only", "ids", "Corrected bytes go with exactly one id.");
    }
    ENCOURS_ASSIGN(DoorTenant tenant, tenants_.find(call.tenant()));
    ENCOURS_ASSIGN(const auto ids, chosen_ids(call, *request));
    std::string mapping = request->mapping_name();
    if (!request->mapping_yaml().empty()) {
      std::vector<Error> errors;
      ENCOURS_ASSIGN(mapping, publish_mapping(call, request->mapping_yaml(), &errors));
      ENCOURS_ASSIGN(tenant, tenants_.find(call.tenant()));
    }
    api::ReplayDeadLettersResponse out;
    for (const auto& id : ids) {
      api::ReplayDeadLettersRequest one;
      one.set_tenant(call.tenant());
      one.set_request_id(kOneOfMany + stable_id({request->request_id(), id}));
      one.add_ids(id);
      one.set_corrected_original(request->corrected_original());
      one.set_mapping_name(mapping);
      const auto replayed = replay_one(call, one);
      if (replayed) {
        *out.add_results() = replayed->results(0);
        continue;
      }
      const Error& why = replayed.failure();
      if (why.reaction != Reaction::kRefused) return why;
      auto* result = out.add_results();
      result->set_id(id);
      result->mutable_refused()->set_code(why.code);
      result->mutable_refused()->set_field(why.field);
      result->mutable_refused()->set_message(why.message);
    }
    InboxLog inbox(parts_.appender, parts_.topology.partitions);
    ENCOURS_ASSIGN(*out.mutable_position(), flush(call, request->request_id(), tenant, inbox));
    ENCOURS_TRY(audit(call, "replay", "encours.inbox", request->request_id(),
                      sha256_hex(stream::Effects::serialise(*request)), out.results_size()));
    return out;
  });
}

Result<api::ReplayDeadLettersResponse> IngestionHandlers::replay_one(
    rpc::Call& call, const api::ReplayDeadLettersRequest& request) {
  const std::string& id = request.ids(0);
  const auto partition = parts_.commands.partition_of(rpc::command_of(call, id, request));
  return parts_.router.on_owner<api::ReplayDeadLettersResponse>(
      call, partition, request, [&]() -> Result<api::ReplayDeadLettersResponse> {
        ENCOURS_ASSIGN(const DeadLetterRow row, letter_here(partition, call.tenant(), id, "ids"));
        // A stage reads no document: what it sends again goes with the command.
        api::ReplayDeadLettersRequest whole = request;
        if (request.corrected_original().empty() && !row.letter().document_sha256().empty()) {
          whole.set_corrected_original(row.letter().original());
        }
        auto command = rpc::command_of(call, id, whole);
        return parts_.commands.submit_as<api::ReplayDeadLettersResponse>(command);
      });
}

Result<std::vector<std::string>> IngestionHandlers::chosen_ids(
    rpc::Call& call, const api::ReplayDeadLettersRequest& request) {
  std::vector<std::string> ids(request.ids().begin(), request.ids().end());
  if (!ids.empty()) return ids;
  if (request.filter().empty()) {
    return refused("missing_field", "ids", "Name the dead letters, or give a filter.");
  }
  api::ListDeadLettersRequest page;
  page.set_tenant(call.tenant());
  page.set_filter("(" + request.filter() + ") AND state = OPEN");
  page.set_page_size(query::kLargestListSize);
  do {
    ENCOURS_ASSIGN(const auto letters, list_letters(call, page));
    if (letters.coverage().missing_partitions_size() > 0) {
      return error(Reaction::kRetry, "partitions_missing",
                   "Some partitions do not answer now. Try again in a moment.");
    }
    for (const auto& letter : letters.dead_letters()) ids.push_back(letter.id());
    if (ids.size() > kMaxReplay) {
      return refused("too_many", "filter", "At most 10,000 at a time. Narrow the filter.");
    }
    page.set_page_token(letters.next_page_token());
  } while (!page.page_token().empty());
  return ids;
}

}  // namespace encours::ingestion
