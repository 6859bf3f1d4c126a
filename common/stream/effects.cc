#include "common/stream/effects.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "common/base/check.h"
#include "common/stream/decide.h"

namespace encours::stream {

std::string Effects::serialise(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    ENCOURS_CHECK(message.SerializeToCodedStream(&coded),
                  "a message with all its fields serialises");
  }
  return bytes;
}

std::string Stage::scope(const Record& record) const {
  return scope_of(tenant_of_key(record.key), entity_of_key(record.key));
}

}  // namespace encours::stream
