#include "services/ingestion/domain/decode/event_json.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "services/ingestion/domain/decode/encoding.h"
#include "services/ingestion/domain/decode/findings.h"
#include "services/ingestion/domain/decode/json_check.h"

namespace encours::ingestion {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::JsonParseOptions;
using google::protobuf::util::JsonStringToMessage;

Error too_large() {
  return refused("record_too_large", "", "An event has at most 1 MiB. Split it or shorten it.");
}

Error unreadable_json(const std::string& why) {
  return refused("unreadable_json",
                 "",
                 "The record is no JSON object: " + printable(why.substr(0, why.find('\n')), 100));
}

// All that is wrong with a JSON text that did not parse as an event.
void explain(const std::string& json, DecodedEvent* out) {
  google::protobuf::Value value;
  const auto status = JsonStringToMessage(json, &value);
  if (!status.ok()) {
    // The first line of Protobuf's message says what was expected, the next ones quote the text.
    out->errors.push_back(unreadable_json(status.message().ToString()));
    return;
  }
  if (!value.has_struct_value()) {
    out->errors.push_back(unreadable_json("write the event's fields in braces."));
    return;
  }
  Findings findings;
  check_json(value.struct_value(), *ErpEvent::descriptor(), &findings);
  if (findings.empty()) {
    out->errors.push_back(unreadable_json("a value has not the type that the contract asks for."));
    return;
  }
  out->errors = findings.take();
  const bool only_unknown =
      std::all_of(out->errors.begin(), out->errors.end(), [](const Error& error) {
        return error.code == "unknown_field";
      });
  if (!only_unknown) return;
  JsonParseOptions options;
  options.ignore_unknown_fields = true;
  out->readable = JsonStringToMessage(json, &out->event, options).ok();
}

void find_unknown(const Message& message, const std::string& path, Findings* findings) {
  const std::string below = path + (path.empty() ? "" : ".");
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count(); ++i) {
    findings->add("unknown_field",
                  below + "#" + std::to_string(unknown.field(i).number()),
                  "The contract has no field of this number here.");
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const auto& reflection = *message.GetReflection();
    if (!field->is_repeated()) {
      find_unknown(reflection.GetMessage(message, field), below + field->name(), findings);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      find_unknown(reflection.GetRepeatedMessage(message, field, i),
                   below + field->name() + "[" + std::to_string(i) + "]",
                   findings);
    }
  }
}

}  // namespace

DecodedEvent event_from_json(std::string_view json) {
  DecodedEvent out;
  if (json.size() > kMaxEventBytes) {
    out.errors.push_back(too_large());
  } else if (!is_utf8(json)) {
    out.errors.push_back(refused("invalid_utf8", "", "JSON is UTF-8. Send it in this encoding."));
  } else {
    const std::string text(json);
    out.readable = JsonStringToMessage(text, &out.event, JsonParseOptions()).ok();
    if (!out.readable) {
      out.event.Clear();
      explain(text, &out);
    }
  }
  return out;
}

DecodedEvent event_from_protobuf(std::string_view bytes) {
  DecodedEvent out;
  if (bytes.size() > kMaxEventBytes) {
    out.errors.push_back(too_large());
    return out;
  }
  if (!out.event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    out.event.Clear();
    out.errors.push_back(refused("unreadable_protobuf",
                                 "",
                                 "The bytes are no encours.erp.v1alpha1.ErpEvent. Check the "
                                 "content type, and that texts are UTF-8."));
    return out;
  }
  out.readable = true;
  Findings findings;
  find_unknown(out.event, "", &findings);
  out.errors = findings.take();
  return out;
}

std::string event_to_json(const ErpEvent& event) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(event, &json, options);
  ENCOURS_CHECK(status.ok(), "an event that was read can be written");
  return json;
}

}  // namespace encours::ingestion
