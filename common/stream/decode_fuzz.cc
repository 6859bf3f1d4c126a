// Fuzzer. Goal: any bytes of the log have a head or are poison; a head names its record or its
// clock, and an envelope that was read is written and read again as it was.
#include "common/stream/decode.h"

#include <google/protobuf/util/message_differencer.h>

#include <cstdint>

#include "common/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using google::protobuf::util::MessageDifferencer;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto head = encours::stream::decode_head(bytes);
  if (!head) return 0;
  ENCOURS_CHECK(head->tick ? !head->tick->clock().empty() : !head->envelope.id().empty(),
                "a head names its record or its clock");
  const std::string fact = encours::stream::encode_fact(head->envelope, "");
  const auto again = encours::stream::decode_head(fact);
  ENCOURS_CHECK(head->envelope.id().empty() ||
                    (again && MessageDifferencer::Equals(again->envelope, head->envelope)),
                "an envelope is read as it was written");
  return 0;
}
