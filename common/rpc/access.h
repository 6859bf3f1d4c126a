// Who may call what: the rules that stand in the protos as the option
// encours.common.v1alpha1.access.
//
// The table is read from the descriptors of the services that a server offers, once, at start; it
// never changes after that and any thread may read it. What has no rule is refused to everyone.
// Methods are found by the type of their request, which by our lint rules belongs to one method
// only: so no handler can name the wrong rule. Codes: method_without_rule, role_not_allowed,
// tenant_not_allowed (PERMISSION_DENIED), tenant_missing, invalid_tenant (INVALID_ARGUMENT).
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/rpc/identity.h"

namespace encours::rpc {

struct MethodRule {
  // As it stands on the wire: "/encours.alerting.v1alpha1.AlertingService/ListAlerts".
  std::string path;
  const google::protobuf::MethodDescriptor* method = nullptr;
  // Any of these; empty means nobody.
  std::set<Role> roles;
  bool installation = false;
  bool writes = false;

  bool streams() const { return method->client_streaming() || method->server_streaming(); }
};

class AccessTable {
 public:
  // Services by their full names, e.g. AlertingService::service_full_name(). Fails for a service
  // that is not compiled in, and for two methods with one request type.
  static Result<AccessTable> of(const std::vector<std::string>& services);

  const MethodRule* find(const google::protobuf::Descriptor* request) const;
  const MethodRule* find(std::string_view path) const;
  const std::set<std::string>& services() const { return services_; }

 private:
  std::set<std::string> services_;
  std::map<std::string, MethodRule, std::less<>> by_path_;
  std::map<const google::protobuf::Descriptor*, const MethodRule*> by_request_;
};

MethodRule rule_of(const google::protobuf::MethodDescriptor* method);

// What an empty tenant in a request means.
enum class EmptyTenant {
  kRefused,       // It was forgotten.
  kInstallation,  // The installation: needs a token for all tenants.
};

// Whether the caller's roles allow the method. `rule` may be null: then nobody's do.
Status check_role(const MethodRule* rule, const Caller& caller);

// Whether the caller may act on the tenant that the request names; nullopt where its type has none.
Status check_tenant(const MethodRule& rule,
                    const Caller& caller,
                    const std::optional<std::string>& tenant,
                    EmptyTenant empty);

// What is wrong with the rules of these services, a sentence each; empty when nothing is. Used by
// the test that walks all methods of a binary.
std::vector<std::string> access_problems(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services);

// All services in the binary whose full name begins with `prefix`.
std::vector<const google::protobuf::ServiceDescriptor*> compiled_services(
    const std::string& prefix);

}  // namespace encours::rpc
