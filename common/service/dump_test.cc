// Goal: the canonical dump has what two equal runs share, and nothing else. Method: rows and
// records by hand; whole lines.
#include "common/service/dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/state/key.h"
#include "encours/alerting/v1alpha1/alerts.pb.h"
#include "encours/state/v1alpha1/lookup.pb.h"
#include "encours/stream/v1alpha1/command.pb.h"

namespace encours {
namespace {

using encours::alerting::v1alpha1::AlertRecord;
using encours::state::v1alpha1::TenantRow;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Table<TenantRow> kTable{0x51, "tenant", "sn"};

const DumpedTopic& topic(std::string_view name) {
  for (const auto& one : dumped_topics()) {
    if (one.topic == name) return one;
  }
  ADD_FAILURE() << name << " is not dumped";
  return dumped_topics().front();
}

stream::LogRecord record(const std::string& key, const google::protobuf::Message& message) {
  stream::LogRecord out;
  out.key = key;
  out.value = message.SerializeAsString();
  return out;
}

AlertRecord tick_of(const std::string& clock) {
  AlertRecord tick;
  tick.mutable_tick()->set_clock(clock);
  tick.mutable_tick()->set_settings_version(7);
  return tick;
}

TEST(Dump, ARowIsItsTableItsKeyAndWhatEqualRunsShare) {
  TenantRow row;
  row.mutable_setting()->set_time_zone("Europe/Paris");
  row.set_sequence(3);
  const std::string key = KeyWriter().byte(0x51).text("a\xC3\xA9").number(-2).take();
  const auto line = row_line(kTable.info(), key, row.SerializeAsString());
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(*line, "tenant\ta\\xc3\\xa9|-2\tsetting { time_zone: \"Europe/Paris\" }");
}

TEST(Dump, AKeyOrARowThatDoesNotParseIsCorrupted) {
  const std::string key = KeyWriter().byte(0x51).text("a").number(1).take();
  EXPECT_EQ(row_line(kTable.info(), key, "\xFF").failure().code, "unreadable_row");
  const auto short_key = row_line(kTable.info(), KeyWriter().byte(0x51).text("a").take(), "");
  EXPECT_EQ(short_key.failure().code, "unreadable_key");
  EXPECT_EQ(short_key.failure().reaction, Reaction::kCorrupted);
}

TEST(Dump, ARecordIsItsTopicItsKeyAndWhatEqualRunsShare) {
  AlertRecord alert;
  alert.mutable_envelope()->set_id("1");
  alert.mutable_envelope()->set_settings_version(7);
  alert.set_alert("a1");
  const auto line = record_line(topic("encours.alerts"), record("acme/C1", alert));
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(*line, "encours.alerts\tacme/C1\tenvelope { id: \"1\" } alert: \"a1\"");
}

TEST(Dump, TicksOfTheWallAndMergedTicksAreLeftOut) {
  EXPECT_EQ(*record_line(topic("encours.alerts"), record("wall", tick_of("wall"))), "");
  const auto kept =
      record_line(topic("encours.alerts"), record("tenant/acme", tick_of("tenant/acme")));
  EXPECT_THAT(*kept, HasSubstr("clock: \"tenant/acme\""));
  EXPECT_THAT(*kept, Not(HasSubstr("settings_version")));
  encours::stream::v1alpha1::DeadLetter letter;
  letter.mutable_tick()->set_clock("tenant/acme");
  EXPECT_EQ(*record_line(topic("encours.dead-letters"), record("tenant/acme", letter)), "");
}

TEST(Dump, WhatIsLeftOutHasAReason) {
  for (const auto& one : left_out_topics()) EXPECT_NE(one.because, "") << one.topic;
}

}  // namespace
}  // namespace encours
