// Goal: whatever a door received becomes events or errors by one function, and the two real sets
// are read whole. Method: records of each door by hand; the real files with the committed mappings,
// their counts and sums from Python's csv and decimal over the same files.
#include "services/ingestion/domain/decode/decode_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "services/ingestion/domain/decode/csv.h"
#include "services/ingestion/domain/decode/testing.h"

namespace encours::ingestion {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> codes(const DecodedInput& decoded) {
  std::vector<std::string> out;
  for (const auto& error : decoded.errors) out.push_back(error.code + " " + error.field);
  if (!out.empty()) {
    EXPECT_THAT(decoded.events, IsEmpty());
  }
  return out;
}

constexpr const char* kCancelled = R"({"id": "1", "invoice_cancelled": {"invoice": "F1"}})";

TEST(DecodeInput, fills_tenant_and_source) {
  const auto decoded = Given().decode(record_of("application/json", kCancelled));
  ASSERT_THAT(decoded.errors, IsEmpty());
  ASSERT_THAT(decoded.events, SizeIs(1));
  EXPECT_EQ(decoded.events[0].tenant(), "acme");
  EXPECT_EQ(decoded.events[0].source(), "sap");
  EXPECT_EQ(decoded.events[0].invoice_cancelled().invoice(), "F1");
}

TEST(DecodeInput, reads_each_content_type) {
  ErpEvent event;
  event.set_id("1");
  event.mutable_invoice_cancelled()->set_invoice("F1");
  for (const char* type : {"application/x-protobuf",
                           "application/protobuf",
                           "",
                           "Application/X-Protobuf; messageType=x"}) {
    EXPECT_THAT(Given().decode(record_of(type, event.SerializeAsString())).events, SizeIs(1));
  }
  for (const char* type : {"application/json", "application/json; charset=utf-8", ""}) {
    EXPECT_THAT(Given().decode(record_of(type, kCancelled)).events, SizeIs(1)) << type;
  }
  EXPECT_THAT(Given().decode(row_of("1,C1,2026-01-31,2026-03-02,5,2026-02-01")).events, SizeIs(2));
}

struct BadInput {
  const char* name;
  InboxRecord record;
  std::vector<std::string> expected;
};

InboxRecord changed(InboxRecord record, const std::function<void(InboxRecord&)>& change) {
  change(record);
  return record;
}

const std::vector<BadInput> kBadInputs = {
    {"unknown_type", record_of("text/xml", "<a/>"), {"unknown_content_type content-type"}},
    {"unreadable_bytes", record_of("application/x-protobuf", "\xFF\xFE"), {"unreadable_protobuf "}},
    {"unreadable_json", record_of("application/json", "{"), {"unreadable_json "}},
    {"empty", record_of("application/x-protobuf", ""), {"id_missing id", "missing_field event"}},
    {"another_tenant",
     record_of("application/json",
               R"({"tenant": "globex", "id": "1", "invoice_cancelled": {"invoice": "F1"}})"),
     {"tenant_mismatch tenant"}},
    {"several",
     record_of("application/json", R"({"tenant": "globex", "foo": 1})"),
     {"unknown_field foo", "tenant_mismatch tenant", "id_missing id", "missing_field event"}},
    {"tenant_not_open",
     changed(record_of("application/json", kCancelled),
             [](InboxRecord& record) { record.set_proved_tenant("initech"); }),
     {"tenant_not_open tenant"}},
    {"no_tenant",
     changed(record_of("application/json", kCancelled),
             [](InboxRecord& record) { record.clear_proved_tenant(); }),
     {"tenant_not_open tenant"}},
    {"no_source",
     changed(record_of("application/json", kCancelled),
             [](InboxRecord& record) { record.clear_default_source(); }),
     {"missing_field source"}},
    {"unknown_mapping", row_of("1", "other"), {"unknown_mapping mapping"}},
    {"mapping_of_another_tenant",
     changed(row_of("1"), [](InboxRecord& record) { record.set_proved_tenant("globex"); }),
     {"unknown_mapping mapping"}},
    {"wrong_row", row_of("1,C1,2026-01-31,2026-01-02,5,"), {"due_before_issue d"}},
    {"found_by_the_door",
     changed(row_of(""),
             [](InboxRecord& record) {
               record.mutable_finding()->mutable_refusal()->set_code("record_too_large");
             }),
     {"record_too_large "}}};

class BadInputs : public ::testing::TestWithParam<BadInput> {};

TEST_P(BadInputs, are_refused_with_code_and_field) {
  EXPECT_EQ(codes(Given().decode(GetParam().record)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(records,
                         BadInputs,
                         ::testing::ValuesIn(kBadInputs),
                         [](const auto& instance) { return instance.param.name; });

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

struct RealSet {
  const char* name;
  int invoices;
  int settlements;
  std::int64_t cents;
};

class RealSets : public ::testing::TestWithParam<RealSet> {};

TEST_P(RealSets, are_read_whole_by_their_committed_mappings) {
  const char* folder = std::getenv("ENCOURS_DATA");
  const std::string data = folder == nullptr ? "../shared/data" : folder;
  const std::string file = read_file(data + "/" + GetParam().name + "/invoices_dev.csv");
  if (file.empty()) GTEST_SKIP() << "no data set in " << data;
  Given given;
  given.add_mapping("real",
                    read_file("tests/data/mappings/" + std::string(GetParam().name) + ".yaml"));
  std::string header;
  int invoices = 0;
  int settlements = 0;
  std::int64_t cents = 0;
  const auto sink = [&](const CsvRecord& line) {
    if (line.line == 1) {
      header = line.bytes;
      return;
    }
    InboxRecord row = row_of(line.bytes, "real");
    row.set_header(header);
    const auto decoded = given.decode(row);
    ASSERT_THAT(decoded.errors, IsEmpty()) << "line " << line.line;
    std::set<std::string> accounts;
    for (const auto& event : decoded.events) {
      if (event.has_customer_upserted()) {
        // With a contact made of the customer's id; its reminders go there.
        accounts.insert(event.customer_upserted().account());
        EXPECT_EQ(event.customer_upserted().contacts_size(), 1);
      } else if (event.has_invoice_issued()) {
        ++invoices;
        cents += event.invoice_issued().gross_amount().minor();
        accounts.insert(event.invoice_issued().account());
      } else {
        ++settlements;
        accounts.insert(event.payment_received().account());
      }
    }
    EXPECT_EQ(accounts.size(), 1u) << "line " << line.line;
  };
  CsvSplitter splitter(',');
  splitter.feed(file, sink);
  splitter.finish(sink);
  EXPECT_EQ(invoices, GetParam().invoices);
  EXPECT_EQ(settlements, GetParam().settlements);
  EXPECT_EQ(cents, GetParam().cents);
}

INSTANTIATE_TEST_SUITE_P(sets,
                         RealSets,
                         ::testing::Values(RealSet{"udyam_invoices", 4750, 4506, 577858110},
                                           RealSet{"ibm_late_payments", 1368, 1289, 8039943}),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace encours::ingestion
