// ImportedFile: one file on its way through the door of ingestion, as a command runs it.
//
// Each refused record is told once, also where an attempt broke off and the file was sent again;
// how far it has come is shown meanwhile. The same bytes a second time change nothing: their events
// have the same ids, and for the move of the clock that ends the import the server keeps the
// outcome under a request id that follows from the header's. One thread.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/encoursctl/command.h"

namespace encours::ctl {

using ImportRefusal = encours::ingestion::v1alpha1::ImportRefusal;
using ImportSummary = encours::ingestion::v1alpha1::ImportSummary;

class ImportedFile {
 public:
  // The failure of `on_refusal` (a closed output) ends the import.
  using OnRefusal = std::function<Status(const ImportRefusal&)>;

  ImportedFile(Context& context,
               std::string path,
               encours::ingestion::v1alpha1::ImportHeader header,
               OnRefusal on_refusal);

  // A file that can't be read, or is empty, comes back with one refused record.
  Result<ImportSummary> run();

 private:
  Status attempt(const std::string& address, ImportSummary* summary);
  // Once for each record, whatever the attempts.
  void tell(const ImportRefusal& refusal);
  void show(const encours::ingestion::v1alpha1::ImportProgress& progress);
  Result<ImportSummary> refuse_whole(const std::string& code, const std::string& message);

  Context& context_;
  std::string path_;
  encours::ingestion::v1alpha1::ImportHeader header_;
  OnRefusal on_refusal_;
  Status told_;
  std::set<std::string> seen_;  // Refusals as bytes.
  std::int64_t started_ms_;
  std::int64_t furthest_bytes_ = 0;
};

}  // namespace encours::ctl
