#include "services/risk_enrichment/domain/legal_entity.h"

#include <algorithm>

namespace encours::risk {
namespace {

constexpr std::string_view kSiren = "siren:";
constexpr std::string_view kEntity = "entity:";
constexpr std::size_t kSirenDigits = 9;

bool is_siren(std::string_view text) {
  return text.size() == kSirenDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::string> siren_of(std::string_view legal_entity) {
  if (!legal_entity.starts_with(kSiren)) return std::nullopt;
  const std::string_view siren = legal_entity.substr(kSiren.size());
  if (!is_siren(siren)) return std::nullopt;
  return std::string(siren);
}

Status check_legal_entity(std::string_view legal_entity) {
  constexpr const char* kField = "legal_entity";
  if (legal_entity.empty()) return refused("missing_field", kField, "Name the company.");
  if (siren_of(legal_entity)) return {};
  if (legal_entity.starts_with(kEntity) && legal_entity.size() > kEntity.size()) return {};
  return refused("invalid_legal_entity",
                 kField,
                 "Name a company as siren:552032534 or as entity:ID, the source's own id.");
}

}  // namespace encours::risk
