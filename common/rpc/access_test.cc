// Goal: default deny; roles, tenants and the installation are checked as the proto says; a method
// without a sound rule is found.
// Method: the rules of the test service (testing/echo.proto), which has faulty ones as well.
#include "common/rpc/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/testing/echo.grpc.pb.h"

namespace encours::rpc {
namespace {

using encours::common::v1alpha1::ROLE_ADMIN;
using encours::common::v1alpha1::ROLE_COLLECTOR;
using encours::common::v1alpha1::ROLE_CREDIT_MANAGER;
using encours::common::v1alpha1::ROLE_SALES;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
namespace echo = encours::rpc::testing::v1alpha1;

const char* const kEcho = echo::EchoService::service_full_name();
const char* const kFaulty = echo::FaultyService::service_full_name();
const char* const kSharing = echo::SharingService::service_full_name();

Caller caller(std::set<Role> roles, std::set<std::string> tenants) {
  return Caller{"ada", std::move(roles), std::move(tenants), Instant()};
}

// "ok", or the code of the refusal.
std::string code(const Status& status) { return status.ok() ? "ok" : status.failure().code; }

std::string tenant_code(const MethodRule& rule,
                        const Caller& who,
                        std::optional<std::string> tenant,
                        EmptyTenant empty = EmptyTenant::kRefused) {
  return code(check_tenant(rule, who, tenant, empty));
}

TEST(AccessTable, ReadsTheRulesOfItsServices) {
  const Result<AccessTable> table = AccessTable::of({kEcho, kEcho});
  ASSERT_TRUE(table.ok()) << describe(table.failure());
  const MethodRule* rule = table->find(echo::WriteRequest::descriptor());
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->path, "/encours.rpc.testing.v1alpha1.EchoService/Write");
  EXPECT_EQ(rule->roles, std::set<Role>{ROLE_CREDIT_MANAGER});
  EXPECT_TRUE(rule->writes);
  EXPECT_FALSE(rule->installation);
  EXPECT_FALSE(rule->streams());
  EXPECT_EQ(table->find("/encours.rpc.testing.v1alpha1.EchoService/Write"), rule);
  EXPECT_TRUE(table->find(echo::UploadRequest::descriptor())->streams());
  EXPECT_TRUE(table->find(echo::WatchRequest::descriptor())->streams());
  EXPECT_TRUE(table->find(echo::InstallRequest::descriptor())->installation);
  EXPECT_EQ(table->find("/encours.rpc.testing.v1alpha1.EchoService/Nothing"), nullptr);
  EXPECT_EQ(table->find(echo::WithoutRuleRequest::descriptor()), nullptr);
  EXPECT_EQ(table->services(), std::set<std::string>{kEcho});
}

TEST(AccessTable, RefusesWhatItCantTellApart) {
  EXPECT_EQ(AccessTable::of({"no.such.Service"}).failure().code, "unknown_service");
  EXPECT_EQ(AccessTable::of({kSharing}).failure().code, "shared_request_type");
}

TEST(CheckRole, DeniesByDefault) {
  const AccessTable table = AccessTable::of({kEcho, kFaulty}).value();
  const Caller admin = caller({ROLE_ADMIN}, {"*"});
  EXPECT_EQ(code(check_role(nullptr, admin)), "method_without_rule");
  EXPECT_EQ(code(check_role(table.find(echo::WithoutRuleRequest::descriptor()), admin)),
            "method_without_rule");
  EXPECT_EQ(code(check_role(table.find(echo::WithoutRolesRequest::descriptor()), admin)),
            "method_without_rule");
}

TEST(CheckRole, AsksForOneOfTheRoles) {
  const AccessTable table = AccessTable::of({kEcho}).value();
  const MethodRule* rule = table.find(echo::EchoRequest::descriptor());
  EXPECT_EQ(code(check_role(rule, caller({ROLE_COLLECTOR}, {"a"}))), "ok");
  EXPECT_EQ(code(check_role(rule, caller({ROLE_SALES, ROLE_ADMIN}, {"a"}))), "ok");
  EXPECT_EQ(code(check_role(rule, caller({ROLE_SALES}, {"*"}))), "role_not_allowed");
  EXPECT_EQ(code(check_role(rule, caller({}, {"*"}))), "role_not_allowed");
}

TEST(CheckRole, TheInstallationNeedsAllTenants) {
  const AccessTable table = AccessTable::of({kEcho}).value();
  const MethodRule* rule = table.find(echo::InstallRequest::descriptor());
  EXPECT_EQ(code(check_role(rule, caller({ROLE_ADMIN}, {"*"}))), "ok");
  EXPECT_EQ(code(check_role(rule, caller({ROLE_ADMIN}, {"a", "b"}))), "tenant_not_allowed");
  EXPECT_EQ(tenant_code(*rule, caller({ROLE_ADMIN}, {"*"}), ""), "ok");
  EXPECT_EQ(tenant_code(*rule, caller({ROLE_ADMIN}, {"*"}), "new"), "ok");
}

TEST(CheckTenant, IsAmongTheCallers) {
  const AccessTable table = AccessTable::of({kEcho}).value();
  const MethodRule& rule = *table.find(echo::EchoRequest::descriptor());
  const Caller two = caller({ROLE_COLLECTOR}, {"acme", "beta"});
  const Caller all = caller({ROLE_COLLECTOR}, {"*"});
  EXPECT_EQ(tenant_code(rule, two, "acme"), "ok");
  EXPECT_EQ(tenant_code(rule, two, "gamma"), "tenant_not_allowed");
  EXPECT_EQ(tenant_code(rule, all, "gamma"), "ok");
  EXPECT_EQ(tenant_code(rule, two, std::nullopt), "ok");
  EXPECT_EQ(tenant_code(rule, two, ""), "tenant_missing");
  EXPECT_EQ(tenant_code(rule, all, ""), "tenant_missing");
  EXPECT_EQ(tenant_code(rule, two, "", EmptyTenant::kInstallation), "tenant_not_allowed");
  EXPECT_EQ(tenant_code(rule, all, "", EmptyTenant::kInstallation), "ok");
  for (const char* name : {"*", "a/b", "Acme", "a b", "a\n", "acmé", "a.b"}) {
    EXPECT_EQ(tenant_code(rule, all, name), "invalid_tenant") << name;
  }
}

TEST(AccessProblems, FindsEveryFaultyRule) {
  const auto* file = echo::EchoRequest::descriptor()->file();
  EXPECT_TRUE(access_problems({file->FindServiceByName("EchoService")}).empty());
  EXPECT_THAT(access_problems({file->FindServiceByName("FaultyService")}),
              UnorderedElementsAre(HasSubstr("WithoutRule has no access rule"),
                                   HasSubstr("WithoutRoles has a rule that names no role"),
                                   HasSubstr("WithoutRoles writes, but its request has no request"),
                                   HasSubstr("WithoutRoles writes, but its request names no")));
  EXPECT_THAT(access_problems({file->FindServiceByName("SharingService")}),
              UnorderedElementsAre(HasSubstr("share a request type")));
}

TEST(CompiledServices, AreFoundByTheirPrefix) {
  std::vector<std::string> names;
  for (const auto* service : compiled_services("encours.rpc.testing.")) {
    names.push_back(service->full_name());
  }
  EXPECT_THAT(names, UnorderedElementsAre(kEcho, kFaulty, kSharing));
  EXPECT_TRUE(compiled_services("nobody.").empty());
}

}  // namespace
}  // namespace encours::rpc
