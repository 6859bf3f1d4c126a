#include "services/encoursctl/rpc/method.h"

#include "common/base/check.h"
#include "encours/common/v1alpha1/access.pb.h"

namespace encours::ctl {
namespace {

// "encours.portfolio.v1alpha1" -> "portfolio". One service has a longer name than its package.
std::string service_of_package(const std::string& package) {
  const auto first = package.find('.');
  const auto second = package.find('.', first + 1);
  ENCOURS_CHECK(first != std::string::npos && second != std::string::npos, "a package of ours");
  const std::string name = package.substr(first + 1, second - first - 1);
  return name == "risk" ? "risk-enrichment" : name;
}

}  // namespace

RequestedMethod method_of(const google::protobuf::Descriptor& request) {
  const auto& file = *request.file();
  for (int s = 0; s < file.service_count(); ++s) {
    const auto& service = *file.service(s);
    for (int m = 0; m < service.method_count(); ++m) {
      const auto& method = *service.method(m);
      if (method.input_type() != &request) continue;
      RequestedMethod found;
      found.path = "/" + service.full_name() + "/" + method.name();
      found.service = service_of_package(file.package());
      found.writes = method.options().GetExtension(encours::common::v1alpha1::access).writes();
      return found;
    }
  }
  check_failed("method", __FILE__, __LINE__, "a message that no method takes");
}

}  // namespace encours::ctl
