// RowReader and Table: how code that decides reads rows, without knowing of RocksDB or overlays.
//
// A Table names one kind of row: its id (first byte of the key), its name (in dumps and metrics),
// the shape of its key and its message. Ids 0x01 to 0x1F belong to the runtime, 0x20 to 0xFF to
// the service. Readers are used by the one thread that owns the partition; queries have their own
// reader over a snapshot.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace google::protobuf {
class MessageLite;
}

namespace encours {

// A row as a message that nobody changes any more.
using RowPointer = std::shared_ptr<const google::protobuf::MessageLite>;

// Deterministic bytes: fields in order, no map fields in our messages.
std::string row_bytes(const google::protobuf::MessageLite& row);
// A row that does not parse is corruption and stops the process.
RowPointer parse_row(std::string_view bytes, const google::protobuf::MessageLite& prototype);

class RowReader {
 public:
  // Return false to stop the scan.
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~RowReader() = default;

  // A read that fails is remembered by the reader and fails the transaction (or the query) that
  // asked; here it reads as absent, so deciding code has no error path of its own.
  virtual std::optional<std::string> get(std::string_view key) const = 0;

  // The same as a message of the prototype's type, null where there is none. A reader that keeps
  // rows decoded answers without the bytes.
  virtual RowPointer row(std::string_view key,
                         const google::protobuf::MessageLite& prototype) const;

  // Visits the rows from `from` (inclusive) to `until` (exclusive) in order of key. `visit` changes
  // nothing in the reader.
  virtual void scan(std::string_view from, std::string_view until, const Visitor& visit) const = 0;
};

// Why a table stands in the canonical dump, or not: every exclusion has its reason.
struct TableInfo {
  std::uint8_t id = 0;
  std::string_view name;
  // One letter per key part after the id: s text, n number, b byte, r rest as hex.
  std::string_view key_shape;
  // Full name of the row's message.
  std::string_view message;
  // Empty: dumped. Else the reason for leaving it out.
  std::string_view left_out_because;
};

template <class Row>
struct Table {
  std::uint8_t id;
  std::string_view name;
  std::string_view key_shape;
  std::string_view left_out_because = {};

  TableInfo info() const {
    return TableInfo{id, name, key_shape, Row::descriptor()->full_name(), left_out_because};
  }
};

}  // namespace encours
