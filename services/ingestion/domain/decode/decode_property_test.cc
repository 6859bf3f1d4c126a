// Goal: nothing that anybody can send stops the process, and every answer is fit to be kept.
// Method: RapidCheck over random bytes and over good records with a few bytes changed; it prints
// its seed, which RC_PARAMS="seed=..." repeats.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "services/ingestion/domain/decode/csv.h"
#include "services/ingestion/domain/decode/csv_row.h"
#include "services/ingestion/domain/decode/encoding.h"
#include "services/ingestion/domain/decode/testing.h"

namespace encours::ingestion {
namespace {

// Protobuf writes a line for each broken text; main.cc turns that off for the services.
class Quiet : public ::testing::Environment {
  google::protobuf::LogSilencer silence_;
};
const auto* const kQuiet = ::testing::AddGlobalTestEnvironment(new Quiet);

const Given& given() {
  static const Given given;
  return given;
}

std::string any_bytes() { return *rc::gen::container<std::string>(rc::gen::arbitrary<char>()); }

// One to five changes at random places: a byte put in, taken out or replaced, a part repeated.
std::string changed(std::string bytes) {
  for (int left = *rc::gen::inRange(1, 6); left > 0; --left) {
    const auto at =
        static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(bytes.size()) + 1));
    const char byte = *rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                      rc::gen::elementOf(std::string("\"{}[],:;\n\r\\-.0 ")));
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        bytes.insert(at, 1, byte);
        break;
      case 1:
        bytes.erase(at, 1);
        break;
      case 2:
        bytes.insert(at, bytes.substr(at / 2, 5));
        break;
      default:
        if (at < bytes.size()) bytes[at] = byte;
    }
  }
  return bytes;
}

bool is_sound(const std::vector<Error>& errors) {
  for (const auto& error : errors) {
    if (error.code.empty() || error.message.empty() || !is_utf8(error.field + error.message)) {
      return false;
    }
  }
  return true;
}

void expect_sound(const InboxRecord& record) {
  const DecodedInput decoded = given().decode(record);
  RC_ASSERT(decoded.events.empty() != decoded.errors.empty());
  RC_ASSERT(is_sound(decoded.errors));
  // A text that is no UTF-8 would make a record that nobody can read again.
  for (const auto& event : decoded.events) {
    RC_ASSERT(ErpEvent().ParseFromString(event.SerializeAsString()));
  }
}

constexpr const char* kGoodJson =
    R"({"id": "1", "invoice_issued": {"number": "F1", "account": "C1",
        "issue_date": {"year": 2026, "month": 1, "day": 31},
        "due_date": {"year": 2026, "month": 3, "day": 2}, "note": "café",
        "gross_amount": {"currency_code": "EUR", "minor": "12050"}}})";
constexpr const char* kGoodRow = "F1,C1,2026-01-31,2026-03-02,120.50,2026-02-01";

std::string good_protobuf() {
  ErpEvent event;
  event.set_id("1");
  auto& customer = *event.mutable_customer_upserted();
  customer.set_account("C1");
  customer.add_contacts()->set_id("1");
  customer.mutable_contacts(0)->set_name("café");
  return event.SerializeAsString();
}

RC_GTEST_PROP(DecodeProperty, the_samples_themselves_are_good, ()) {
  RC_ASSERT(given().decode(record_of("application/json", kGoodJson)).events.size() == 1u);
  RC_ASSERT(given().decode(record_of("", good_protobuf())).events.size() == 1u);
  RC_ASSERT(given().decode(row_of(kGoodRow)).events.size() == 2u);
}

RC_GTEST_PROP(DecodeProperty, any_bytes_give_a_result, ()) {
  for (const char* type : {"application/json", "application/x-protobuf", ""}) {
    expect_sound(record_of(type, any_bytes()));
  }
  expect_sound(row_of(any_bytes()));
  InboxRecord row = row_of(any_bytes());
  row.set_header(any_bytes());
  expect_sound(row);
}

RC_GTEST_PROP(DecodeProperty, changed_records_give_a_result, ()) {
  expect_sound(record_of("application/json", changed(kGoodJson)));
  expect_sound(record_of("", changed(good_protobuf())));
  InboxRecord row = row_of(changed(kGoodRow));
  row.set_header(changed(row.header()));
  expect_sound(row);
}

RC_GTEST_PROP(DecodeProperty, any_mapping_gives_a_result, ()) {
  for (const auto& yaml : {any_bytes(), changed(kYaml)}) {
    const ParsedMapping parsed = parse_mapping(yaml);
    RC_ASSERT(is_sound(parsed.errors));
    if (!parsed.ok()) continue;
    RC_ASSERT(Mapping().ParseFromString(parsed.mapping.SerializeAsString()));
    const DecodedInput decoded = decode_csv_row("n,c,i,d,a,p", kGoodRow, parsed.mapping, {});
    RC_ASSERT(is_sound(decoded.errors));
  }
}

// Cutting a file anywhere changes nothing, and no byte is lost but line ends and the mark.
RC_GTEST_PROP(DecodeProperty, chunks_change_nothing, ()) {
  const std::string file = *rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::elementOf(std::string(",\"\n\r\xEF\xBB\xBF")), rc::gen::arbitrary<char>()));
  const auto limit = static_cast<std::size_t>(*rc::gen::inRange(1, 40));
  const auto split = [&](const std::vector<std::size_t>& sizes) {
    std::vector<std::string> out;
    const auto sink = [&](const CsvRecord& record) {
      out.push_back(std::to_string(record.line) + " " + std::to_string(record.size_bytes) + " " +
                    record.sha256 + record.bytes);
    };
    CsvSplitter splitter(',', true, limit);
    std::size_t at = 0;
    for (const std::size_t size : sizes) {
      splitter.feed(std::string_view(file).substr(std::min(at, file.size()), size), sink);
      at += size;
    }
    splitter.feed(std::string_view(file).substr(std::min(at, file.size())), sink);
    splitter.finish(sink);
    return out;
  };
  const auto sizes =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 5));
  RC_ASSERT(split(sizes) == split({}));
}

}  // namespace
}  // namespace encours::ingestion
