#include <absl/strings/escaping.h>

#include <algorithm>
#include <map>

#include "common/base/hash.h"
#include "common/filter/filter.h"
#include "common/filter/order_by.h"
#include "common/rpc/command_call.h"
#include "common/rpc/peers.h"
#include "common/stream/effects.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/view.h"
#include "services/ingestion/domain/letters_stage.h"
#include "services/ingestion/doors/clock_writer.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion {
namespace {

using encours::state::v1alpha1::DeadLetterRow;
using stream::View;

constexpr int kDefaultPage = 50;
constexpr int kMaxPage = 1000;
constexpr std::size_t kMaxReplay = 10'000;
// Request ids of the single commands that a replay of many is made of.
constexpr const char* kOneOfMany = "replay-one-";

// Door of a letter, by the word that its stage kept.
api::Door door_of(const std::string& word) {
  api::Door door = api::DOOR_UNSPECIFIED;
  return api::Door_Parse(word, &door) ? door : api::DOOR_UNSPECIFIED;
}

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
  view.set_original(letter.original());
  *view.mutable_decoder_hints() = letter.decoder_hints();
  const bool whole =
      letter.original_size() == static_cast<std::int64_t>(letter.original().size()) ||
      !letter.document_sha256().empty();
  view.set_replayable(whole && door_of(letter.door()) != api::DOOR_UNSPECIFIED);
  if (row.has_replayed_at()) *view.mutable_replayed_at() = row.replayed_at();
  view.set_replayed_by(row.replayed_by());
  return view;
}

}  // namespace

std::vector<api::DeadLetterView> IngestionHandlers::local_letters(
    const std::string& tenant, const std::vector<std::int32_t>& partitions,
    std::vector<std::int32_t>* missing) {
  std::vector<api::DeadLetterView> letters;
  const std::string prefix = KeyWriter().byte(kLetters.id).text(tenant).take();
  for (const std::int32_t partition : partitions) {
    const auto snapshot = parts_.board.snapshot(partition);
    if (!snapshot) {
      missing->push_back(partition);
      continue;
    }
    snapshot->scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view value) {
      letters.push_back(view_of(View::parse<DeadLetterRow>(value)));
      return true;
    });
  }
  return letters;
}

grpc::Status IngestionHandlers::ListDeadLetters(grpc::ServerContext* context,
                                                const api::ListDeadLettersRequest* request,
                                                api::ListDeadLettersResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) { return list_letters(call, *request); });
}

Result<api::ListDeadLettersResponse> IngestionHandlers::list_letters(
    rpc::Call& call, const api::ListDeadLettersRequest& request) {
  const auto& type = *api::DeadLetterView::descriptor();
  ENCOURS_ASSIGN(const auto filter, filter::Filter::compile(request.filter(), type));
  const std::string order = request.order_by().empty() ? "recorded_at desc" : request.order_by();
  ENCOURS_ASSIGN(const auto by, filter::OrderBy::compile(order, type));
  std::string after;
  if (!absl::WebSafeBase64Unescape(request.page_token(), &after)) {
    return refused("invalid_page_token", "page_token", "Start again without it.");
  }
  const int size =
      request.page_size() <= 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);

  // Each instance gives its first `size` letters behind the token; the merge keeps the first.
  const auto local = [&](const std::vector<std::int32_t>& partitions)
      -> Result<rpc::Part<api::ListDeadLettersResponse>> {
    rpc::Part<api::ListDeadLettersResponse> part;
    std::map<std::string, api::DeadLetterView> page;
    for (auto& letter : local_letters(call.tenant(), partitions, &part.missing)) {
      if (!filter.matches(letter)) continue;
      part.response.set_total_size(part.response.total_size() + 1);
      std::string key = by.key(letter) + letter.id();
      if (key <= after) continue;
      letter.clear_original();
      page.emplace(std::move(key), std::move(letter));
      if (page.size() > static_cast<std::size_t>(size) + 1) page.erase(std::prev(page.end()));
    }
    for (auto& [key, letter] : page) *part.response.add_dead_letters() = std::move(letter);
    return part;
  };
  ENCOURS_ASSIGN(auto gathered,
                 parts_.router.gather<api::ListDeadLettersResponse>(call, request, local));
  api::ListDeadLettersResponse out;
  std::map<std::string, api::DeadLetterView> merged;
  for (auto& answer : gathered.answers) {
    out.set_total_size(out.total_size() + answer.total_size());
    for (auto& letter : *answer.mutable_dead_letters()) {
      std::string key = by.key(letter) + letter.id();
      merged.emplace(std::move(key), std::move(letter));
    }
  }
  std::string last;
  for (auto& [key, letter] : merged) {
    if (out.dead_letters_size() == size) {
      out.set_next_page_token(absl::WebSafeBase64Escape(last));
      break;
    }
    last = key;
    *out.add_dead_letters() = std::move(letter);
  }
  out.mutable_coverage()->set_partition_count(parts_.topology.partitions);
  for (const std::int32_t p : gathered.missing) out.mutable_coverage()->add_missing_partitions(p);
  return out;
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
          const auto snapshot = parts_.board.snapshot(partition);
          if (!snapshot) return error(Reaction::kRetry, "not_here", "The partition has moved.");
          const auto bytes = snapshot->get(KeyWriter()
                                               .byte(kLetters.id)
                                               .text(call.tenant())
                                               .text(request->id())
                                               .take());
          ENCOURS_TRY(snapshot->status());
          if (!bytes) {
            return refused("unknown_dead_letter", "id", "There is no dead letter with this id.");
          }
          api::GetDeadLetterResponse out;
          *out.mutable_dead_letter() = view_of(View::parse<DeadLetterRow>(*bytes));
          return out;
        });
  });
}

// One command a letter, each on the letter's own partition; then ticks, so that tenants in events
// mode see what was replayed.
grpc::Status IngestionHandlers::ReplayDeadLetters(grpc::ServerContext* context,
                                                  const api::ReplayDeadLettersRequest* request,
                                                  api::ReplayDeadLettersResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) -> Result<api::ReplayDeadLettersResponse> {
    if (call.forwarded() || request->request_id().starts_with(kOneOfMany)) {
      return replay_one(call, *request);
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
  auto command = rpc::command_of(call, request.ids(0), request);
  return parts_.router.on_owner<api::ReplayDeadLettersResponse>(
      call, parts_.commands.partition_of(command), request,
      [&] { return parts_.commands.submit_as<api::ReplayDeadLettersResponse>(command); });
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
  page.set_page_size(kMaxPage);
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
