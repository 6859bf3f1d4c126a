#include "services/ingestion/doors/file_import.h"

#include <algorithm>

#include "common/base/hash.h"
#include "services/ingestion/domain/decode/csv_row.h"
#include "services/ingestion/domain/event_time.h"

namespace encours::ingestion {
namespace {

namespace api = encours::ingestion::v1alpha1;

const Mapping* find_mapping(const DoorTenant& tenant, const std::string& name) {
  const stream::Settings settings(*tenant.settings, tenant.settings_version());
  return settings.find<Mapping>(tenant.name, kMappingKind, name);
}

std::string import_id_of(const FileSpec& spec, const std::string& tenant) {
  if (spec.sha256.empty()) return stable_id({tenant, "import-request", spec.request_id});
  return stable_id({tenant, "import", spec.mapping, spec.source, spec.sha256});
}

char separator_of(const Mapping* mapping) {
  return mapping != nullptr && !mapping->separator().empty() ? mapping->separator()[0] : ',';
}

}  // namespace

FileImport::FileImport(FileSpec spec, const DoorTenant& tenant, InboxLog& inbox,
                       OnRefusal on_refusal)
    : spec_(std::move(spec)),
      tenant_(tenant),
      inbox_(inbox),
      on_refusal_(std::move(on_refusal)),
      import_id_(import_id_of(spec_, tenant.name)),
      mapping_(find_mapping(tenant, spec_.mapping)),
      splitter_(separator_of(mapping_), spec_.door == api::DOOR_FILE_CSV) {}

Status FileImport::feed(std::string_view chunk) {
  totals_.bytes += static_cast<std::int64_t>(chunk.size());
  digest_.add(chunk);
  Status outcome;
  splitter_.feed(chunk, [&](CsvRecord record) {
    if (outcome) outcome = take(std::move(record));
  });
  return outcome;
}

Status FileImport::finish() {
  Status outcome;
  splitter_.finish([&](CsvRecord record) {
    if (outcome) outcome = take(std::move(record));
  });
  ENCOURS_TRY(outcome);
  if (const auto digest = digest_.take(); !spec_.sha256.empty() && digest != spec_.sha256) {
    return refused("content_changed", "sha256",
                   "The bytes that came are not those of the digest: the file was changed while it "
                   "was sent. Send it again.");
  }
  if (any_record_) return {};
  CsvRecord nothing;
  return refuse_file(nothing, refused("empty_file", "", "The file holds no record. Send it again "
                                                        "once it has been written."));
}

Status FileImport::take(CsvRecord record) {
  const bool blank = !record.too_large && record.bytes.empty();
  if (blank) return {};
  any_record_ = true;
  if (spec_.door == api::DOOR_FILE_CSV && !header_) return take_header(record);
  if (header_refused_) return {};
  InboxRecord out = inbox_record(record);
  const stream::Settings settings(*tenant_.settings, tenant_.settings_version());
  const DecodedInput decoded = decode_input(out, settings);
  if (decoded.errors.empty()) {
    ++totals_.taken;
    count_days(decoded.events);
  } else {
    ++totals_.refused;
    for (const auto& why : decoded.errors) on_refusal_(record.line, why);
  }
  return inbox_.append(out);
}

// A header that does not fit the mapping refuses the file as one record: a refusal per row would
// only say the same thing a thousand times.
Status FileImport::take_header(const CsvRecord& record) {
  header_ = record.bytes;
  if (mapping_ == nullptr || record.too_large) {
    return refuse_file(record, refused("wrong_header", "", "The file has no header line."));
  }
  const auto errors = check_csv_header(*header_, *mapping_);
  if (errors.empty()) return {};
  for (std::size_t i = 1; i < errors.size(); ++i) on_refusal_(record.line, errors[i]);
  return refuse_file(record, errors.front());
}

Status FileImport::refuse_file(const CsvRecord& record, const Error& why) {
  header_refused_ = true;
  ++totals_.refused;
  on_refusal_(record.line, why);
  InboxRecord out = inbox_record(record);
  auto* refusal = out.mutable_finding()->mutable_refusal();
  refusal->set_code(why.code);
  refusal->set_field(why.field);
  refusal->set_message(why.message);
  return inbox_.append(out);
}

InboxRecord FileImport::inbox_record(const CsvRecord& record) const {
  InboxRecord out;
  out.set_door(spec_.door);
  out.set_content_type(spec_.door == api::DOOR_FILE_CSV ? kCsvType : kJsonType);
  out.set_proved_tenant(tenant_.name);
  out.set_default_source(spec_.source);
  out.set_mapping(spec_.mapping);
  if (header_) out.set_header(*header_);
  if (record.too_large) {
    auto* finding = out.mutable_finding();
    finding->mutable_refusal()->set_code("record_too_large");
    finding->mutable_refusal()->set_message(
        "The record is larger than 1 MiB. Split it or leave out what is not asked for, and send "
        "it again.");
    finding->set_original_size_bytes(record.size_bytes);
    finding->set_original_sha256(record.sha256);
    finding->set_head(record.bytes);
  } else {
    out.set_original(record.bytes);
  }
  auto* source = out.mutable_source();
  source->set_file_name(spec_.file_name);
  source->set_line(record.line);
  source->set_import_id(import_id_);
  auto* envelope = out.mutable_envelope();
  envelope->set_tenant(tenant_.name);
  envelope->set_id(stable_id({tenant_.name, "file", import_id_, std::to_string(record.line),
                              record.too_large ? record.sha256 : sha256_hex(record.bytes)}));
  envelope->set_actor(spec_.actor);
  envelope->set_settings_version(tenant_.settings_version());
  return out;
}

void FileImport::count_days(const std::vector<ErpEvent>& events) {
  for (const auto& event : events) {
    const auto recorded = recorded_time_of(event, tenant_.zone);
    if (!recorded) continue;
    const Date day = tenant_.zone.local_date(*recorded);
    if (!totals_.first_day || day < *totals_.first_day) totals_.first_day = day;
    if (!totals_.last_day || day > *totals_.last_day) totals_.last_day = day;
  }
}

}  // namespace encours::ingestion
