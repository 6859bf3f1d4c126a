#include "common/rpc/access.h"

#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <utility>

#include "common/base/tenant_name.h"

namespace encours::rpc {
namespace {

using encours::common::v1alpha1::AccessRule;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;


bool has_text_field(const Descriptor* message, const std::string& name) {
  const FieldDescriptor* field = message->FindFieldByName(name);
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
}

std::string path_of(const MethodDescriptor* method) {
  return "/" + method->service()->full_name() + "/" + method->name();
}

void add_problems(const MethodDescriptor* method, std::vector<std::string>* problems) {
  const MethodRule rule = rule_of(method);
  if (!method->options().HasExtension(encours::common::v1alpha1::access)) {
    problems->push_back(rule.path + " has no access rule, so nobody may call it.");
    return;
  }
  if (rule.roles.empty()) problems->push_back(rule.path + " has a rule that names no role.");
  // The first message of a client's stream carries them in a header of its own.
  if (rule.writes && !method->client_streaming() &&
      !has_text_field(method->input_type(), "request_id")) {
    problems->push_back(rule.path + " writes, but its request has no request_id.");
  }
  if (rule.writes && !rule.installation && !method->client_streaming() &&
      !has_text_field(method->input_type(), "tenant")) {
    problems->push_back(rule.path + " writes, but its request names no tenant.");
  }
}

}  // namespace

MethodRule rule_of(const MethodDescriptor* method) {
  MethodRule rule;
  rule.path = path_of(method);
  rule.method = method;
  const AccessRule& option = method->options().GetExtension(encours::common::v1alpha1::access);
  rule.installation = option.installation();
  rule.writes = option.writes();
  for (const int number : option.roles()) {
    if (number != encours::common::v1alpha1::ROLE_UNSPECIFIED) {
      rule.roles.insert(static_cast<Role>(number));
    }
  }
  return rule;
}

Result<AccessTable> AccessTable::of(const std::vector<std::string>& services) {
  AccessTable table;
  for (const std::string& name : services) {
    const ServiceDescriptor* service = DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) return fatal("unknown_service", "No service " + name + " is built in.");
    if (!table.services_.insert(name).second) continue;
    for (int i = 0; i < service->method_count(); ++i) {
      MethodRule rule = rule_of(service->method(i));
      const auto at = table.by_path_.emplace(rule.path, rule).first;
      const auto [known, is_new] =
          table.by_request_.emplace(service->method(i)->input_type(), &at->second);
      if (!is_new) {
        return fatal("shared_request_type",
                     at->second.path + " and " + known->second->path +
                         " have one request type; each needs its own.");
      }
    }
  }
  return table;
}

const MethodRule* AccessTable::find(const Descriptor* request) const {
  const auto found = by_request_.find(request);
  return found == by_request_.end() ? nullptr : found->second;
}

const MethodRule* AccessTable::find(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &found->second;
}

Status check_role(const MethodRule* rule, const Caller& caller) {
  if (rule == nullptr || rule->roles.empty()) {
    return refused("method_without_rule", "", "Nobody may call this method.");
  }
  const bool allowed = std::any_of(caller.roles.begin(), caller.roles.end(), [&](Role role) {
    return rule->roles.count(role) > 0;
  });
  if (!allowed) return refused("role_not_allowed", "", "Your roles don't allow this.");
  if (rule->installation && !caller.sees_all_tenants()) {
    return refused("tenant_not_allowed", "", "This needs a token for the whole installation.");
  }
  return {};
}

Status check_tenant(const MethodRule& rule,
                    const Caller& caller,
                    const std::optional<std::string>& tenant,
                    EmptyTenant empty) {
  if (!tenant) return {};
  if (tenant->empty()) {
    if (rule.installation) return {};  // check_role() has asked for a token of all tenants.
    if (empty == EmptyTenant::kRefused) {
      return refused("tenant_missing", "tenant", "Name the tenant.");
    }
    if (caller.sees_all_tenants()) return {};
    return refused("tenant_not_allowed", "tenant", "This needs a token for all tenants.");
  }
  // Names become parts of keys and of topic names, so their form is checked for all callers.
  if (!is_tenant_name(*tenant)) {
    return refused("invalid_tenant", "tenant", kTenantNameRule);
  }
  if (!caller.may_see(*tenant)) {
    return refused("tenant_not_allowed", "tenant", "Your token is not for this tenant.");
  }
  return {};
}

std::vector<std::string> access_problems(const std::vector<const ServiceDescriptor*>& services) {
  std::vector<std::string> problems;
  std::map<const Descriptor*, std::string> requests;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
      add_problems(method, &problems);
      const auto [first, is_new] = requests.emplace(method->input_type(), path_of(method));
      if (!is_new) {
        problems.push_back(path_of(method) + " and " + first->second + " share a request type.");
      }
    }
  }
  return problems;
}

std::vector<const ServiceDescriptor*> compiled_services(const std::string& prefix) {
  // The pool builds files on demand; its database knows the names of all that are linked in.
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::sort(files.begin(), files.end());
  std::vector<const ServiceDescriptor*> services;
  for (const std::string& name : files) {
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr) continue;
    for (int i = 0; i < file->service_count(); ++i) {
      if (file->service(i)->full_name().rfind(prefix, 0) == 0) services.push_back(file->service(i));
    }
  }
  return services;
}

}  // namespace encours::rpc
