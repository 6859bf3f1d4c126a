// Goal: tenants and settings are numbered in one order, what stands already changes nothing, and
// what can't be changed safely is refused. Method: commands through the stage harness; each fact
// is added to a settings table as every task does.
#include "services/ingestion/domain/control_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/ingestion/domain/decode/mapping.h"
#include "services/ingestion/domain/testing.h"

namespace encours::ingestion {
namespace {

namespace api = encours::ingestion::v1alpha1;
using stream::TenantSetting;
using stream::testing::StageHarness;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kYaml =
    "row: invoice\ncurrency: EUR\n"
    "columns: {n: number, c: account, i: issue_date, d: due_date, a: gross_amount}\n";

class ControlStageTest : public ::testing::Test {
 protected:
  // The code and field of a refusal, or nothing.
  std::string command(const google::protobuf::Message& request, const std::string& tenant = "*") {
    stream::Record record;
    record.kind = stream::RecordKind::kCommand;
    record.at = now_;
    record.key = "*/settings";
    record.envelope.set_tenant(tenant);
    record.command.set_type(request.GetDescriptor()->full_name());
    record.command.set_body(request.SerializeAsString());
    EXPECT_TRUE(stage_.takes_command(record.command.type()));
    EXPECT_TRUE(harness_.handle(record));
    EXPECT_TRUE(harness_.last_reply().has_value());
    for (const auto& emitted : harness_.take_facts()) {
      EXPECT_EQ(emitted.fact.topic, "encours.settings");
      EXPECT_EQ(emitted.fact.key, "*/settings");
      EXPECT_TRUE(emitted.fact.to_all_partitions);
      auto setting = emitted.as<stream::Setting>();
      setting.mutable_envelope()->set_tenant(emitted.fact.tenant);
      EXPECT_EQ(setting.sequence(), table_.last_sequence() + 1);
      EXPECT_TRUE(table_.add(setting));
    }
    const Status& status = harness_.last_reply()->status;
    if (status.ok()) return {};
    message_ = status.failure().message;
    return status.failure().code + " " + status.failure().field;
  }

  template <class Response>
  Response answer() const {
    Response response;
    EXPECT_TRUE(response.ParseFromString(harness_.last_reply()->response));
    return response;
  }

  static api::OpenTenantRequest open(const std::string& tenant,
                                     TenantSetting::ClockMode mode = TenantSetting::CLOCK_MODE_WALL,
                                     const std::string& zone = "") {
    api::OpenTenantRequest request;
    request.set_tenant(tenant);
    request.mutable_setting()->set_clock_mode(mode);
    request.mutable_setting()->set_time_zone(zone);
    return request;
  }

  static api::PublishSettingRequest mapping(const std::string& name, const std::string& yaml) {
    api::PublishSettingRequest request;
    request.set_tenant("acme");
    request.set_kind("mapping");
    request.set_name(name);
    request.mutable_text()->set_media_type("application/yaml");
    request.mutable_text()->set_text(yaml);
    return request;
  }

  stream::Settings settings() const { return stream::Settings(table_, table_.last_sequence()); }

  ControlStage stage_;
  StageHarness harness_{stage_};
  stream::SettingsTable table_;
  Instant now_ = at("2026-01-31T05:00:00Z");
  std::string message_;
};

TEST_F(ControlStageTest, opens_a_tenant_once) {
  EXPECT_EQ(command(open("acme")), "");
  EXPECT_EQ(answer<api::OpenTenantResponse>().tenant().tenant(), "acme");
  EXPECT_EQ(answer<api::OpenTenantResponse>().tenant().setting().time_zone(), "Europe/Paris");
  ASSERT_NE(settings().tenant("acme"), nullptr);
  EXPECT_EQ(settings().tenant("acme")->time_zone(), "Europe/Paris");
  EXPECT_EQ(settings().tenant("acme")->clock_mode(), TenantSetting::CLOCK_MODE_WALL);
  EXPECT_EQ(table_.last_sequence(), 1);
  const auto rows = harness_.rows().all();

  EXPECT_EQ(command(open("acme")), "");
  EXPECT_EQ(command(open("acme", TenantSetting::CLOCK_MODE_UNSPECIFIED)), "");
  EXPECT_EQ(answer<api::OpenTenantResponse>().tenant().setting().clock_mode(),
            TenantSetting::CLOCK_MODE_WALL);
  EXPECT_EQ(command(open("acme", TenantSetting::CLOCK_MODE_WALL, "Europe/Paris")), "");
  EXPECT_EQ(table_.last_sequence(), 1);
  EXPECT_EQ(harness_.rows().all(), rows);

  EXPECT_EQ(command(open("globex", TenantSetting::CLOCK_MODE_EVENTS, "America/New_York")), "");
  EXPECT_EQ(table_.last_sequence(), 2);
  EXPECT_EQ(settings().tenant("globex")->time_zone(), "America/New_York");
}

TEST_F(ControlStageTest, a_new_name_to_show_is_a_new_version) {
  EXPECT_EQ(command(open("acme")), "");
  auto request = open("acme");
  request.mutable_setting()->set_display_name("Acme SA");
  EXPECT_EQ(command(request), "");
  EXPECT_EQ(settings().tenant("acme")->display_name(), "Acme SA");
  EXPECT_EQ(command(open("acme")), "");
  EXPECT_EQ(settings().tenant("acme")->display_name(), "Acme SA");
  EXPECT_EQ(table_.last_sequence(), 2);
}

TEST_F(ControlStageTest, refuses_what_a_tenant_can_not_be) {
  for (const char* name : {"", "Acme", "2acme", "a/b", "*", "a_b"}) {
    EXPECT_EQ(command(open(name)), "invalid_tenant tenant") << name;
  }
  EXPECT_EQ(command(open(std::string(41, 'a'))), "invalid_tenant tenant");
  EXPECT_EQ(command(open("acme", TenantSetting::CLOCK_MODE_UNSPECIFIED)),
            "missing_field setting.clock_mode");
  EXPECT_EQ(command(open("acme", TenantSetting::CLOCK_MODE_WALL, "Europe/Lyon")),
            "unknown_time_zone setting.time_zone");
  auto live = open("acme");
  live.mutable_setting()->mutable_live_from()->set_seconds(1);
  EXPECT_EQ(command(live), "wrong_content setting.live_from");
  EXPECT_EQ(command(open("acme"), "globex"), "tenant_mismatch tenant");
  EXPECT_EQ(table_.last_sequence(), 0);
  EXPECT_THAT(harness_.rows().all(), IsEmpty());
}

TEST_F(ControlStageTest, clock_mode_and_zone_are_for_ever) {
  EXPECT_EQ(command(open("acme")), "");
  EXPECT_EQ(command(open("acme", TenantSetting::CLOCK_MODE_EVENTS)),
            "clock_mode_fixed setting.clock_mode");
  EXPECT_EQ(command(open("acme", TenantSetting::CLOCK_MODE_WALL, "UTC")),
            "time_zone_fixed setting.time_zone");
  EXPECT_EQ(table_.last_sequence(), 1);
}

TEST_F(ControlStageTest, publishes_a_mapping_as_it_was_written) {
  EXPECT_EQ(command(open("acme")), "");
  EXPECT_EQ(command(mapping("m", kYaml), "acme"), "");
  EXPECT_EQ(answer<api::PublishSettingResponse>().sequence(), 2);
  const auto* found = settings().find<Mapping>("acme", "mapping", "m");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->columns_size(), 5);
  EXPECT_EQ(found->written().text(), kYaml);

  // The same again is the same setting; another text is the next version.
  EXPECT_EQ(command(mapping("m", kYaml), "acme"), "");
  EXPECT_EQ(answer<api::PublishSettingResponse>().sequence(), 2);
  EXPECT_EQ(table_.last_sequence(), 2);
  EXPECT_EQ(command(mapping("m", std::string(kYaml) + "# a remark\n"), "acme"), "");
  EXPECT_EQ(answer<api::PublishSettingResponse>().sequence(), 3);
  EXPECT_EQ(command(mapping("other", kYaml), "acme"), "");
  EXPECT_EQ(answer<api::PublishSettingResponse>().sequence(), 4);
}

TEST_F(ControlStageTest, checks_without_publishing) {
  EXPECT_EQ(command(open("acme")), "");
  auto request = mapping("m", kYaml);
  request.set_validate_only(true);
  EXPECT_EQ(command(request), "");
  EXPECT_EQ(answer<api::PublishSettingResponse>().sequence(), 0);
  EXPECT_EQ(table_.last_sequence(), 1);
  request.mutable_text()->set_text("row: x\nfoo: 1\n");
  EXPECT_EQ(command(request), "wrong_value row");
  EXPECT_THAT(message_, HasSubstr("Line 1, column 6"));
  EXPECT_THAT(message_, HasSubstr("Line 2, column 1"));
}

TEST_F(ControlStageTest, ends_a_setting_once) {
  EXPECT_EQ(command(open("acme")), "");
  auto removal = mapping("m", "");
  removal.mutable_removal();
  EXPECT_EQ(command(removal), "unknown_setting name");
  EXPECT_EQ(command(mapping("m", kYaml)), "");
  EXPECT_EQ(command(removal), "");
  EXPECT_EQ(answer<api::PublishSettingResponse>().sequence(), 3);
  EXPECT_EQ(settings().find<Mapping>("acme", "mapping", "m"), nullptr);
  EXPECT_EQ(command(removal), "unknown_setting name");
  EXPECT_EQ(command(mapping("m", kYaml)), "");
  EXPECT_EQ(answer<api::PublishSettingResponse>().sequence(), 4);
  EXPECT_NE(settings().find<Mapping>("acme", "mapping", "m"), nullptr);
}

TEST_F(ControlStageTest, refuses_settings_that_nobody_could_use) {
  EXPECT_EQ(command(mapping("m", kYaml)), "tenant_not_open tenant");
  EXPECT_EQ(command(open("acme")), "");
  auto request = mapping("m", kYaml);
  request.set_kind("mappings");
  EXPECT_EQ(command(request), "unknown_kind kind");
  request.set_kind("tenant");
  EXPECT_EQ(command(request), "wrong_content kind");
  EXPECT_EQ(command(mapping("", kYaml)), "invalid_name name");
  EXPECT_EQ(command(mapping("a b", kYaml)), "invalid_name name");
  request = mapping("m", kYaml);
  request.clear_tenant();
  EXPECT_EQ(command(request), "missing_field tenant");
  request = mapping("m", kYaml);
  request.mutable_body()->set_type("encours.ingestion.v1alpha1.Mapping");
  EXPECT_EQ(command(request), "wrong_content text");
  EXPECT_EQ(command(mapping("m", kYaml), "globex"), "tenant_mismatch tenant");
  EXPECT_EQ(table_.last_sequence(), 1);
}

TEST_F(ControlStageTest, goes_live_once_and_never_in_the_past) {
  EXPECT_EQ(command(open("acme")), "");
  api::GoLiveRequest request;
  request.set_tenant("acme");
  request.set_preview(true);
  request.mutable_live_from()->set_seconds(1);
  EXPECT_EQ(command(request), "");
  EXPECT_EQ(answer<api::GoLiveResponse>().live_from().seconds(), now_.unix_seconds());
  EXPECT_FALSE(settings().tenant("acme")->has_live_from());

  request.set_preview(false);
  EXPECT_EQ(command(request), "missing_field backlog.choice");
  request.mutable_backlog()->set_choice(api::GoLiveBacklog::CHOICE_STEP);
  EXPECT_EQ(command(request), "wrong_content backlog.step");
  request.mutable_backlog()->set_step(2);
  EXPECT_EQ(command(request), "");
  EXPECT_EQ(settings().tenant("acme")->live_from().seconds(), now_.unix_seconds());
  EXPECT_EQ(settings().tenant("acme")->time_zone(), "Europe/Paris");
  EXPECT_EQ(settings().tenant("acme")->backlog(), stream::TenantSetting::BACKLOG_STEP);
  EXPECT_EQ(settings().tenant("acme")->backlog_step(), 2);
  EXPECT_EQ(table_.last_sequence(), 2);
  EXPECT_EQ(command(request), "live_already tenant");
  EXPECT_EQ(command(open("acme")), "");
  EXPECT_EQ(table_.last_sequence(), 2);
}

TEST_F(ControlStageTest, goes_live_later_if_asked) {
  EXPECT_EQ(command(open("acme")), "");
  api::GoLiveRequest request;
  request.set_tenant("acme");
  request.mutable_live_from()->set_seconds(now_.unix_seconds() + 3600);
  request.mutable_backlog()->set_choice(api::GoLiveBacklog::CHOICE_NONE);
  EXPECT_EQ(command(request), "");
  EXPECT_EQ(settings().tenant("acme")->live_from().seconds(), now_.unix_seconds() + 3600);
}

TEST_F(ControlStageTest, who_can_not_go_live) {
  api::GoLiveRequest request;
  request.set_tenant("acme");
  EXPECT_EQ(command(request), "tenant_not_open tenant");
  EXPECT_EQ(command(open("acme", TenantSetting::CLOCK_MODE_EVENTS)), "");
  EXPECT_EQ(command(request), "live_already tenant");
}

TEST_F(ControlStageTest, a_clock_in_events_mode_moves_from_where_it_was_moved_last) {
  EXPECT_EQ(command(open("acme", TenantSetting::CLOCK_MODE_EVENTS)), "");
  api::AdvanceClockRequest request;
  request.set_tenant("acme");
  EXPECT_EQ(command(request), "");
  EXPECT_FALSE(answer<api::AdvanceClockResponse>().has_position());
  EXPECT_THAT(harness_.take_clock_moves(), IsEmpty());

  request.mutable_to()->set_year(2026);
  request.mutable_to()->set_month(1);
  request.mutable_to()->set_day(6);
  EXPECT_EQ(command(request), "");
  EXPECT_EQ(answer<api::AdvanceClockResponse>().tick_count(), 1);
  request.mutable_to()->set_day(7);
  EXPECT_EQ(command(request), "");
  const auto moved = answer<api::AdvanceClockResponse>();
  EXPECT_EQ(moved.tick_count(), 2);
  EXPECT_EQ(moved.position().clock(), "tenant/acme");
  EXPECT_EQ(moved.position().instant().seconds(), at("2026-01-06T23:00:00Z").unix_seconds());
  const auto moves = harness_.take_clock_moves();
  ASSERT_THAT(moves, SizeIs(2));
  EXPECT_EQ(moves[1].topic, "encours.inbox");
  EXPECT_EQ(moves[1].clock, "tenant/acme");
  EXPECT_EQ(moves[1].settings_version, 1);
  EXPECT_THAT(moves[1].instants,
              ::testing::ElementsAre(at("2026-01-06T07:00:00Z"), at("2026-01-06T23:00:00Z")));

  request.mutable_to()->set_day(2);
  EXPECT_EQ(command(request), "");
  EXPECT_EQ(answer<api::AdvanceClockResponse>().position().instant().seconds(),
            at("2026-01-06T23:00:00Z").unix_seconds());
  EXPECT_THAT(harness_.take_clock_moves(), IsEmpty());
}

TEST_F(ControlStageTest, whose_clock_can_not_be_moved) {
  api::AdvanceClockRequest request;
  request.set_tenant("acme");
  EXPECT_EQ(command(request), "tenant_not_open tenant");
  EXPECT_EQ(command(open("acme")), "");
  EXPECT_EQ(command(request), "wall_clock tenant");
  EXPECT_EQ(command(request, "globex"), "tenant_mismatch tenant");
}

TEST_F(ControlStageTest, a_request_that_can_not_be_read_is_refused) {
  stream::Record record;
  record.kind = stream::RecordKind::kCommand;
  record.key = "*/settings";
  for (const char* type : {"OpenTenantRequest", "PublishSettingRequest", "GoLiveRequest",
                           "AdvanceClockRequest"}) {
    record.command.set_type("encours.ingestion.v1alpha1." + std::string(type));
    record.command.set_body("\xFF");
    ASSERT_TRUE(harness_.handle(record));
    EXPECT_EQ(harness_.last_reply()->status.failure().code, "unreadable_command") << type;
  }
  EXPECT_FALSE(stage_.takes_command("encours.ingestion.v1alpha1.ReplayDeadLettersRequest"));
}

}  // namespace
}  // namespace encours::ingestion
