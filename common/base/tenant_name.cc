#include "common/base/tenant_name.h"

#include <algorithm>

namespace encours {
namespace {

constexpr std::size_t kMaxBytes = 40;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

bool is_tenant_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxBytes || !is_letter(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace encours
