#include "common/base/hash.h"
#include "common/stream/effects.h"
#include "services/ingestion/domain/decode/proto_date.h"
#include "services/ingestion/doors/clock_writer.h"
#include "services/ingestion/doors/control.h"
#include "services/ingestion/doors/file_import.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion {
namespace {

using encours::common::v1alpha1::Position;

constexpr std::int64_t kProgressEvery = 1000;
// More refusals than this are counted, not listed: the dead letters have them all.
constexpr std::int64_t kMaxRefusalsShown = 1000;

Result<api::Door> door_of(api::ImportFormat format) {
  switch (format) {
    case api::IMPORT_FORMAT_UNSPECIFIED:
    case api::IMPORT_FORMAT_CSV: return api::DOOR_FILE_CSV;
    case api::IMPORT_FORMAT_JSON: return api::DOOR_FILE_JSON;
    default:
      return refused("unknown_format", "format", "This version imports csv and json files.");
  }
}

Position position_at(const std::string& clock, Instant instant) {
  Position position;
  position.set_clock(clock);
  stream::set_timestamp(instant, position.mutable_instant());
  return position;
}

// The last message of an import: what became of the file, and what to wait for.
void write_summary(
    const FileImport& file, const Position& position, std::int64_t hidden,
    grpc::ServerReaderWriter<api::ImportFileResponse, api::ImportFileRequest>* stream) {
  const auto& totals = file.totals();
  api::ImportFileResponse out;
  auto* summary = out.mutable_summary();
  summary->set_import_id(file.import_id());
  summary->set_records_taken(totals.taken);
  summary->set_records_refused(totals.refused);
  if (totals.first_day) set_date(*totals.first_day, summary->mutable_first_day());
  if (totals.last_day) set_date(*totals.last_day, summary->mutable_last_day());
  *summary->mutable_position() = position;
  summary->set_refusals_not_shown(hidden);
  stream->Write(out);
}

}  // namespace

// The mapping is a setting, named by its content: the same file published twice is one setting, and
// a record that waits for replay finds the mapping by which it was read.
Result<std::string> IngestionHandlers::publish_mapping(rpc::Call& call,
                                                       const std::string& yaml,
                                                       std::vector<Error>* errors) {
  const ParsedMapping parsed = parse_mapping(yaml);
  if (!parsed.ok()) {
    *errors = parsed.errors;
    return parsed.errors.front();
  }
  const std::string name = "m-" + sha256_hex(yaml).substr(0, 16);
  const auto settings = parts_.settings.current();
  if (settings->find(call.tenant(), kMappingKind, name, settings->last_sequence()) != nullptr) {
    return name;
  }
  api::PublishSettingRequest request;
  request.set_tenant(call.tenant());
  request.set_request_id("mapping-" + stable_id({call.tenant(), name}));
  request.set_kind(kMappingKind);
  request.set_name(name);
  request.mutable_text()->set_media_type("application/yaml");
  request.mutable_text()->set_text(yaml);
  ENCOURS_ASSIGN(
      const auto published,
      (control<api::PublishSettingRequest, api::PublishSettingResponse>(parts_, call, request)));
  ENCOURS_ASSIGN(const auto seen, tenants_.settings_at(published.sequence()));
  static_cast<void>(seen);
  return name;
}

Result<Position> IngestionHandlers::flush(const DoorTenant& tenant, InboxLog& inbox) {
  const Instant known = last_tick_of(parts_.board, tenant.clock);
  const Instant at = tenant.in_events_mode() ? known + std::chrono::seconds(1)
                                             : std::max(parts_.clock.now(), known + Duration(1));
  ENCOURS_TRY(write_ticks(inbox, tenant.clock, {at}, tenant.settings_version()));
  return position_at(tenant.clock, at);
}

Result<Position> IngestionHandlers::close_with_ticks(const DoorTenant& tenant, InboxLog& inbox,
                                                     std::optional<Date> first,
                                                     std::optional<Date> last) {
  ENCOURS_TRY(inbox.settle());
  // A wall tick of this moment, after the last record in every partition: what waits for it has
  // seen them all.
  if (!tenant.in_events_mode()) return flush(tenant, inbox);
  const Instant known = last_tick_of(parts_.board, tenant.clock);
  if (!first || !last) return position_at(tenant.clock, known);
  const auto instants = day_instants(tenant.zone, *first, *last, known);
  // Facts of days that the clock has passed wait for the next tick: give them one, which decides
  // nothing of a day.
  if (instants.empty()) return flush(tenant, inbox);
  ENCOURS_TRY(write_ticks(inbox, tenant.clock, instants, tenant.settings_version()));
  return position_at(tenant.clock, instants.back());
}

grpc::Status IngestionHandlers::ImportFile(grpc::ServerContext* context, ImportStream* stream) {
  return parts_.guard.client_stream<api::ImportFileRequest>(
      *context, stream,
      [](const api::ImportFileRequest& first) { return first.header().tenant(); },
      [&](rpc::Call& call, const api::ImportFileRequest& first) {
        return import_file(call, first, stream);
      });
}

Status IngestionHandlers::import_file(rpc::Call& call, const api::ImportFileRequest& first,
                                      ImportStream* stream) {
  if (!first.has_header()) {
    return refused("missing_field", "header", "The first message must be the header of the file.");
  }
  const api::ImportHeader& header = first.header();
  FileSpec spec;
  spec.file_name = header.file_name();
  spec.source = header.source();
  spec.actor = call.caller().actor();
  spec.size_bytes = header.size_bytes();
  spec.mapping = header.mapping_name();
  ENCOURS_ASSIGN(spec.door, door_of(header.format()));
  ENCOURS_ASSIGN(DoorTenant tenant, tenants_.find_or_open(call));
  if (!header.mapping_yaml().empty()) {
    std::vector<Error> errors;
    ENCOURS_ASSIGN(spec.mapping, publish_mapping(call, header.mapping_yaml(), &errors));
    ENCOURS_ASSIGN(tenant, tenants_.find(call.tenant()));
  }
  if (spec.door == api::DOOR_FILE_CSV && spec.mapping.empty()) {
    return refused("missing_field", "mapping", "A CSV file needs a mapping: --mapping FILE.");
  }

  InboxLog inbox(parts_.appender, parts_.topology.partitions);
  std::int64_t hidden = 0;
  std::int64_t shown = 0;
  FileImport file(spec, tenant, inbox, [&](std::int64_t line, const Error& why) {
    if (shown == kMaxRefusalsShown) {
      ++hidden;
      return;
    }
    ++shown;
    api::ImportFileResponse out;
    auto* refusal = out.mutable_refusal();
    refusal->set_file_name(spec.file_name);
    refusal->set_line(line);
    refusal->set_field(why.field);
    refusal->set_code(why.code);
    refusal->set_message(why.message);
    stream->Write(out);
  });
  std::int64_t told = 0;
  api::ImportFileRequest next;
  while (stream->Read(&next)) {
    if (const auto stop = call.stop()) return *stop;
    ENCOURS_TRY(file.feed(next.chunk()));
    const auto& totals = file.totals();
    if (totals.taken + totals.refused < told + kProgressEvery) continue;
    told = totals.taken + totals.refused;
    api::ImportFileResponse out;
    out.mutable_progress()->set_records_taken(totals.taken);
    out.mutable_progress()->set_records_refused(totals.refused);
    out.mutable_progress()->set_bytes_read(totals.bytes);
    stream->Write(out);
  }
  ENCOURS_TRY(file.finish());
  const auto& totals = file.totals();
  ENCOURS_ASSIGN(const Position position,
                 close_with_ticks(tenant, inbox, totals.first_day, totals.last_day));
  ENCOURS_TRY(audit(call, "import", spec.file_name, header.request_id(), file.import_id(),
                    totals.taken + totals.refused));
  write_summary(file, position, hidden, stream);
  return {};
}

grpc::Status IngestionHandlers::AdvanceClock(grpc::ServerContext* context,
                                             const api::AdvanceClockRequest* request,
                                             api::AdvanceClockResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) -> Result<api::AdvanceClockResponse> {
    ENCOURS_ASSIGN(const DoorTenant tenant, tenants_.find(call.tenant()));
    if (!tenant.in_events_mode()) {
      return refused("wall_clock", "tenant",
                     "This tenant lives in wall time: nobody moves its clock. Only tenants in "
                     "events mode have one of their own.");
    }
    const auto to = date_of(request->to());
    if (!to) return refused("invalid_date", "to", "Give a day, e.g. 2026-01-31.");
    const Instant known = last_tick_of(parts_.board, tenant.clock);
    const Instant end = tenant.zone.at(*to, LocalTime{0, 0});
    api::AdvanceClockResponse out;
    if (end <= known) {
      *out.mutable_position() = position_at(tenant.clock, known);
      return out;
    }
    // A clock that never ticked starts on the day itself: there is nothing before it to age.
    const Date from = known == Instant::min() ? *to : tenant.zone.local_date(known);
    std::vector<Instant> instants = day_instants(tenant.zone, from, *to, known);
    std::erase_if(instants, [&](Instant at) { return at > end; });
    InboxLog inbox(parts_.appender, parts_.topology.partitions);
    ENCOURS_TRY(write_ticks(inbox, tenant.clock, instants, tenant.settings_version()));
    ENCOURS_TRY(audit(call, "clock", tenant.clock, request->request_id(), to->to_string(),
                      static_cast<std::int64_t>(instants.size())));
    *out.mutable_position() = position_at(tenant.clock, end);
    out.set_tick_count(static_cast<std::int64_t>(instants.size()));
    return out;
  });
}

}  // namespace encours::ingestion
