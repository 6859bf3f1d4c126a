// Goal: names that can stand in keys and topic names, and no others.
#include "common/base/tenant_name.h"

#include <gtest/gtest.h>

#include <string>

namespace encours {
namespace {

TEST(TenantName, HasALetterFirstAndAtMost40Bytes) {
  for (const char* good : {"a", "acme-2", "a-"}) EXPECT_TRUE(is_tenant_name(good)) << good;
  for (const char* bad : {"", "*", "2acme", "-a", "Acme", "a_b", "a/b", "a.b", "acm\xC3\xA9"}) {
    EXPECT_FALSE(is_tenant_name(bad)) << bad;
  }
  EXPECT_TRUE(is_tenant_name(std::string(40, 'x')));
  EXPECT_FALSE(is_tenant_name(std::string(41, 'x')));
}

}  // namespace
}  // namespace encours
