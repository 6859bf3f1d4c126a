// FileImport: the bytes of one file -> records of the inbox, and what is told of them at once.
//
// The file is read as it comes, a record at a time, so its size does not matter. Each record goes
// to the inbox as its own bytes, with the header line that explains them; what is wrong with it is
// found by the same function that the first stage decides by, so a sender hears at once what will
// become of it. Refused records go to the inbox too: the stage keeps them as dead letters. One
// file, one thread. Ids come from the content, so the same file again changes nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/sha256_stream.h"
#include "services/ingestion/domain/decode/csv.h"
#include "services/ingestion/domain/decode/decode_input.h"
#include "services/ingestion/domain/decode/mapping.h"
#include "services/ingestion/doors/inbox_log.h"
#include "services/ingestion/doors/tenants.h"

namespace encours::ingestion {

struct FileSpec {
  std::string file_name;
  encours::ingestion::v1alpha1::Door door = encours::ingestion::v1alpha1::DOOR_FILE_CSV;
  std::string mapping;  // Name of the published mapping; CSV only.
  std::string source;   // For events without one of their own.
  std::string actor;
  // Of the file's bytes, as the sender knows it; empty where it doesn't.
  std::string sha256;
  std::string request_id;
};

struct FileTotals {
  std::int64_t taken = 0;
  std::int64_t refused = 0;
  std::int64_t bytes = 0;
  // Days of recorded time of what was taken, by the tenant's clock.
  std::optional<Date> first_day;
  std::optional<Date> last_day;
};

class FileImport {
 public:
  using OnRefusal = std::function<void(std::int64_t line, const Error& why)>;

  FileImport(FileSpec spec, const DoorTenant& tenant, InboxLog& inbox, OnRefusal on_refusal);

  Status feed(std::string_view chunk);
  // The file has ended. All records are in the inbox log, not yet settled. Refused with
  // "content_changed" where the bytes are not those that the sender named.
  Status finish();

  const FileTotals& totals() const { return totals_; }
  const std::string& import_id() const { return import_id_; }

 private:
  Status take(CsvRecord record);
  Status take_header(const CsvRecord& record);
  Status refuse_file(const CsvRecord& record, const Error& why);
  InboxRecord inbox_record(const CsvRecord& record) const;
  void count_days(const std::vector<ErpEvent>& events);

  FileSpec spec_;
  const DoorTenant& tenant_;
  InboxLog& inbox_;
  OnRefusal on_refusal_;
  std::string import_id_;
  Sha256Stream digest_;
  const Mapping* mapping_ = nullptr;
  CsvSplitter splitter_;
  std::optional<std::string> header_;
  bool header_refused_ = false;
  bool any_record_ = false;
  FileTotals totals_;
};

}  // namespace encours::ingestion
