// Fuzzer. Goal: any bytes by any door give events or errors, never both and never neither, and
// twice the same. Method: the first byte chooses the content type and the rest is the record; with
// a CSV the first line is the header.
#include <cstdint>

#include "services/ingestion/domain/decode/testing.h"

namespace {

using encours::ingestion::InboxRecord;

InboxRecord record_of_bytes(std::string_view bytes) {
  namespace in = encours::ingestion;
  static const char* const kTypes[] = {in::kCsvType, in::kJsonType, in::kProtobufType, ""};
  const char* type = kTypes[static_cast<unsigned char>(bytes.front()) % std::size(kTypes)];
  InboxRecord record = in::record_of(type, std::string(bytes.substr(1)));
  if (type != std::string_view(in::kCsvType)) return record;
  const auto line_end = bytes.find('\n');
  record.set_mapping("m");
  record.set_header("n,c,i,d,a,p");
  if (line_end != bytes.npos) {
    record.set_header(std::string(bytes.substr(1, line_end - 1)));
    record.set_original(std::string(bytes.substr(line_end + 1)));
  }
  return record;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const encours::ingestion::Given given;
  const auto record = record_of_bytes({reinterpret_cast<const char*>(data), size});
  const auto decoded = given.decode(record);
  ENCOURS_CHECK(decoded.events.empty() != decoded.errors.empty(), "events or errors");
  for (const auto& error : decoded.errors) {
    ENCOURS_CHECK(!error.code.empty() && !error.message.empty(), "an error says what it is");
  }
  const auto again = given.decode(record);
  ENCOURS_CHECK(again.events.size() == decoded.events.size() &&
                    again.errors.size() == decoded.errors.size(),
                "the same bytes are the same events");
  for (std::size_t i = 0; i < decoded.events.size(); ++i) {
    ENCOURS_CHECK(again.events[i].SerializeAsString() == decoded.events[i].SerializeAsString(),
                  "the same bytes are the same event");
  }
  return 0;
}
