// Goal: settings are listed as the caller asks: by kind and name, in force or with their history,
// in pages that neither repeat nor skip. Method: one real server on the loopback, its settings put
// into its store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/query/testing/memory_store.h"
#include "common/rpc/status.h"
#include "services/ingestion/rpc/testing/instance.h"

namespace encours::ingestion {
namespace {

using ingestion::testing::Instance;
using ingestion::testing::kPartitions;
using query::testing::MemoryStore;
using ::testing::ElementsAre;

stream::Setting mapping(std::int64_t sequence, const std::string& name, bool removed = false) {
  stream::TenantSetting body;
  body.set_time_zone(name + std::to_string(sequence));
  stream::Setting setting;
  setting.mutable_envelope()->set_tenant("acme");
  setting.mutable_envelope()->set_actor("lea");
  setting.mutable_envelope()->mutable_recorded_at()->set_seconds(1'000 + sequence);
  setting.set_sequence(sequence);
  setting.set_kind("mapping");
  setting.set_name(name);
  setting.set_removed(removed);
  setting.set_type(body.GetTypeName());
  setting.set_body(body.SerializeAsString());
  return setting;
}

class ListSettingsTest : public ::testing::Test {
 protected:
  ListSettingsTest() : instance_(placement_, issuer_) {
    auto store = std::make_shared<MemoryStore>();
    using query::testing::tenant_setting;
    store->put_setting(tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_WALL));
    store->put_setting(tenant_setting(2, "other", stream::TenantSetting::CLOCK_MODE_WALL));
    store->put_setting(mapping(3, "sap"));
    store->put_setting(mapping(4, "sage"));
    store->put_setting(mapping(5, "sap"));
    store->put_setting(mapping(6, "old"));
    store->put_setting(mapping(7, "old", true));
    for (int p = 0; p < kPartitions; ++p) instance_.board().set_running(p, store);
  }

  api::ListSettingsResponse list(api::ListSettingsRequest request) {
    request.set_tenant("acme");
    grpc::ClientContext context;
    rpc::testing::set_token(&context,
                            issuer_->token("lea", R"(["credit_manager"])", R"(["acme"])"));
    api::ListSettingsResponse response;
    const grpc::Status status = instance_.stub_->ListSettings(&context, request, &response);
    error_ = status.ok() ? Error() : rpc::from_grpc(status, context);
    return response;
  }
  // "kind/name sequence" of each, with what it is beside being in force.
  static std::vector<std::string> words(const api::ListSettingsResponse& response) {
    std::vector<std::string> out;
    for (const auto& one : response.settings()) {
      out.push_back(one.kind() + "/" + one.name() + " " + std::to_string(one.sequence()) +
                    (one.current() ? "" : " past") + (one.removed() ? " removed" : ""));
    }
    return out;
  }

  std::shared_ptr<const rpc::testing::TestIssuer> issuer_ =
      std::make_shared<rpc::testing::TestIssuer>();
  rpc::testing::FakePlacement placement_;
  Instance instance_;
  Error error_;
};

TEST_F(ListSettingsTest, ThoseInForceOfAllKinds) {
  const auto response = list({});
  EXPECT_EQ(error_.code, "");
  EXPECT_THAT(words(response), ElementsAre("mapping/sage 4", "mapping/sap 5", "tenant/tenant 1"));
  const auto& sap = response.settings(1);
  EXPECT_EQ(sap.tenant(), "acme");
  EXPECT_EQ(sap.type(), "encours.stream.v1alpha1.TenantSetting");
  EXPECT_EQ(sap.actor(), "lea");
  EXPECT_EQ(sap.recorded_at().seconds(), 1'005);
  EXPECT_EQ(sap.body(), "");
}

TEST_F(ListSettingsTest, HistoryByKindAndName) {
  api::ListSettingsRequest request;
  request.set_kind("mapping");
  request.set_history(true);
  EXPECT_THAT(words(list(request)),
              ElementsAre("mapping/old 6 past", "mapping/old 7 past removed", "mapping/sage 4",
                          "mapping/sap 3 past", "mapping/sap 5"));
  request.set_name("sap");
  request.set_with_bodies(true);
  const auto response = list(request);
  EXPECT_THAT(words(response), ElementsAre("mapping/sap 3 past", "mapping/sap 5"));
  stream::TenantSetting body;
  ASSERT_TRUE(body.ParseFromString(response.settings(0).body()));
  EXPECT_EQ(body.time_zone(), "sap3");
}

TEST_F(ListSettingsTest, PagesNeitherRepeatNorSkip) {
  for (int size = 1; size <= 7; ++size) {
    api::ListSettingsRequest request;
    request.set_history(true);
    request.set_page_size(size);
    std::vector<std::string> all;
    int pages = 0;
    do {
      const auto page = list(request);
      EXPECT_LE(page.settings_size(), size);
      for (auto& word : words(page)) all.push_back(std::move(word));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty() && ++pages < 10);
    EXPECT_EQ(all.size(), 6u) << size;
    EXPECT_EQ(all.back(), "tenant/tenant 1");
  }
  api::ListSettingsRequest first;
  first.set_page_size(1);
  api::ListSettingsRequest other;
  other.set_page_token(list(first).next_page_token());
  other.set_kind("mapping");
  list(other);
  EXPECT_EQ(error_.code, "page_token_of_another_query");
}

}  // namespace
}  // namespace encours::ingestion
