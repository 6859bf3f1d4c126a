#include <algorithm>

#include "common/base/hash.h"
#include "common/stream/effects.h"
#include "services/ingestion/domain/decode/proto_date.h"
#include "services/ingestion/doors/clock_writer.h"
#include "services/ingestion/doors/control.h"
#include "services/ingestion/doors/file_import.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion {
namespace {

// Before the request id of the move of the clock that an import or a replay ends with.
constexpr const char* kClockRequest = "clock-";
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

Status read_file(
    rpc::Call& call,
    grpc::ServerReaderWriter<api::ImportFileResponse, api::ImportFileRequest>* stream,
    FileImport* file) {
  std::int64_t told = 0;
  api::ImportFileRequest next;
  while (stream->Read(&next)) {
    if (const auto stop = call.stop()) return *stop;
    ENCOURS_TRY(file->feed(next.chunk()));
    const auto& totals = file->totals();
    if (totals.taken + totals.refused < told + kProgressEvery) continue;
    told = totals.taken + totals.refused;
    api::ImportFileResponse out;
    out.mutable_progress()->set_records_taken(totals.taken);
    out.mutable_progress()->set_records_refused(totals.refused);
    out.mutable_progress()->set_bytes_read(totals.bytes);
    stream->Write(out);
  }
  return file->finish();
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

Result<Position> IngestionHandlers::wall_flush(const DoorTenant& tenant, InboxLog& inbox) {
  const Instant known = last_tick_of(parts_.board, tenant.clock);
  const Instant at = std::max(parts_.clock.now(), known + Duration(1));
  ENCOURS_TRY(write_wall_tick(inbox, at, tenant.settings_version()));
  Position position;
  position.set_clock(tenant.clock);
  stream::set_timestamp(at, position.mutable_instant());
  return position;
}

Result<Position> IngestionHandlers::flush(rpc::Call& call, const std::string& request_id,
                                          const DoorTenant& tenant, InboxLog& inbox) {
  ENCOURS_TRY(inbox.settle());
  if (!tenant.in_events_mode()) return wall_flush(tenant, inbox);
  api::AdvanceClockRequest request;
  request.set_tenant(tenant.name);
  request.set_request_id(kClockRequest + request_id);
  return advance(call, request);
}

// Ticks behind the last record in every partition: what waits for the last of them has seen all.
Result<Position> IngestionHandlers::close_with_ticks(rpc::Call& call, const std::string& request_id,
                                                     const DoorTenant& tenant, InboxLog& inbox,
                                                     std::optional<Date> first,
                                                     std::optional<Date> last) {
  if (!tenant.in_events_mode() || !first || !last) return flush(call, request_id, tenant, inbox);
  ENCOURS_TRY(inbox.settle());
  api::AdvanceClockRequest request;
  request.set_tenant(tenant.name);
  request.set_request_id(kClockRequest + request_id);
  set_date(*first, request.mutable_from());
  set_date(*last, request.mutable_to());
  request.set_whole_day(true);
  return advance(call, request);
}

Result<Position> IngestionHandlers::advance(rpc::Call& call,
                                            const api::AdvanceClockRequest& request) {
  ENCOURS_ASSIGN(
      const auto moved,
      (control<api::AdvanceClockRequest, api::AdvanceClockResponse>(parts_, call, request)));
  return moved.position();
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
  spec.sha256 = header.sha256();
  spec.request_id = header.request_id();
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
  const Status read = read_file(call, stream, &file);
  const auto& totals = file.totals();
  // A file that broke off has written too.
  ENCOURS_TRY(audit(call, "import", spec.file_name, header.request_id(), file.import_id(),
                    totals.taken + totals.refused));
  ENCOURS_TRY(read);
  ENCOURS_ASSIGN(const Position position,
                 close_with_ticks(call, header.request_id(), tenant, inbox, totals.first_day,
                                  totals.last_day));
  write_summary(file, position, hidden, stream);
  return {};
}

grpc::Status IngestionHandlers::AdvanceClock(grpc::ServerContext* context,
                                             const api::AdvanceClockRequest* request,
                                             api::AdvanceClockResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) {
    return control<api::AdvanceClockRequest, api::AdvanceClockResponse>(parts_, call, *request);
  });
}

}  // namespace encours::ingestion
