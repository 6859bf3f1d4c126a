#include "common/stream/record.h"

namespace encours::stream {

std::string_view tenant_of_key(std::string_view key) { return key.substr(0, key.find('/')); }

std::string_view entity_of_key(std::string_view key) {
  const auto slash = key.find('/');
  return slash == std::string_view::npos ? std::string_view() : key.substr(slash + 1);
}

std::string make_key(std::string_view tenant, std::string_view entity) {
  std::string key(tenant);
  key.push_back('/');
  key.append(entity);
  return key;
}

}  // namespace encours::stream
