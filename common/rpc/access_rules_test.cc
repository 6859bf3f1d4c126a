// Goal: every method of every service of ours has an access rule; a new one without fails here.
// Method: all protos are linked in whole, and the descriptor pool is walked.
#include <gtest/gtest.h>

#include "common/rpc/access.h"

namespace encours::rpc {
namespace {

TEST(AccessRules, EveryMethodHasASoundRule) {
  const auto services = compiled_services("encours.");
  std::set<std::string> names;
  for (const auto* service : services) names.insert(service->full_name());
  // Says that the walk sees what is there at all.
  EXPECT_EQ(names.count("encours.stream.v1alpha1.RuntimeService"), 1U);
  EXPECT_EQ(names.count("encours.ingestion.v1alpha1.IngestionService"), 1U);
  EXPECT_EQ(names.count("encours.alerting.v1alpha1.AlertingService"), 1U);
  for (const std::string& problem : access_problems(services)) ADD_FAILURE() << problem;
}

}  // namespace
}  // namespace encours::rpc
