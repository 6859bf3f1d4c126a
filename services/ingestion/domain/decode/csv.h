// CSV by RFC 4180: a stream of bytes -> records with their lines -> fields.
//
// CsvSplitter belongs to one import and its thread; it holds one record at most, never the file.
// A record above the limit is not held: it is reported by size, SHA-256 and its first 4 KiB, and
// the next record is read as if nothing had happened. split_csv_record is a pure function. Both
// take any bytes; encodings are dealt with later, field by field (encoding.h), which is possible
// because separator, quote and line feed are ASCII in all encodings that a mapping may name.
//   file   := [BOM] record (LF record)*          a CR before LF belongs to the line end
//   record := field (separator field)*           a blank line is no record
//   field  := plain | '"' (any | '""')* '"'      quotes hold separators and line ends
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/sha256_stream.h"

namespace encours::ingestion {

inline constexpr std::size_t kMaxRecordBytes = 1024 * 1024;
inline constexpr std::size_t kOversizeRecordHeadBytes = 4 * 1024;
inline constexpr std::size_t kMaxColumns = 1000;

struct CsvRecord {
  // Where it begins; 1 is the first line of the file, the header included.
  std::int64_t line = 0;
  // Without its line end; of a record that is too large only the first 4 KiB.
  std::string bytes;
  std::int64_t size_bytes = 0;
  bool too_large = false;
  // Of the whole record; set only where it is too large.
  std::string sha256;
};

class CsvSplitter {
 public:
  using Sink = std::function<void(CsvRecord)>;

  // Without `quotes` each line is a record, whatever it holds (newline-delimited JSON).
  explicit CsvSplitter(char separator,
                       bool quotes = true,
                       std::size_t max_record_bytes = kMaxRecordBytes);

  // Hands over each record that `chunk` completes. Chunks may be cut anywhere.
  void feed(std::string_view chunk, const Sink& sink);
  // The file has ended: hands over a last record that has no line end.
  void finish(const Sink& sink);

 private:
  enum class At { kFieldStart, kPlain, kQuoted, kAfterQuote };

  void step(char byte);
  std::string_view skip_mark(std::string_view chunk);
  void append(std::string_view bytes);
  void keep(std::string_view bytes);
  void end_record(const Sink& sink);

  const char separator_;
  const bool quotes_;
  const std::size_t max_record_bytes_;
  At at_ = At::kFieldStart;
  std::int64_t line_ = 1;
  std::int64_t record_line_ = 1;
  std::string record_;
  std::int64_t size_bytes_ = 0;
  // Set from the moment on where the record is too large.
  std::optional<Sha256Stream> digest_;
  // A CR that belongs to the record only if no LF follows.
  bool held_cr_ = false;
  // Bytes of a byte order mark seen at the start of the file; 4 when that is over.
  int mark_ = 0;
};

// The fields of one record, unquoted, as bytes. Refuses with "bad_quote" text behind a closing
// quote, with "unclosed_quote" and with "too_many_columns".
Result<std::vector<std::string>> split_csv_record(std::string_view record, char separator);

}  // namespace encours::ingestion
