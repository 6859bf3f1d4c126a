// What the tests of decoding share: settings with two open tenants, and records of two doors.
//
// For tests and fuzzers only; values, any thread.
#pragma once

#include <string>

#include "common/base/check.h"
#include "common/stream/settings.h"
#include "services/ingestion/domain/decode/decode_input.h"
#include "services/ingestion/domain/decode/mapping.h"

namespace encours::ingestion {

inline constexpr const char* kYaml =
    "row: invoice_with_settlement\nsource: sage\ncurrency: EUR\ncolumns: {n: number, c: account, "
    "i: issue_date, d: due_date, a: gross_amount, p: settled_on}\n";

// Settings with the tenants "acme" and "globex" open, and the mapping "m" of acme alone.
class Given {
 public:
  Given() {
    stream::TenantSetting tenant;
    tenant.set_clock_mode(stream::TenantSetting::CLOCK_MODE_EVENTS);
    tenant.set_time_zone("Europe/Paris");
    add("acme", "tenant", "tenant", tenant);
    add("globex", "tenant", "tenant", tenant);
    add_mapping("m", kYaml);
  }

  void add_mapping(const std::string& name, const std::string& yaml) {
    const auto parsed = parse_mapping(yaml);
    ENCOURS_CHECK(parsed.ok(), "the test's mapping is right");
    add("acme", "mapping", name, parsed.mapping);
  }

  DecodedInput decode(const InboxRecord& record) const {
    return decode_input(record, stream::Settings(table_, sequence_));
  }

 private:
  void add(const std::string& tenant,
           const std::string& kind,
           const std::string& name,
           const google::protobuf::Message& body) {
    stream::Setting setting;
    setting.mutable_envelope()->set_tenant(tenant);
    setting.set_sequence(++sequence_);
    setting.set_kind(kind);
    setting.set_name(name);
    setting.set_type(body.GetDescriptor()->full_name());
    setting.set_body(body.SerializeAsString());
    ENCOURS_CHECK(table_.add(setting), "settings come in their order");
  }

  stream::SettingsTable table_;
  std::int64_t sequence_ = 0;
};

inline InboxRecord record_of(const std::string& content_type, const std::string& original) {
  InboxRecord record;
  record.set_proved_tenant("acme");
  record.set_default_source("sap");
  record.set_content_type(content_type);
  record.set_original(original);
  return record;
}

inline InboxRecord row_of(const std::string& row, const std::string& mapping = "m") {
  InboxRecord record = record_of("text/csv", row);
  record.clear_default_source();
  record.set_header("n,c,i,d,a,p");
  record.set_mapping(mapping);
  return record;
}

}  // namespace encours::ingestion
