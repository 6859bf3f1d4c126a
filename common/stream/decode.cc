#include "common/stream/decode.h"

#include <google/protobuf/io/coded_stream.h>

#include "common/stream/effects.h"

namespace encours::stream {
namespace {

using google::protobuf::io::CodedInputStream;

constexpr std::uint32_t kEnvelopeTag = 0x0A;
constexpr std::uint32_t kTickTag = 0x12;

// A limit behind the end would end the message at the end of the bytes: cut off, it may yet parse.
template <class Message>
bool read_field(CodedInputStream& in, std::size_t total, Message* message) {
  std::uint32_t size = 0;
  if (!in.ReadVarint32(&size)) return false;
  if (size > total - static_cast<std::size_t>(in.CurrentPosition())) return false;
  const auto limit = in.PushLimit(static_cast<int>(size));
  const bool good = message->MergeFromCodedStream(&in) && in.BytesUntilLimit() == 0;
  in.PopLimit(limit);
  return good;
}

void append_field(std::uint32_t tag, std::string_view bytes, std::string* out) {
  out->push_back(static_cast<char>(tag));
  auto size = bytes.size();
  while (size >= 0x80) {
    out->push_back(static_cast<char>(size | 0x80));
    size >>= 7;
  }
  out->push_back(static_cast<char>(size));
  out->append(bytes);
}

}  // namespace

Result<Head> decode_head(std::string_view value) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(value.data()),
                      static_cast<int>(value.size()));
  Head head;
  std::uint32_t tag = in.ReadTag();
  if (tag == kEnvelopeTag) {
    if (!read_field(in, value.size(), &head.envelope)) {
      return poison("unreadable_envelope", "envelope", "The record's envelope can't be read.");
    }
    tag = in.ReadTag();
  }
  if (tag == kTickTag) {
    head.tick.emplace();
    if (!read_field(in, value.size(), &*head.tick) || head.tick->clock().empty()) {
      return poison("unreadable_tick", "tick", "The record's tick can't be read.");
    }
  } else if (head.envelope.id().empty()) {
    return poison("no_envelope", "envelope", "The record has neither an envelope nor a tick.");
  }
  return head;
}

std::string encode_fact(const Envelope& envelope, std::string_view body) {
  std::string out;
  const std::string head = Effects::serialise(envelope);
  out.reserve(head.size() + body.size() + 6);
  append_field(kEnvelopeTag, head, &out);
  out.append(body);
  return out;
}

std::string encode_tick(const Tick& tick) {
  std::string out;
  append_field(kTickTag, Effects::serialise(tick), &out);
  return out;
}

SourcePosition source_of(const LogRecord& record) {
  SourcePosition position;
  for (const auto& [name, value] : record.headers) {
    if (name == kSourceHeader && position.ParseFromString(value)) return position;
  }
  position.Clear();
  position.set_topic(record.topic);
  position.set_partition(record.partition);
  position.set_offset(record.offset);
  return position;
}

Instant to_instant(const google::protobuf::Timestamp& timestamp) {
  return Instant::from_unix_seconds(timestamp.seconds(), timestamp.nanos());
}

void set_timestamp(Instant instant, google::protobuf::Timestamp* out) {
  out->set_seconds(instant.unix_seconds());
  out->set_nanos(instant.nanos_of_second());
}

}  // namespace encours::stream
