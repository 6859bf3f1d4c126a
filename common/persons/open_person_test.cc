// Goal: what a stage keeps of persons can be opened with their key and by nobody else, and a stage
// that wants names alone keeps nothing more. Method: records as the runtime publishes them, kept by
// the functions that stages call, in a store in memory.
#include "common/persons/open_person.h"

#include <gtest/gtest.h>

#include "common/state/overlay.h"
#include "common/stream/testing/memory_store.h"

namespace encours {
namespace {

using encours::erp::v1alpha1::ErpEvent;
using stream::v1alpha1::PersonKey;
using stream::v1alpha1::PersonRecord;

constexpr auto kTables = stream::person_tables(0x40, 0x41);

class OpenPersonTest : public ::testing::Test {
 protected:
  std::string keep(const google::protobuf::Message& message, bool is_key,
                   stream::KeptPersons kept = stream::KeptPersons::kAll) {
    return keep_bytes(message.SerializeAsString(), is_key, kept);
  }
  std::string keep_bytes(const std::string& bytes, bool is_key, stream::KeptPersons kept) {
    stream::Record record;
    record.envelope.set_tenant("t");
    record.value = bytes;
    const auto scope = stream::scope_of_person(record, is_key);
    const stream::View view(overlay_, scope.value_or(""));
    const auto effects = stream::keep_person(view, record, is_key, kTables, kept);
    if (!effects) return effects.failure().code;
    for (const auto& change : effects->row_changes()) overlay_.put(change.key, *change.value);
    return std::to_string(effects->rows.size());
  }
  PersonKey key_of(const std::string& person) {
    PersonKey key;
    key.set_account("A");
    key.set_person(person);
    key.set_wrapped_key(sealer_.make_wrapped_key({"t", "A", person}).value());
    return key;
  }
  PersonRecord sealed(const PersonKey& key, const std::string& name, const std::string& of = "") {
    ErpEvent event;
    event.mutable_customer_upserted()->set_name(name);
    PersonRecord person;
    person.set_account("A");
    person.set_person(key.person());
    person.set_record(of);
    person.set_sealed(
        sealer_.seal(key.wrapped_key(), {"t", "A", key.person()}, of, event.SerializeAsString())
            .value());
    return person;
  }
  std::string name(const std::string& account, const std::string& person) {
    const stream::View view(overlay_, scope_of("t", account));
    const auto event = open_person(view, kTables, sealer_, {"t", account, person});
    if (!event) return event.failure().code;
    return *event ? (*event)->customer_upserted().name() : "nobody";
  }

  Sealer sealer_ = Sealer::for_test();
  stream::testing::MemoryStore store_;
  Overlay overlay_{store_};
};

TEST_F(OpenPersonTest, OpensWhatBelongsTogether) {
  const PersonKey account = key_of(""), contact = key_of("1");
  EXPECT_EQ(name("A", ""), "nobody");
  EXPECT_EQ(keep(sealed(account, "Uzel"), false), "1");
  EXPECT_EQ(name("A", ""), "nobody");  // Its key has not come, or is destroyed.
  keep(account, true);
  keep(sealed(contact, "Camille"), false);
  keep(contact, true);
  EXPECT_EQ(name("A", ""), "Uzel");
  EXPECT_EQ(name("A", "1"), "Camille");
  EXPECT_EQ(name("B", ""), "nobody");
  keep(key_of(""), true);  // Another key than the one that it was sealed by.
  EXPECT_EQ(name("A", ""), "sealed_data");
}

TEST_F(OpenPersonTest, AStageThatWantsNamesKeepsNothingMore) {
  const auto accounts = stream::KeptPersons::kAccounts;
  EXPECT_EQ(keep(sealed(key_of("1"), "Camille"), false, accounts), "0");
  EXPECT_EQ(keep(sealed(key_of(""), "text of a payment", "payment:7"), false, accounts), "0");
  EXPECT_EQ(keep(key_of("1"), true, accounts), "0");
  EXPECT_EQ(keep(sealed(key_of(""), "Uzel"), false, accounts), "1");
  EXPECT_EQ(keep(key_of(""), true, accounts), "1");
}

TEST_F(OpenPersonTest, WhatCantBeReadIsPoison) {
  const auto all = stream::KeptPersons::kAll;
  EXPECT_EQ(keep_bytes("\x07", false, all), "unreadable_person");
  EXPECT_EQ(keep_bytes("\x07", true, all), "unreadable_person_key");
}

}  // namespace
}  // namespace encours
