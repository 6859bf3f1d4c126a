#include "services/ingestion/domain/decode/decode_input.h"

#include <algorithm>

#include "services/ingestion/domain/decode/csv_row.h"
#include "services/ingestion/domain/decode/encoding.h"
#include "services/ingestion/domain/decode/event_json.h"
#include "services/ingestion/domain/decode/mapping.h"
#include "services/ingestion/domain/decode/validate.h"

namespace encours::ingestion {
namespace {

DecodedInput only(Error failure) { return DecodedInput{{}, {std::move(failure)}}; }

DecodedInput decode_csv(const InboxRecord& record, const stream::Settings& settings) {
  const Mapping* mapping =
      settings.find<Mapping>(tenant_of(record), kMappingKind, record.mapping());
  if (mapping == nullptr) {
    return only(
        refused("unknown_mapping",
                "mapping",
                "No mapping of this name is in force. Publish it, then replay the record."));
  }
  return decode_csv_row(record.header(),
                        record.original(),
                        *mapping,
                        Origin{tenant_of(record), record.default_source()});
}

// An event that came as one message: its tenant must be the door's, its gaps are filled, and it is
// checked even where it has unknown fields, so that the sender hears of everything.
DecodedInput decode_event(DecodedEvent decoded, const InboxRecord& record) {
  Findings findings;
  for (auto& error : decoded.errors) findings.add(std::move(error));
  DecodedInput out;
  if (decoded.readable) {
    ErpEvent& event = decoded.event;
    if (!event.tenant().empty() && event.tenant() != tenant_of(record)) {
      findings.add("tenant_mismatch",
                   "tenant",
                   "The event names another tenant than the one that is allowed to speak here.");
    }
    event.set_tenant(tenant_of(record));
    if (event.source().empty()) event.set_source(record.default_source());
    for (auto& error : validate(event)) findings.add(std::move(error));
    out.events.push_back(std::move(event));
  }
  out.errors = findings.take();
  if (!out.errors.empty()) out.events.clear();
  return out;
}

}  // namespace

const std::string& tenant_of(const InboxRecord& record) {
  return record.proved_tenant().empty() ? record.envelope().tenant() : record.proved_tenant();
}

std::string media_type_of(const InboxRecord& record) {
  std::string type(
      trimmed(std::string_view(record.content_type()).substr(0, record.content_type().find(';'))));
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (!type.empty()) return type;
  const auto first = record.original().find_first_not_of(" \t\r\n");
  const bool brace = first != std::string::npos && record.original()[first] == '{';
  return brace ? kJsonType : kProtobufType;
}

DecodedInput decode_input(const InboxRecord& record, const stream::Settings& settings) {
  if (record.has_finding()) {
    const auto& why = record.finding().refusal();
    return only(refused(why.code(), why.field(), why.message()));
  }
  if (settings.tenant(tenant_of(record)) == nullptr) {
    return only(refused(
        "tenant_not_open", "tenant", "This tenant is not open. Open it, then replay the record."));
  }
  const std::string type = media_type_of(record);
  if (type == kCsvType) return decode_csv(record, settings);
  if (type == kJsonType) return decode_event(event_from_json(record.original()), record);
  if (type == kProtobufType || type == "application/protobuf") {
    return decode_event(event_from_protobuf(record.original()), record);
  }
  // CloudEvents ("application/cloudevents+json", and the headers of its binary form) come here.
  return only(refused(
      "unknown_content_type", "content-type", "Send application/x-protobuf or application/json."));
}

}  // namespace encours::ingestion
