#include "services/ingestion/domain/topics.h"

#include <algorithm>

namespace encours::ingestion {

std::string reference_kind_name(ReferenceKind kind) {
  std::string name = v1alpha1::ReferenceKind_Name(kind);
  name.erase(0, std::string_view("REFERENCE_KIND_").size());
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return name;
}

std::string identity_key(std::string_view tenant, std::string_view source, std::string_view id) {
  return stream::make_key(tenant, "id/" + std::string(source) + "/" + std::string(id));
}

std::string reference_key(std::string_view tenant, ReferenceKind kind, std::string_view reference) {
  return stream::make_key(tenant, reference_kind_name(kind) + "/" + std::string(reference));
}

std::string ledger_key(std::string_view tenant, std::string_view account) {
  return stream::make_key(tenant, account);
}

}  // namespace encours::ingestion
