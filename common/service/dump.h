// The canonical dump: rows and records as lines of text, by which two runs are compared.
//
// Equality is promised in events mode for one build and one set of settings. What is left out of a
// record or a table stands in one place (dump.cc, and the tables' own reasons), each with why.
// Pure; any thread.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/state/rows.h"
#include "common/stream/log.h"

namespace encours {

// A topic of the dump and the message that it carries. Every service can read every one of them.
struct DumpedTopic {
  std::string_view topic;
  const google::protobuf::Message* message;
  // False where ticks stand merged as transactions happened to end.
  bool with_ticks = true;
};

// Topics that the dump contains; the others are left out for a reason that stands beside them.
const std::vector<DumpedTopic>& dumped_topics();
struct LeftOutTopic {
  std::string_view topic;
  std::string_view because;
};
const std::vector<LeftOutTopic>& left_out_topics();

// "table<TAB>key parts<TAB>row". An Error where key or row don't parse: the store is corrupted.
Result<std::string> row_line(const TableInfo& table, std::string_view key, std::string_view value);

// "topic<TAB>key<TAB>record" without the fields that differ between equal runs; empty for a record
// that is left out as a whole (a tick of the wall clock, or where ticks stand merged).
Result<std::string> record_line(const DumpedTopic& topic, const stream::LogRecord& record);

}  // namespace encours
