// import_once: sends one file to one instance of ingestion and hears what becomes of it.
//
// Writing and reading go on at the same time, on two threads, because the server answers while it
// still takes bytes. One attempt; the caller repeats it with the same header, and the same bytes a
// second time change nothing. It gives up when nothing has moved for the installation's stall time.
#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/encoursctl/rpc/installation.h"

namespace encours::ctl {

struct ImportSource {
  encours::ingestion::v1alpha1::ImportHeader header;
  // Opens the bytes anew for an attempt; then each call of the function that it returns gives the
  // next bytes, none at the end.
  std::function<Result<std::function<Result<std::string>()>>()> open;
};

struct ImportListener {
  std::function<void(const encours::ingestion::v1alpha1::ImportProgress&)> on_progress;
  std::function<void(const encours::ingestion::v1alpha1::ImportRefusal&)> on_refusal;
};

Result<encours::ingestion::v1alpha1::ImportSummary> import_once(Installation& installation,
                                                                const std::string& address,
                                                                const ImportSource& source,
                                                                const ImportListener& listener);

}  // namespace encours::ctl
