// Fuzzer. Goal: any text is a mapping or a list of errors that say what they are, and a mapping
// that was taken can check any header. Method: the text is the input, and the header too.
#include <cstdint>

#include "common/base/check.h"
#include "services/ingestion/domain/decode/csv_row.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = encours::ingestion::parse_mapping(text);
  for (const auto& error : parsed.errors) {
    ENCOURS_CHECK(!error.code.empty() && !error.message.empty(), "an error says what it is");
  }
  if (parsed.ok()) static_cast<void>(encours::ingestion::check_csv_header(text, parsed.mapping));
  return 0;
}
