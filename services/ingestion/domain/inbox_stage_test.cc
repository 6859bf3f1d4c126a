// Goal: the inbox stage sends each event to its identity, in its place in time, without personal
// data, and refuses the rest whole. Method: the stage harness with a tenant of each clock mode;
// ids computed with Python's hashlib, instants by hand (Paris is UTC+1 in winter).
#include "services/ingestion/domain/inbox_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/ingestion/domain/decode/decode_input.h"
#include "services/ingestion/domain/decode/mapping.h"
#include "services/ingestion/domain/testing.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;
using stream::Record;
using stream::testing::StageHarness;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class InboxStageTest : public ::testing::Test {
 protected:
  InboxStageTest() {
    harness_.open_tenant("acme");
    harness_.open_tenant("globex", "Europe/Paris", stream::TenantSetting::CLOCK_MODE_WALL);
    const auto parsed = parse_mapping(
        "row: invoice_with_settlement\nsource: sage\ncurrency: EUR\ncolumns: {n: number, "
        "c: account, i: issue_date, d: due_date, a: gross_amount, p: settled_on}\n");
    ENCOURS_CHECK(parsed.ok(), "the test's mapping is right");
    for (const char* tenant : {"acme", "globex"}) {
      harness_.set_setting(tenant, kMappingKind, "m", parsed.mapping);
    }
  }

  static InboxRecord row(const std::string& tenant, const std::string& bytes) {
    InboxRecord input;
    input.set_door(proto::DOOR_FILE_CSV);
    input.set_content_type(kCsvType);
    input.set_header("n,c,i,d,a,p");
    input.set_mapping("m");
    input.set_original(bytes);
    input.set_proved_tenant(tenant);
    input.mutable_source()->set_file_name("a.csv");
    input.mutable_source()->set_line(2);
    input.mutable_source()->set_import_id("i1");
    return input;
  }

  static InboxRecord json(const std::string& tenant, const std::string& text) {
    InboxRecord input;
    input.set_door(proto::DOOR_GRPC);
    input.set_content_type(kJsonType);
    input.set_original(text);
    input.set_proved_tenant(tenant);
    input.set_default_source("sap");
    return input;
  }

  static Record record_of(const InboxRecord& input, const std::string& instant) {
    return StageHarness::fact_record(input.proved_tenant(), "r1", at(instant), "r1", input);
  }

  InboxStage stage_;
  StageHarness harness_{stage_};
};

TEST_F(InboxStageTest, a_row_is_two_events_each_on_its_day) {
  ASSERT_TRUE(harness_.handle(record_of(row("acme", "F1,C1,2026-01-31,2026-03-02,5.20,2026-07-01"),
                                        "2026-01-30T23:00:00Z")));
  const auto facts = harness_.take_facts();
  ASSERT_THAT(facts, SizeIs(2));
  EXPECT_EQ(facts[0].fact.topic, "encours.ingestion.identity");
  EXPECT_EQ(facts[0].fact.key, "acme/id/sage/invoice/F1");
  EXPECT_EQ(facts[0].fact.id, "5b48bf3637c367395da78be5799a1f6e");
  EXPECT_THAT(facts[0].fact.order_key, StartsWith("sage/invoice/F1/000000000002/i1/"));
  EXPECT_EQ(facts[0].fact.recorded_at, at("2026-01-31T05:00:00Z"));
  EXPECT_EQ(facts[0].fact.occurred_at, at("2026-01-31T05:00:00Z"));
  EXPECT_EQ(facts[1].fact.key, "acme/id/sage/settlement/F1");
  EXPECT_EQ(facts[1].fact.id, "4c41b16d2c1a9c83567bebc0ff72f9c5");
  EXPECT_EQ(facts[1].fact.recorded_at, at("2026-07-01T04:00:00Z"));
  EXPECT_LT(facts[0].fact.order_key, facts[1].fact.order_key);
  const auto lookup = facts[0].as<proto::LookupRecord>();
  EXPECT_EQ(lookup.source().line(), 2);
  EXPECT_EQ(lookup.check_identity().event().tenant(), "acme");
  EXPECT_EQ(lookup.check_identity().event().invoice_issued().gross_amount().minor(), 520);
  EXPECT_EQ(lookup.check_identity().personal(), "");
  EXPECT_EQ(lookup.check_identity().content_digest().size(), 32u);
  EXPECT_THAT(harness_.take_refusals(), IsEmpty());
}

TEST_F(InboxStageTest, in_wall_mode_the_record_has_the_time) {
  ASSERT_TRUE(harness_.handle(record_of(
      row("globex", "F1,C1,2026-01-31,2026-03-02,5.20,2026-07-01"), "2026-08-01T10:00:00Z")));
  const auto facts = harness_.take_facts();
  ASSERT_THAT(facts, SizeIs(2));
  EXPECT_EQ(facts[0].fact.recorded_at, at("2026-08-01T10:00:00Z"));
  EXPECT_EQ(facts[0].fact.occurred_at, at("2026-01-31T05:00:00Z"));
  EXPECT_EQ(facts[1].fact.recorded_at, at("2026-08-01T10:00:00Z"));
}

TEST_F(InboxStageTest, recorded_time_never_goes_before_the_tick) {
  ASSERT_TRUE(harness_.handle(
      record_of(row("acme", "F1,C1,2026-01-31,2026-03-02,5.20,"), "2026-02-10T23:00:00Z")));
  EXPECT_EQ(harness_.facts()[0].fact.recorded_at, at("2026-02-10T23:00:00Z"));
  EXPECT_EQ(harness_.facts()[0].fact.occurred_at, at("2026-01-31T05:00:00Z"));
}

TEST_F(InboxStageTest, the_source_may_say_when_it_recorded) {
  ASSERT_TRUE(
      harness_.handle(record_of(json("acme", R"({"id": "1", "recordedAt": "2026-02-20T08:30:00Z",
                       "occurredOn": {"year": 2026, "month": 2, "day": 1},
                       "invoiceCancelled": {"invoice": "F1"}})"),
                                "2026-01-01T00:00:00Z")));
  EXPECT_EQ(harness_.facts()[0].fact.recorded_at, at("2026-02-20T08:30:00Z"));
  EXPECT_EQ(harness_.facts()[0].fact.occurred_at, at("2026-02-01T05:00:00Z"));
}

TEST_F(InboxStageTest, an_event_without_a_day_takes_the_records_time) {
  const auto customer = json("acme", R"({"id": "1", "customerUpserted": {"account": "C1"}})");
  ASSERT_TRUE(harness_.handle(record_of(customer, "2026-01-01T00:00:00Z")));
  EXPECT_EQ(harness_.facts()[0].fact.recorded_at, at("2026-01-01T00:00:00Z"));
  EXPECT_EQ(harness_.facts()[0].fact.occurred_at, at("2026-01-01T00:00:00Z"));
}

TEST_F(InboxStageTest, the_brokers_clock_is_no_time_of_a_tenant_in_events_mode) {
  Record record =
      record_of(row("acme", "F1,C1,2026-01-31,2026-03-02,5.20,"), "2031-01-01T00:00:00Z");
  record.envelope.clear_recorded_at();
  ASSERT_TRUE(harness_.handle(record));
  EXPECT_EQ(harness_.facts()[0].fact.recorded_at, at("2026-01-31T05:00:00Z"));
}

TEST_F(InboxStageTest, personal_fields_travel_apart) {
  const std::string morel =
      R"({"id": "1", "customerUpserted": {"account": "C1", "name": "Morel"}})";
  const std::string durand =
      R"({"id": "1", "customerUpserted": {"account": "C1", "name": "Durand"}})";
  ASSERT_TRUE(harness_.handle(record_of(json("acme", morel), "2026-01-01T00:00:00Z")));
  ASSERT_TRUE(harness_.handle(record_of(json("acme", durand), "2026-01-01T00:00:00Z")));
  const auto checks = harness_.bodies<proto::LookupRecord>("encours.ingestion.identity");
  ASSERT_THAT(checks, SizeIs(2));
  EXPECT_THAT(checks[0].check_identity().event().SerializeAsString(), Not(HasSubstr("Morel")));
  EXPECT_THAT(checks[0].check_identity().personal(), HasSubstr("Morel"));
  // Another name is another content, though the events look the same without it.
  EXPECT_NE(checks[0].check_identity().content_digest(),
            checks[1].check_identity().content_digest());
  EXPECT_EQ(checks[0].check_identity().event().SerializeAsString(),
            checks[1].check_identity().event().SerializeAsString());
}

TEST_F(InboxStageTest, one_event_through_two_doors_has_one_content) {
  ErpEvent event;
  event.set_id("1");
  event.mutable_invoice_cancelled()->set_invoice("F1");
  InboxRecord protobuf = json("acme", event.SerializeAsString());
  protobuf.set_content_type(kProtobufType);
  event.set_tenant("acme");
  event.set_source("sap");
  ASSERT_TRUE(harness_.handle(record_of(protobuf, "2026-01-01T00:00:00Z")));
  ASSERT_TRUE(harness_.handle(
      record_of(json("acme", R"({"tenant": "acme", "source": "sap", "id": "1", "invoice_cancelled":
                       {"invoice": "F1"}})"),
                "2026-01-01T00:00:00Z")));
  const auto checks = harness_.bodies<proto::LookupRecord>("encours.ingestion.identity");
  EXPECT_EQ(checks[0].check_identity().content_digest(),
            checks[1].check_identity().content_digest());
}

// Both wait for the same tick under a key made of recorded time, order key and id.
TEST_F(InboxStageTest, two_contents_of_one_id_keep_places_of_their_own) {
  InboxRecord first = row("acme", "F1,C1,2026-01-31,2026-03-02,5.20,");
  InboxRecord second = row("acme", "F1,C1,2026-01-31,2026-03-02,7.00,");
  first.mutable_source()->set_line(9);
  second.mutable_source()->set_line(10);
  ASSERT_TRUE(harness_.handle(record_of(second, "2026-01-01T00:00:00Z")));
  ASSERT_TRUE(harness_.handle(record_of(first, "2026-01-01T00:00:00Z")));
  first.clear_source();
  second.clear_source();
  ASSERT_TRUE(harness_.handle(record_of(first, "2026-01-01T00:00:00Z")));
  ASSERT_TRUE(harness_.handle(record_of(second, "2026-01-01T00:00:00Z")));
  const auto facts = harness_.take_facts();
  ASSERT_THAT(facts, SizeIs(4));
  EXPECT_EQ(facts[0].fact.id, facts[1].fact.id);
  EXPECT_LT(facts[1].fact.order_key, facts[0].fact.order_key);
  EXPECT_NE(facts[2].fact.order_key, facts[3].fact.order_key);
}

TEST_F(InboxStageTest, a_refused_record_changes_nothing_else) {
  ASSERT_TRUE(harness_.handle(record_of(row("acme", "F1,C1,2026-01-31,2026-01-02,5.20,2026-02-01"),
                                        "2026-01-30T23:00:00Z")));
  EXPECT_THAT(harness_.take_facts(), IsEmpty());
  EXPECT_TRUE(harness_.rows().all().empty());
  const auto refusals = harness_.take_refusals();
  ASSERT_THAT(refusals, SizeIs(1));
  EXPECT_EQ(refusals[0].error.code, "due_before_issue");
  EXPECT_EQ(refusals[0].error.field, "d");
  EXPECT_EQ(refusals[0].original, "F1,C1,2026-01-31,2026-01-02,5.20,2026-02-01");
  EXPECT_EQ(refusals[0].tenant, "acme");
}

TEST_F(InboxStageTest, a_tenants_own_topic) {
  Record record;
  record.kind = stream::RecordKind::kRaw;
  record.input = 1;
  record.at = at("2026-01-01T00:00:00Z");
  record.envelope.set_tenant("acme");
  record.envelope.set_actor("erp:acme");
  record.content_type = "application/json";
  record.value = R"({"source": "sap", "id": "1", "invoiceCancelled": {"invoice": "F1"}})";
  record.position.set_topic("encours.erp.acme");
  record.position.set_partition(2);
  record.position.set_offset(7);
  ASSERT_TRUE(harness_.handle(record));
  const auto audit = harness_.bodies<stream::v1alpha1::AuditEntry>("encours.audit");
  ASSERT_THAT(audit, SizeIs(1));
  EXPECT_EQ(audit[0].action(), "publish");
  EXPECT_EQ(audit[0].target(), "encours.erp.acme");
  EXPECT_EQ(audit[0].request_id(), "2/7");
  EXPECT_EQ(audit[0].status_code(), 0);
  EXPECT_EQ(harness_.facts()[1].fact.key, "acme/id/sap/1");
  EXPECT_EQ(harness_.facts()[1].fact.actor, "");  // The runtime hands on the record's own.
  harness_.take_facts();
  record.value =
      R"({"tenant": "globex", "source": "sap", "id": "1", "invoiceCancelled": {"invoice": "F1"}})";
  ASSERT_TRUE(harness_.handle(record));
  const auto refusals = harness_.take_refusals();
  ASSERT_THAT(refusals, SizeIs(1));
  EXPECT_EQ(refusals[0].error.code, "tenant_mismatch");
  EXPECT_EQ(refusals[0].tenant, "acme");
  EXPECT_EQ(refusals[0].door, "DOOR_KAFKA");
  const auto refused = harness_.bodies<stream::v1alpha1::AuditEntry>("encours.audit");
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_EQ(refused[0].status_code(), 3) << "INVALID_ARGUMENT";
}

TEST_F(InboxStageTest, a_record_of_another_type_is_poison) {
  Record record = record_of(row("acme", ""), "2026-01-01T00:00:00Z");
  record.value = "\xFF";
  const Status done = harness_.handle(record);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().reaction, Reaction::kPoison);
}

TEST_F(InboxStageTest, ticks_go_to_all_partitions_of_identity) {
  ASSERT_THAT(stage_.tick_outputs(), SizeIs(1));
  EXPECT_EQ(stage_.tick_outputs()[0].topic, "encours.ingestion.identity");
  EXPECT_TRUE(stage_.tick_outputs()[0].to_all_partitions);
  EXPECT_EQ(stage_.inputs()[1].topic, "encours.erp.");
}

}  // namespace
}  // namespace encours::ingestion
