#include "services/ingestion/domain/dead_letter.h"

#include "common/base/hash.h"
#include "services/ingestion/domain/decode/decode_input.h"
#include "services/ingestion/domain/decode/encoding.h"
#include "services/ingestion/domain/decode/event_json.h"
#include "services/ingestion/domain/personal.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;

constexpr const char* kHeaderHint = "header";
// A header line of an older encoding is no text of a record; its bytes are written as digits.
constexpr const char* kHeaderHexHint = "header_hex";

constexpr std::size_t kMaxMessageBytes = 2000;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(hex_digit(digits[i]) * 16 + hex_digit(digits[i + 1])));
  }
  return bytes;
}

// The first error, and after its sentence the code and field of each other one.
Error joined(const std::vector<Error>& errors) {
  Error first = errors.front();
  for (std::size_t i = 1; i < errors.size(); ++i) {
    const std::string more = (i == 1 ? " Also: " : ", ") + errors[i].code +
                             (errors[i].field.empty() ? "" : " (" + errors[i].field + ")");
    if (first.message.size() + more.size() > kMaxMessageBytes) break;
    first.message += more;
  }
  return first;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> hints_of(const InboxRecord& record) {
  std::vector<std::pair<std::string, std::string>> hints;
  if (is_utf8(record.header())) {
    if (!record.header().empty()) hints.emplace_back(kHeaderHint, record.header());
  } else {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(record.header().data());
    hints.emplace_back(kHeaderHexHint, hex_lower({bytes, record.header().size()}));
  }
  if (!record.mapping().empty()) hints.emplace_back(kMappingHint, record.mapping());
  if (!record.default_source().empty()) hints.emplace_back(kSourceHint, record.default_source());
  // A record that was replayed brings the hints of its letter; ours are written anew.
  for (const auto& hint : record.decoder_hints()) {
    const std::string& name = hint.name();
    if (name == kHeaderHint || name == kHeaderHexHint || name == kMappingHint ||
        name == kSourceHint) {
      continue;
    }
    hints.emplace_back(name, hint.value());
  }
  return hints;
}

stream::Refusal refusal_of(const InboxRecord& record, const std::vector<Error>& errors) {
  stream::Refusal refusal;
  refusal.error = joined(errors);
  refusal.tenant = tenant_of(record);
  refusal.door = proto::Door_Name(record.door());
  refusal.content_type = media_type_of(record);
  refusal.decoder_hints = hints_of(record);
  refusal.position = record.source();
  if (record.has_finding() && record.original().empty()) {
    refusal.original = record.finding().head();
    refusal.original_size = record.finding().original_size_bytes();
    refusal.original_sha256 = record.finding().original_sha256();
  } else {
    refusal.original = record.original();
  }
  return refusal;
}

stream::Refusal refusal_of(const ErpEvent& event,
                           std::string_view personal,
                           const encours::stream::v1alpha1::SourcePosition& source,
                           Error why) {
  ErpEvent whole = event;
  if (!give_personal(personal, &whole)) whole = event;
  stream::Refusal refusal;
  refusal.error = std::move(why);
  refusal.tenant = event.tenant();
  // Whatever it came by, what is kept is one event as JSON, and that door reads it again.
  refusal.door = proto::Door_Name(proto::DOOR_FILE_JSON);
  refusal.content_type = kJsonType;
  refusal.original = event_to_json(whole);
  refusal.position = source;
  refusal.decoder_hints.emplace_back(kEventHint, event_hint_of(event));
  return refusal;
}

std::string event_hint_of(const ErpEvent& event) { return event.source() + "/" + event.id(); }

std::string header_of(const DeadLetter& letter) {
  for (const auto& hint : letter.decoder_hints()) {
    if (hint.name() == kHeaderHint) return hint.value();
    if (hint.name() == kHeaderHexHint) return from_hex(hint.value());
  }
  return {};
}

}  // namespace encours::ingestion
