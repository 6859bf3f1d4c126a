// ContractRules: what the protos and topics.yaml promise beyond what buf can check.
//
// Each rule looks at the files of a set and returns its findings as sentences, none when all is
// well. The rules only read; a set is loaded once, from what protoc wrote at build time, and owns
// its descriptors. Used by one thread. A set that can't be read has no files.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace encours::contract {

using Findings = std::vector<std::string>;

struct Topic {
  std::string name;
  // input, decision, derived, refused or state.
  std::string kind;
  std::string cleanup;
  std::string value;
  int retention_days = 0;
  // Written by others than our services.
  bool foreign = false;
};

class ProtoSet {
 public:
  // Reads a FileDescriptorSet with imports and comments. files() are those below `folder`; the
  // others are there to be named only.
  ProtoSet(const std::string& path, const std::string& folder);

  const std::vector<const google::protobuf::FileDescriptor*>& files() const { return files_; }
  const google::protobuf::Descriptor* message(const std::string& full_name) const;

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

// Every method has an access rule with known roles.
Findings check_access(const ProtoSet& set);
// A method that writes carries a request_id and answers with a position; no other one does.
Findings check_writes(const ProtoSet& set);
// A method about one tenant names it.
Findings check_tenants(const ProtoSet& set);
// No map fields and no floating-point fields.
Findings check_field_types(const ProtoSet& set);
// envelope = 1 and tick = 2 on the values of our topics, and on no other message.
Findings check_envelopes(const ProtoSet& set, const std::vector<Topic>& topics);
// No personal field in a decision, at any depth, nor in a row.
Findings check_personal(const ProtoSet& set, const std::vector<Topic>& topics);
// A string below `package` whose name sounds like a name, an address or free text is personal.
Findings check_telling_names(const ProtoSet& set, const std::string& package);
// Services, methods, messages, enums and the inbound contract's fields are explained.
Findings check_comments(const ProtoSet& set);
// Names, cleanup and retention as design and topics.yaml say.
Findings check_topics(const std::vector<Topic>& topics);

std::vector<Topic> read_topics(const std::string& yaml_path);

}  // namespace encours::contract
