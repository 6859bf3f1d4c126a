// Keys of rows: byte strings whose order is the order of their parts.
//
// A key is a table id (one byte) and parts. Grammar:
//   text   := bytes of the text with 0x00 written as 0x00 0xFF, then 0x00 0x01
//   number := 8 bytes, big-endian, the sign bit flipped
// so a prefix of parts is a prefix of bytes, and no text can run into the next part. Values only;
// any thread may use its own writer or reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace encours {

class KeyWriter {
 public:
  KeyWriter() = default;
  explicit KeyWriter(std::string start) : bytes_(std::move(start)) {}

  KeyWriter& text(std::string_view part);
  KeyWriter& number(std::int64_t part);
  // One raw byte: a table id, a phase.
  KeyWriter& byte(std::uint8_t part);
  // Bytes that are already in key form, such as a scope.
  KeyWriter& raw(std::string_view part);

  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads parts back in order; nullopt (and from then on always) when the bytes are no such part.
class KeyReader {
 public:
  explicit KeyReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::string> text();
  std::optional<std::int64_t> number();
  std::optional<std::uint8_t> byte();
  std::string_view rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// The first key after all keys that begin with `prefix`; empty when there is none.
std::string after_prefix(std::string_view prefix);

// The scope of an account (or reference) within a tenant: what one decision may read and write.
inline std::string scope_of(std::string_view tenant, std::string_view entity) {
  return KeyWriter().text(tenant).text(entity).take();
}

}  // namespace encours
