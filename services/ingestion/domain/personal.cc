#include "services/ingestion/domain/personal.h"

#include <set>
#include <vector>

#include "common/stream/effects.h"
#include "encours/common/v1alpha1/personal.pb.h"

namespace encours::ingestion {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool is_personal(const FieldDescriptor& field) {
  return field.options().GetExtension(encours::common::v1alpha1::personal);
}

// Adds to `holders` each message type at or below `type` that holds a personal field somewhere.
bool find_holders(const Descriptor* type, std::set<const Descriptor*>* holders) {
  bool holds = false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    if (is_personal(field)) holds = true;
    if (field.message_type() != nullptr && find_holders(field.message_type(), holders)) {
      holds = true;
    }
  }
  if (holds) holders->insert(type);
  return holds;
}

// The contracts have no message that holds itself, so the walk above ends.
bool holds_personal(const Descriptor* type) {
  static const std::set<const Descriptor*> holders = [] {
    std::set<const Descriptor*> found;
    find_holders(ErpEvent::descriptor(), &found);
    return found;
  }();
  return holders.contains(type);
}

std::vector<const FieldDescriptor*> fields_set(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

bool take(Message* from, Message* to);

bool take_list(const FieldDescriptor& field, Message* from, Message* to) {
  const Reflection& reflection = *from->GetReflection();
  bool taken = false;
  for (int i = 0; i < reflection.FieldSize(*from, &field); ++i) {
    Message* part = reflection.AddMessage(to, &field);
    taken |= take(reflection.MutableRepeatedMessage(from, &field, i), part);
  }
  if (!taken) reflection.ClearField(to, &field);
  return taken;
}

bool take(Message* from, Message* to) {
  const Reflection& reflection = *from->GetReflection();
  bool taken = false;
  for (const FieldDescriptor* field : fields_set(*from)) {
    if (is_personal(*field)) {
      reflection.SwapFields(from, to, {field});
      taken = true;
    } else if (field->message_type() == nullptr || !holds_personal(field->message_type())) {
      continue;
    } else if (field->is_repeated()) {
      taken |= take_list(*field, from, to);
    } else if (take(reflection.MutableMessage(from, field), reflection.MutableMessage(to, field))) {
      taken = true;
    } else {
      reflection.ClearField(to, field);
    }
  }
  return taken;
}

bool give(Message* personal, Message* event) {
  const Reflection& reflection = *event->GetReflection();
  for (const FieldDescriptor* field : fields_set(*personal)) {
    if (is_personal(*field)) {
      reflection.SwapFields(personal, event, {field});
    } else if (field->message_type() == nullptr) {
      return false;
    } else if (field->is_repeated()) {
      const int size = reflection.FieldSize(*personal, field);
      if (reflection.FieldSize(*event, field) != size) return false;
      for (int i = 0; i < size; ++i) {
        if (!give(reflection.MutableRepeatedMessage(personal, field, i),
                  reflection.MutableRepeatedMessage(event, field, i))) {
          return false;
        }
      }
    } else if (!reflection.HasField(*event, field) ||
               !give(reflection.MutableMessage(personal, field),
                     reflection.MutableMessage(event, field))) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string take_personal(ErpEvent* event) {
  ErpEvent personal;
  if (!take(event, &personal)) return {};
  return stream::Effects::serialise(personal);
}

bool give_personal(std::string_view personal, ErpEvent* event) {
  if (personal.empty()) return true;
  ErpEvent parsed;
  if (!parsed.ParseFromArray(personal.data(), static_cast<int>(personal.size()))) return false;
  return give(&parsed, event);
}

}  // namespace encours::ingestion
