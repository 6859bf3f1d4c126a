#include "common/state/rows.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>

#include "common/base/check.h"

namespace encours {

std::string row_bytes(const google::protobuf::MessageLite& row) {
  std::string bytes(row.ByteSizeLong(), '\0');
  google::protobuf::io::ArrayOutputStream out(bytes.data(), static_cast<int>(bytes.size()));
  {
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    ENCOURS_CHECK(row.SerializeToCodedStream(&coded), "a row with all its fields serialises");
  }
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
