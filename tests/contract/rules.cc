#include "tests/contract/rules.h"

#include <google/protobuf/descriptor.pb.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>

#include "encours/common/v1alpha1/access.pb.h"
#include "encours/common/v1alpha1/personal.pb.h"

namespace encours::contract {
namespace {

namespace pb = google::protobuf;
namespace common = encours::common::v1alpha1;

constexpr int kTenYearsDays = 3653;
constexpr int kDeadLetterDays = 90;
constexpr const char* kEnvelope = "encours.common.v1alpha1.Envelope";
constexpr const char* kTick = "encours.common.v1alpha1.Tick";
constexpr const char* kPosition = "encours.common.v1alpha1.Position";

// Methods that are about no tenant, or about all that the token names, without being about the
// installation.
const std::set<std::string> kTenantless = {
    "encours.ingestion.v1alpha1.IngestionService.ListTenants"};

// Last words of a field's name by which it holds a name, an address, a number or free text.
const std::vector<std::string> kTellingWords = {
    "name",   "holder", "iban", "bic",      "account_number", "phone",  "mobile",      "email",
    "lines",  "city",   "note", "text",     "postal_code",    "reason", "description", "address",
    "author", "title",  "_by",  "guarantor"};

// Fields that sound personal and are not, each with its reason.
const std::set<std::string> kNotPersonal = {
    // The name of a field, and a value whose definition says whether it is personal.
    "encours.erp.v1alpha1.TypedField.name",
    "encours.erp.v1alpha1.TypedField.text",
    // A phrase of the tax law.
    "encours.erp.v1alpha1.TaxBreakdown.exemption_reason",
    // Ids of lines.
    "encours.erp.v1alpha1.DisputeOpened.lines",
    // Numbers of documents.
    "encours.erp.v1alpha1.DisputeResolved.credit_note",
    "encours.erp.v1alpha1.InvoiceCancelled.replaced_by",
    "encours.erp.v1alpha1.PaymentAllocated.credit_note"};

// The options of a set that was compiled at run time hold our extensions as unknown fields; a
// round trip through bytes makes them known.
template <class Options>
Options known(const Options& options) {
  Options result;
  result.ParseFromString(options.SerializeAsString());
  return result;
}

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

bool ends_with(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() &&
         text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

void each_message_below(const pb::Descriptor* message,
                        const std::function<void(const pb::Descriptor*)>& visit) {
  visit(message);
  for (int i = 0; i < message->nested_type_count(); ++i) {
    each_message_below(message->nested_type(i), visit);
  }
}

void each_message(const ProtoSet& set, const std::function<void(const pb::Descriptor*)>& visit) {
  for (const auto* file : set.files()) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      each_message_below(file->message_type(i), visit);
    }
  }
}

void each_method(
    const ProtoSet& set,
    const std::function<void(const pb::MethodDescriptor*, const common::AccessRule*)>& visit) {
  for (const auto* file : set.files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto* method = file->service(s)->method(m);
        const auto options = known(method->options());
        const bool has_rule = options.HasExtension(common::access);
        visit(method, has_rule ? &options.GetExtension(common::access) : nullptr);
      }
    }
  }
}

// The field of the message itself, or of a message in one of its oneofs: a stream says it in its
// header or its summary.
const pb::FieldDescriptor* field_at_door(
    const pb::Descriptor* message, const std::function<bool(const pb::FieldDescriptor*)>& wanted) {
  for (int i = 0; i < message->field_count(); ++i) {
    if (wanted(message->field(i))) return message->field(i);
  }
  for (int i = 0; i < message->field_count(); ++i) {
    const auto* field = message->field(i);
    if (field->real_containing_oneof() == nullptr || field->message_type() == nullptr) continue;
    for (int j = 0; j < field->message_type()->field_count(); ++j) {
      if (wanted(field->message_type()->field(j))) return field->message_type()->field(j);
    }
  }
  return nullptr;
}

bool has_string(const pb::Descriptor* message, const std::string& name) {
  return field_at_door(message, [&](const pb::FieldDescriptor* field) {
           return field->name() == name && field->type() == pb::FieldDescriptor::TYPE_STRING;
         }) != nullptr;
}

bool has_position(const pb::Descriptor* message) {
  return field_at_door(message, [](const pb::FieldDescriptor* field) {
           return field->message_type() != nullptr &&
                  field->message_type()->full_name() == kPosition;
         }) != nullptr;
}

bool is_field(const pb::Descriptor* message,
              int number,
              const std::string& name,
              const std::string& type) {
  const auto* field = message->FindFieldByNumber(number);
  return field != nullptr && field->name() == name && field->message_type() != nullptr &&
         field->message_type()->full_name() == type;
}

bool is_personal(const pb::FieldDescriptor* field) {
  return known(field->options()).GetExtension(common::personal);
}

void find_personal(const pb::Descriptor* message,
                   bool deep,
                   std::set<std::string>& seen,
                   Findings& findings,
                   const std::string& root) {
  if (!seen.insert(message->full_name()).second) return;
  for (int i = 0; i < message->field_count(); ++i) {
    const auto* field = message->field(i);
    if (is_personal(field)) {
      findings.push_back(field->full_name() + " is personal and stands in " + root + ".");
    }
    if (deep && field->message_type() != nullptr) {
      find_personal(field->message_type(), deep, seen, findings, root);
    }
  }
}

template <class Descriptor>
bool is_explained(const Descriptor* descriptor) {
  pb::SourceLocation location;
  return descriptor->GetSourceLocation(&location) && !location.leading_comments.empty();
}

template <class Descriptor>
void require_comment(const Descriptor* descriptor, Findings& findings) {
  if (is_explained(descriptor)) return;
  findings.push_back(descriptor->full_name() + " has no comment.");
}

// A request or response is explained by its method.
bool explained_by_method(const pb::Descriptor* message) {
  return ends_with(message->name(), "Request") || ends_with(message->name(), "Response");
}

void check_message_comments(const pb::Descriptor* message, Findings& findings) {
  if (message->options().map_entry()) return;
  if (!explained_by_method(message)) require_comment(message, findings);
  for (int i = 0; i < message->enum_type_count(); ++i) {
    require_comment(message->enum_type(i), findings);
  }
  // The inbound contract is read by people who know nothing else of Encours.
  if (!starts_with(message->file()->package(), "encours.erp.")) return;
  for (int i = 0; i < message->field_count(); ++i) require_comment(message->field(i), findings);
}

}  // namespace

ProtoSet::ProtoSet(const std::string& path, const std::string& folder) {
  pb::FileDescriptorSet set;
  std::ifstream in(path, std::ios::binary);
  if (!set.ParseFromIstream(&in)) return;
  // protoc writes a file behind those that it imports.
  for (const auto& file : set.file()) {
    const auto* built = pool_.BuildFile(file);
    if (built != nullptr && starts_with(file.name(), folder)) files_.push_back(built);
  }
}

const pb::Descriptor* ProtoSet::message(const std::string& full_name) const {
  return pool_.FindMessageTypeByName(full_name);
}

Findings check_access(const ProtoSet& set) {
  Findings findings;
  each_method(set, [&](const pb::MethodDescriptor* method, const common::AccessRule* rule) {
    if (rule == nullptr || rule->roles().empty()) {
      findings.push_back(method->full_name() + " has no access rule.");
      return;
    }
    for (const int role : rule->roles()) {
      if (role != common::ROLE_UNSPECIFIED && common::Role_IsValid(role)) continue;
      findings.push_back(method->full_name() + " names an unknown role.");
    }
  });
  return findings;
}

Findings check_writes(const ProtoSet& set) {
  // By these words a method says that it only reads.
  const std::vector<std::string> reading = {
      "List", "Get", "Await", "Dump", "Verify", "Explain", "Preview", "StreamAlerts"};
  Findings findings;
  each_method(set, [&](const pb::MethodDescriptor* method, const common::AccessRule* rule) {
    const bool writes = rule != nullptr && rule->writes();
    const bool named_reading = std::any_of(reading.begin(), reading.end(), [&](const auto& verb) {
      return starts_with(method->name(), verb);
    });
    const std::string& name = method->full_name();
    if (writes && named_reading) findings.push_back(name + " reads by its name but writes.");
    if (!writes && !named_reading) {
      findings.push_back(name + " writes by its name but not by its rule.");
    }
    const bool has_request_id = has_string(method->input_type(), "request_id");
    if (writes && !has_request_id) findings.push_back(name + " writes without a request_id.");
    if (!writes && has_request_id) {
      findings.push_back(name + " has a request_id but writes nothing.");
    }
    if (writes && !has_position(method->output_type())) {
      findings.push_back(name + " writes but answers no position.");
    }
  });
  return findings;
}

Findings check_tenants(const ProtoSet& set) {
  Findings findings;
  each_method(set, [&](const pb::MethodDescriptor* method, const common::AccessRule* rule) {
    if (rule == nullptr || rule->installation() || kTenantless.count(method->full_name()) > 0) {
      return;
    }
    if (!has_string(method->input_type(), "tenant")) {
      findings.push_back(method->full_name() + " names no tenant.");
    }
  });
  return findings;
}

Findings check_field_types(const ProtoSet& set) {
  Findings findings;
  each_message(set, [&](const pb::Descriptor* message) {
    for (int i = 0; i < message->field_count(); ++i) {
      const auto* field = message->field(i);
      if (field->is_map()) findings.push_back(field->full_name() + " is a map.");
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_DOUBLE ||
          field->cpp_type() == pb::FieldDescriptor::CPPTYPE_FLOAT) {
        findings.push_back(field->full_name() + " is a floating-point number.");
      }
    }
  });
  return findings;
}

Findings check_envelopes(const ProtoSet& set, const std::vector<Topic>& topics) {
  Findings findings;
  std::set<std::string> values;
  for (const auto& topic : topics) {
    if (topic.value == "row") continue;
    const auto* message = set.message(topic.value);
    if (message == nullptr) {
      findings.push_back(topic.name + " carries " + topic.value + ", which no proto defines.");
      continue;
    }
    // State is read by those who write it: nobody decides by it.
    if (topic.foreign || topic.kind == "state") continue;
    values.insert(topic.value);
    if (!is_field(message, 1, "envelope", kEnvelope) || !is_field(message, 2, "tick", kTick)) {
      findings.push_back(topic.value + " needs envelope = 1 and tick = 2.");
    }
  }
  each_message(set, [&](const pb::Descriptor* message) {
    for (int i = 0; i < message->field_count(); ++i) {
      const auto* type = message->field(i)->message_type();
      if (type == nullptr || type->full_name() != kEnvelope) continue;
      if (values.count(message->full_name()) > 0) continue;
      findings.push_back(message->full_name() + " has an envelope but stands on no topic.");
    }
  });
  return findings;
}

Findings check_personal(const ProtoSet& set, const std::vector<Topic>& topics) {
  Findings findings;
  for (const auto& topic : topics) {
    const auto* message = set.message(topic.value);
    if (topic.kind != "decision" || message == nullptr) continue;
    std::set<std::string> seen;
    find_personal(message, true, seen, findings, topic.name);
  }
  each_message(set, [&](const pb::Descriptor* message) {
    if (!starts_with(message->full_name(), "encours.state.")) return;
    std::set<std::string> seen;
    find_personal(message, false, seen, findings, "a row");
  });
  return findings;
}

Findings check_telling_names(const ProtoSet& set, const std::string& package) {
  Findings findings;
  each_message(set, [&](const pb::Descriptor* message) {
    if (!starts_with(message->full_name(), package)) return;
    for (int i = 0; i < message->field_count(); ++i) {
      const auto* field = message->field(i);
      if (field->type() != pb::FieldDescriptor::TYPE_STRING || is_personal(field)) continue;
      const bool telling =
          std::any_of(kTellingWords.begin(), kTellingWords.end(), [&](const std::string& word) {
            return ends_with(field->name(), word);
          });
      if (telling && kNotPersonal.count(field->full_name()) == 0) {
        findings.push_back(field->full_name() + " sounds personal and is not marked.");
      }
    }
  });
  return findings;
}

Findings check_comments(const ProtoSet& set) {
  Findings findings;
  for (const auto* file : set.files()) {
    for (int i = 0; i < file->enum_type_count(); ++i) {
      require_comment(file->enum_type(i), findings);
    }
    for (int i = 0; i < file->service_count(); ++i) {
      const auto* service = file->service(i);
      require_comment(service, findings);
      for (int m = 0; m < service->method_count(); ++m) {
        require_comment(service->method(m), findings);
      }
    }
  }
  each_message(set,
               [&](const pb::Descriptor* message) { check_message_comments(message, findings); });
  return findings;
}

Findings check_topics(const std::vector<Topic>& topics) {
  const std::set<std::string> kinds = {"input", "decision", "derived", "refused", "state"};
  Findings findings;
  std::set<std::string> names;
  for (const auto& topic : topics) {
    if (!names.insert(topic.name).second) findings.push_back(topic.name + " stands twice.");
    if (!starts_with(topic.name, "encours.")) findings.push_back(topic.name + " is not ours.");
    if (kinds.count(topic.kind) == 0) findings.push_back(topic.name + " has no known kind.");
    if (topic.cleanup != "delete" && topic.cleanup != "compact") {
      findings.push_back(topic.name + " has no known cleanup.");
    }
    if ((topic.cleanup == "compact") != (topic.retention_days == 0)) {
      findings.push_back(topic.name + " is kept by days or compacted, one of the two.");
    }
    const bool of_record = topic.kind == "input" || topic.kind == "decision";
    if (of_record && topic.cleanup == "delete" && topic.retention_days < kTenYearsDays) {
      findings.push_back(topic.name + " must be kept for 10 years.");
    }
    if (topic.kind == "refused" && topic.retention_days != kDeadLetterDays) {
      findings.push_back(topic.name + " must be kept for 90 days.");
    }
    if (topic.kind == "state" && topic.cleanup != "compact") {
      findings.push_back(topic.name + " must be compacted.");
    }
  }
  return findings;
}

std::vector<Topic> read_topics(const std::string& yaml_path) {
  std::vector<Topic> topics;
  for (const auto& node : YAML::LoadFile(yaml_path)["topics"]) {
    Topic topic;
    topic.name = node["name"] ? node["name"].as<std::string>() : node["pattern"].as<std::string>();
    topic.kind = node["kind"].as<std::string>();
    topic.cleanup = node["cleanup"].as<std::string>();
    topic.value = node["value"].as<std::string>();
    topic.retention_days = node["retention_days"].as<int>(0);
    topic.foreign = node["foreign"].as<bool>(false);
    topics.push_back(topic);
  }
  return topics;
}

}  // namespace encours::contract
