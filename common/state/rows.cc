#include "common/state/rows.h"

#include <google/protobuf/message_lite.h>

#include "common/base/check.h"

namespace encours {

std::string row_bytes(const google::protobuf::MessageLite& row) {
  std::string bytes(row.ByteSizeLong(), '\0');
  row.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data()));
  return bytes;
}

RowPointer parse_row(std::string_view bytes, const google::protobuf::MessageLite& prototype) {
  std::unique_ptr<google::protobuf::MessageLite> row(prototype.New());
  ENCOURS_CHECK(row->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
                "a stored row does not parse");
  return row;
}

RowPointer RowReader::row(std::string_view key,
                          const google::protobuf::MessageLite& prototype) const {
  const auto bytes = get(key);
  return bytes ? parse_row(*bytes, prototype) : nullptr;
}

}  // namespace encours
