#include "common/rpc/trace.h"

#include <openssl/rand.h>

#include <array>

#include "common/base/check.h"
#include "common/base/hash.h"

namespace encours::rpc {
namespace {

bool is_hex(std::string_view text) {
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

bool all_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

template <std::size_t bytes>
std::string random_hex() {
  std::array<unsigned char, bytes> random{};
  const int good = RAND_bytes(random.data(), static_cast<int>(random.size()));
  ENCOURS_CHECK(good == 1, "OpenSSL has no random bytes");
  return hex_lower(random);
}

}  // namespace

std::optional<Trace> parse_traceparent(std::string_view header) {
  // Later versions may append fields; the first four keep their places.
  if (header.size() < 55 || header[2] != '-' || header[35] != '-' || header[52] != '-') {
    return std::nullopt;
  }
  const std::string_view version = header.substr(0, 2);
  const std::string_view trace_id = header.substr(3, 32);
  const std::string_view span_id = header.substr(36, 16);
  const std::string_view flags = header.substr(53, 2);
  if (!is_hex(version) || version == "ff" || !is_hex(trace_id) || all_zero(trace_id) ||
      !is_hex(span_id) || all_zero(span_id) || !is_hex(flags)) {
    return std::nullopt;
  }
  if (header.size() > 55 && (version == "00" || header[55] != '-')) return std::nullopt;
  return Trace{std::string(trace_id), std::string(span_id), std::string(flags)};
}

Trace start_span(std::string_view traceparent) {
  auto given = parse_traceparent(traceparent);
  if (!given) return Trace{random_hex<16>(), random_hex<8>(), "01"};
  given->span_id = random_hex<8>();
  return *given;
}

}  // namespace encours::rpc
