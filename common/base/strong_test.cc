// Goal: strong types can't be mixed up and behave as values.
// Method: what must not compile is asked of the type system; the rest is tried.
#include "common/base/strong.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <type_traits>
#include <unordered_set>

namespace encours {
namespace {

using TenantId = StrongId<struct TenantIdTag>;
using AccountId = StrongId<struct AccountIdTag>;
using Offset = StrongInt<struct OffsetTag>;
using Partition = StrongInt<struct PartitionTag, int32_t>;

static_assert(!std::is_convertible_v<TenantId, AccountId>);
static_assert(!std::is_constructible_v<AccountId, TenantId>);
static_assert(!std::is_convertible_v<std::string, TenantId>);
static_assert(!std::is_convertible_v<int64_t, Offset>);
static_assert(!std::is_constructible_v<Partition, Offset>);
static_assert(std::is_trivially_copyable_v<Offset> && sizeof(Offset) == 8);
static_assert(Offset(2) < Offset(10));

TEST(Strong, CompareHashPrint) {
  EXPECT_LT(TenantId("acme"), TenantId("zeta"));
  EXPECT_TRUE(TenantId().empty());
  std::unordered_set<TenantId> tenants{TenantId("acme"), TenantId("acme"), TenantId("zeta")};
  EXPECT_EQ(tenants.size(), 2u);
  std::unordered_set<Offset> offsets{Offset(1), Offset(1)};
  EXPECT_EQ(offsets.size(), 1u);
  std::ostringstream out;
  out << TenantId("acme") << ' ' << Offset(std::numeric_limits<int64_t>::max()) << ' '
      << Partition(-1);
  EXPECT_EQ(out.str(), "acme 9223372036854775807 -1");
}

}  // namespace
}  // namespace encours
