#include "services/ingestion/domain/decode/csv.h"

#include <algorithm>
#include <utility>

namespace encours::ingestion {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr int kMarkIsOver = 4;

// Reads the quoted field that begins at `record[*at]`, and leaves `at` behind its closing quote.
Status read_quoted(std::string_view record, std::size_t* at, std::string* field) {
  for (++*at; *at < record.size(); ++*at) {
    if (record[*at] != '"') {
      field->push_back(record[*at]);
    } else if (*at + 1 < record.size() && record[*at + 1] == '"') {
      field->push_back('"');
      ++*at;
    } else {
      ++*at;
      return {};
    }
  }
  return refused("unclosed_quote",
                 "",
                 "A quotation mark is opened and never closed. Close it, or double it where it is "
                 "part of the text.");
}

}  // namespace

CsvSplitter::CsvSplitter(char separator, bool quotes, std::size_t max_record_bytes)
    : separator_(separator), quotes_(quotes), max_record_bytes_(max_record_bytes) {}

// Takes a byte order mark off the start of the file, also when chunks cut it.
std::string_view CsvSplitter::skip_mark(std::string_view chunk) {
  while (mark_ < 3 && !chunk.empty()) {
    if (chunk.front() != kByteOrderMark[static_cast<std::size_t>(mark_)]) {
      append(kByteOrderMark.substr(0, static_cast<std::size_t>(mark_)));
      if (mark_ > 0) at_ = At::kPlain;
      mark_ = kMarkIsOver;
      return chunk;
    }
    ++mark_;
    chunk.remove_prefix(1);
  }
  if (mark_ == 3) mark_ = kMarkIsOver;
  return chunk;
}

void CsvSplitter::feed(std::string_view chunk, const Sink& sink) {
  if (mark_ != kMarkIsOver) chunk = skip_mark(chunk);
  std::size_t run = 0;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    const char byte = chunk[i];
    if (byte == '\n') {
      ++line_;
      if (at_ != At::kQuoted) {
        append(chunk.substr(run, i - run));
        end_record(sink);
        run = i + 1;
      }
      continue;
    }
    step(byte);
  }
  append(chunk.substr(run));
}

void CsvSplitter::step(char byte) {
  if (!quotes_) return;
  if (at_ == At::kQuoted) {
    if (byte == '"') at_ = At::kAfterQuote;
  } else if (byte == separator_) {
    at_ = At::kFieldStart;
  } else if (byte == '"' && at_ != At::kPlain) {
    // The first character of a field opens a quote; a second quote after one is a quote as text.
    at_ = At::kQuoted;
  } else {
    at_ = At::kPlain;
  }
}

void CsvSplitter::append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (held_cr_) {
    held_cr_ = false;
    keep("\r");
  }
  if (bytes.back() == '\r') {
    held_cr_ = true;
    bytes.remove_suffix(1);
  }
  keep(bytes);
}

void CsvSplitter::keep(std::string_view bytes) {
  size_bytes_ += static_cast<std::int64_t>(bytes.size());
  if (!digest_ && record_.size() + bytes.size() <= max_record_bytes_) {
    record_.append(bytes);
    return;
  }
  if (!digest_) digest_.emplace().add(record_);
  digest_->add(bytes);
  if (record_.size() > kOversizeRecordHeadBytes) {
    record_.resize(kOversizeRecordHeadBytes);
    record_.shrink_to_fit();
  } else {
    record_.append(bytes.substr(0, kOversizeRecordHeadBytes - record_.size()));
  }
}

void CsvSplitter::end_record(const Sink& sink) {
  if (size_bytes_ > 0) {
    CsvRecord record;
    record.line = record_line_;
    record.bytes = std::move(record_);
    record.size_bytes = size_bytes_;
    record.too_large = digest_.has_value();
    if (digest_) record.sha256 = digest_->take();
    sink(std::move(record));
  }
  record_.clear();
  size_bytes_ = 0;
  digest_.reset();
  held_cr_ = false;
  at_ = At::kFieldStart;
  record_line_ = line_;
}

void CsvSplitter::finish(const Sink& sink) {
  if (mark_ > 0 && mark_ < 3) append(kByteOrderMark.substr(0, static_cast<std::size_t>(mark_)));
  mark_ = kMarkIsOver;
  end_record(sink);
}

Result<std::vector<std::string>> split_csv_record(std::string_view record, char separator) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  while (true) {
    if (fields.size() == kMaxColumns) {
      return refused("too_many_columns",
                     "",
                     "The record has more than 1,000 columns. Is the separator the right one?");
    }
    std::string field;
    if (at < record.size() && record[at] == '"') {
      ENCOURS_TRY(read_quoted(record, &at, &field));
      if (at < record.size() && record[at] != separator) {
        return refused("bad_quote",
                       "",
                       "Text follows a closing quotation mark. Double the marks that are part of "
                       "the text.");
      }
    } else {
      const std::size_t end = std::min(record.find(separator, at), record.size());
      field = record.substr(at, end - at);
      at = end;
    }
    fields.push_back(std::move(field));
    if (at >= record.size()) return fields;
    ++at;
  }
}

}  // namespace encours::ingestion
