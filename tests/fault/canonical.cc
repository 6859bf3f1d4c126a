#include "tests/fault/canonical.h"

#include <algorithm>
#include <set>

#include "encours/stream/v1alpha1/command.pb.h"
#include "tally.pb.h"

namespace encours::test {
namespace {

using encours::stream::v1alpha1::DeadLetter;
using encours::stream::v1alpha1::SourcePosition;
using tally::TallyRecord;

std::string source_header(const stream::LogRecord& record) {
  for (const auto& [name, value] : record.headers) {
    if (name == stream::kSourceHeader) return value;
  }
  return {};
}

// The partition of the task that wrote a record: roots are read by the task of their partition.
std::int32_t writer_of(const stream::LogRecord& record) {
  TallyRecord tally;
  if (tally.ParseFromString(record.value) && tally.has_tick()) return tally.tick().partition();
  SourcePosition position;
  return position.ParseFromString(source_header(record)) ? position.partition() : -1;
}

std::string escape(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    constexpr char kHex[] = "0123456789abcdef";
    if (byte >= 0x20 && byte < 0x7F) {
      out.push_back(c);
    } else {
      out += {'\\', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

// For people: the message where the heading tells which it is.
std::string show(const std::string& heading, const std::string& line) {
  const std::string value = line.substr(0, line.rfind('\n'));
  if (heading.starts_with("tally.")) {
    TallyRecord record;
    if (record.ParseFromString(value)) return record.ShortDebugString();
  }
  if (heading.starts_with("encours.dead-letters")) {
    DeadLetter letter;
    if (letter.ParseFromString(value)) return letter.ShortDebugString();
  }
  return line.size() > 400 ? escape(line.substr(0, 400)) + " ..." : escape(line);
}

}  // namespace

void add_record(const stream::LogRecord& record, Canonical* out) {
  std::string heading =
      record.topic + " p-" + std::to_string(record.partition) + " " + record.key;
  if (record.topic == "tally.mid") heading += " from p-" + std::to_string(writer_of(record));
  auto& sequence = (*out)[heading];
  const std::string source = "\n" + escape(source_header(record));
  // Ticks that follow each other may stand in one record; where it is cut is nobody's promise.
  TallyRecord tally;
  if (tally.ParseFromString(record.value) && tally.tick().earlier_size() > 0) {
    TallyRecord one = tally;
    one.mutable_tick()->clear_earlier();
    for (const auto& instant : tally.tick().earlier()) {
      *one.mutable_tick()->mutable_instant() = instant;
      sequence.push_back(one.SerializeAsString() + source);
    }
    *one.mutable_tick()->mutable_instant() = tally.tick().instant();
    sequence.push_back(one.SerializeAsString() + source);
    return;
  }
  sequence.push_back((record.tombstone ? "tombstone" : record.value) + source);
}

std::string store_heading(std::int32_t partition, const TableInfo& table) {
  return "store p-" + std::to_string(partition) + " " + std::string(table.name);
}

std::string store_row(std::string_view key, std::string_view value) {
  return escape(key) + " = " + escape(value);
}

std::vector<std::string> differences(const Canonical& expected, const Canonical& found,
                                     std::size_t limit) {
  std::vector<std::string> lines;
  std::set<std::string> headings;
  static const std::vector<std::string> nothing;
  const auto at = [](const Canonical& in, const std::string& heading) -> const auto& {
    const auto one = in.find(heading);
    return one == in.end() ? nothing : one->second;
  };
  for (const auto& [heading, sequence] : expected) headings.insert(heading);
  for (const auto& [heading, sequence] : found) headings.insert(heading);
  for (const auto& heading : headings) {
    const auto& left = at(expected, heading);
    const auto& right = at(found, heading);
    if (left == right) continue;
    if (lines.size() == limit) {
      lines.push_back("and more");
      break;
    }
    const auto [l, r] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
    lines.push_back(heading + ": " + std::to_string(left.size()) + " expected, " +
                    std::to_string(right.size()) + " found; first at " +
                    std::to_string(l - left.begin()) + ": expected [" +
                    (l == left.end() ? "nothing" : show(heading, *l)) + "] found [" +
                    (r == right.end() ? "nothing" : show(heading, *r)) + "]");
  }
  return lines;
}

}  // namespace encours::test
