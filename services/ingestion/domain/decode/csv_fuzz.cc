// Fuzzer. Goal: a file gives the same records wherever its chunks are cut, none is longer than the
// limit, and lines only grow. Method: the first two bytes choose the mode and the cut; a limit of
// 64 bytes, so that records too large are common.
#include <cstdint>
#include <tuple>

#include "common/base/check.h"
#include "services/ingestion/domain/decode/csv.h"

namespace {

using encours::ingestion::CsvRecord;
using encours::ingestion::CsvSplitter;

constexpr std::size_t kLimit = 64;

std::vector<CsvRecord> records_of(std::string_view file, bool quotes, std::size_t cut) {
  std::vector<CsvRecord> out;
  const auto sink = [&](CsvRecord record) { out.push_back(std::move(record)); };
  CsvSplitter splitter(',', quotes, kLimit);
  for (std::size_t at = 0; at < file.size(); at += cut) splitter.feed(file.substr(at, cut), sink);
  splitter.finish(sink);
  return out;
}

auto parts(const CsvRecord& record) {
  return std::tie(record.line, record.bytes, record.size_bytes, record.too_large, record.sha256);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view file(reinterpret_cast<const char*>(data) + 2, size - 2);
  const bool quotes = data[0] % 2 == 0;
  const auto whole = records_of(file, quotes, file.size());
  const auto cut = records_of(file, quotes, data[1] + 1);
  ENCOURS_CHECK(whole.size() == cut.size(), "chunks may be cut anywhere");
  std::int64_t line = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    ENCOURS_CHECK(parts(whole[i]) == parts(cut[i]), "a cut changes no record");
    ENCOURS_CHECK(whole[i].line > line, "lines grow");
    line = whole[i].line;
    ENCOURS_CHECK(whole[i].too_large == (whole[i].size_bytes > static_cast<std::int64_t>(kLimit)),
                  "too large is above the limit");
    static_cast<void>(encours::ingestion::split_csv_record(whole[i].bytes, ','));
  }
  return 0;
}
