// Canonical form: what a run has left behind, written so that equal runs are equal byte by byte.
//
// A heading names a sequence: the records of one topic, partition and key, or the rows of one table
// of one store. Offsets are no part of it; all else is, envelopes and the header "source" included.
// A topic that several tasks write has one sequence per key and writer, since only that order is
// promised. Pure values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/state/rows.h"
#include "common/stream/log.h"

namespace encours::test {

using Canonical = std::map<std::string, std::vector<std::string>>;

// Adds a committed record at the end of its sequence.
void add_record(const stream::LogRecord& record, Canonical* out);
// The heading of the rows of one table of partition p.
std::string store_heading(std::int32_t partition, const TableInfo& table);
// One row; rows are added in order of key.
std::string store_row(std::string_view key, std::string_view value);

// Where two runs differ: at most `limit` lines for people, none when they are equal.
std::vector<std::string> differences(const Canonical& expected, const Canonical& found,
                                     std::size_t limit = 5);

}  // namespace encours::test
