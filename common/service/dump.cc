#include "common/service/dump.h"

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include "common/base/hash.h"
#include "common/state/key.h"
#include "common/stream/topology.h"
#include "encours/alerting/v1alpha1/alerts.pb.h"
#include "encours/dunning/v1alpha1/actions.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/risk/v1alpha1/facts.pb.h"
#include "encours/scoring/v1alpha1/scores.pb.h"
#include "encours/stream/v1alpha1/command.pb.h"

namespace encours {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct LeftOutField {
  std::string_view message;
  std::string_view field;
  std::string_view because;
};

// Every field that a dump leaves out, with the reason.
constexpr LeftOutField kLeftOutFields[] = {
    {"encours.common.v1alpha1.Envelope", "settings_version",
     "a number in the installation's order: two tenants that open at once share it"},
    {"encours.common.v1alpha1.Tick", "settings_version", "as in the envelope"},
    {"encours.state.v1alpha1.TenantRow", "sequence", "as in the envelope"},
    {"encours.state.v1alpha1.SettingRow", "sequence", "as in the envelope"},
    {"encours.stream.v1alpha1.SourcePosition", "topic", "a position"},
    {"encours.stream.v1alpha1.SourcePosition", "partition", "a position"},
    {"encours.stream.v1alpha1.SourcePosition", "offset", "a position"},
};

// An empty message of a type of this program's own tables; null where it was built without.
std::unique_ptr<Message> make(std::string_view full_name) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  const Descriptor* type = pool->FindMessageTypeByName(std::string(full_name));
  if (type == nullptr) return nullptr;
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  return std::unique_ptr<Message>(prototype->New());
}

void leave_out(Message& message) {
  const auto* reflection = message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (const auto& one : kLeftOutFields) {
    if (type->full_name() != one.message) continue;
    const auto* field = type->FindFieldByName(std::string(one.field));
    if (field != nullptr) reflection->ClearField(&message, field);
  }
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      leave_out(*reflection->MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      leave_out(*reflection->MutableRepeatedMessage(&message, field, i));
    }
  }
}

// By convention of envelope.proto.
constexpr int kTickField = 2;

std::string text_of(const Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(message, &text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string escaped(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '\\') {
      out.push_back(c);
    } else {
      constexpr char kHex[] = "0123456789abcdef";
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

Result<std::string> key_text(const TableInfo& table, std::string_view key) {
  KeyReader reader(key.substr(1));
  std::string out;
  const auto broken = [&] {
    return error(Reaction::kCorrupted, "unreadable_key",
                 "A key of table " + std::string(table.name) + " does not have its shape.");
  };
  for (const char part : table.key_shape) {
    if (!out.empty()) out.push_back('|');
    if (part == 's') {
      const auto text = reader.text();
      if (!text) return broken();
      out += escaped(*text);
    } else if (part == 'n') {
      const auto number = reader.number();
      if (!number) return broken();
      out += std::to_string(*number);
    } else if (part == 'b') {
      const auto byte = reader.byte();
      if (!byte) return broken();
      out += std::to_string(*byte);
    } else {
      out += escaped(reader.rest());
      return out;
    }
  }
  if (!reader.empty()) return broken();
  return out;
}

}  // namespace

const std::vector<DumpedTopic>& dumped_topics() {
  using AlertRecord = encours::alerting::v1alpha1::AlertRecord;
  using ReceivableRecord = encours::receivables::v1alpha1::ReceivableRecord;
  using RiskRecord = encours::risk::v1alpha1::RiskRecord;
  using ScoreRecord = encours::scoring::v1alpha1::ScoreRecord;
  using DunningRecord = encours::dunning::v1alpha1::DunningRecord;
  using DeadLetter = encours::stream::v1alpha1::DeadLetter;
  static const std::vector<DumpedTopic> topics = {
      {"encours.receivables", &ReceivableRecord::default_instance()},
      {"encours.alerts", &AlertRecord::default_instance()},
      {"encours.risk", &RiskRecord::default_instance(), false},
      {"encours.scores", &ScoreRecord::default_instance(), false},
      {"encours.dunning", &DunningRecord::default_instance()},
      {"encours.dead-letters", &DeadLetter::default_instance(), false},
  };
  return topics;
}

const std::vector<LeftOutTopic>& left_out_topics() {
  static const std::vector<LeftOutTopic> topics = {
      {"encours.settings", "inputs, with request ids and wall times of calls"},
      {"encours.inbox", "an input, in its order of arrival"},
      {"encours.ingestion.identity", "between two stages, kept for days only"},
      {"encours.ingestion.reference", "between two stages, kept for days only"},
      {"encours.ingestion.ledger", "between two stages, kept for days only"},
      {"encours.risk-enrichment.companies", "between two stages, kept for days only"},
      {"encours.scoring.histories", "between two stages, kept for days only"},
      {"encours.scoring.contributions", "between two stages, kept for days only"},
      {"encours.scoring.means", "between two stages, kept for days only"},
      {"encours.*.outcomes", "inputs, in their order of arrival"},
      {"encours.persons", "sealed under random keys"},
      {"encours.person-keys", "random keys"},
      {"encours.audit", "request ids and wall times of calls"},
      {"encours.*.commands", "inputs, with request ids of calls"},
      {"encours.*.changelog", "its newest values are the rows"},
      {"encours.*.placement", "where partitions are says nothing of what is in them"},
  };
  return topics;
}

Result<std::string> row_line(const TableInfo& table, std::string_view key, std::string_view value) {
  ENCOURS_ASSIGN(const std::string key_part, key_text(table, key));
  const auto row = make(table.message);
  if (row == nullptr) {
    return error(Reaction::kFatal, "unknown_message",
                 "This program does not know " + std::string(table.message) + ", of table " +
                     std::string(table.name) + ".");
  }
  if (!row->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return error(Reaction::kCorrupted, "unreadable_row",
                 "A row of table " + std::string(table.name) + " does not parse.");
  }
  leave_out(*row);
  return std::string(table.name) + "\t" + key_part + "\t" + text_of(*row);
}

Result<std::string> record_line(const DumpedTopic& topic, const stream::LogRecord& record) {
  const std::unique_ptr<Message> message(topic.message->New());
  if (!message->ParseFromString(record.value)) {
    return poison("unreadable_record", "", "A record of " + std::string(topic.topic) +
                                               " does not parse as " +
                                               topic.message->GetDescriptor()->full_name() + ".");
  }
  // Ticks of the wall clock are wall times. No tick carries a decision.
  if (record.key == stream::kWallClock) return std::string();
  const auto* tick = message->GetDescriptor()->FindFieldByNumber(kTickField);
  if (!topic.with_ticks && message->GetReflection()->HasField(*message, tick)) return std::string();
  leave_out(*message);
  return std::string(topic.topic) + "\t" + escaped(record.key) + "\t" + text_of(*message);
}

}  // namespace encours
