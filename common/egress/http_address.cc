#include "common/egress/http_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace encours::egress {
namespace {

struct Range {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return a << 24U | b << 16U | c << 8U;
}

constexpr std::array<Range, 14> kNotPublic{{{v4(0, 0, 0), 8},
                                            {v4(10, 0, 0), 8},
                                            {v4(100, 64, 0), 10},
                                            {v4(127, 0, 0), 8},
                                            {v4(169, 254, 0), 16},
                                            {v4(172, 16, 0), 12},
                                            {v4(192, 0, 0), 24},
                                            {v4(192, 0, 2), 24},
                                            {v4(192, 168, 0), 16},
                                            {v4(198, 18, 0), 15},
                                            {v4(198, 51, 100), 24},
                                            {v4(203, 0, 113), 24},
                                            {v4(224, 0, 0), 4},
                                            {v4(240, 0, 0), 4}}};

bool is_public_v4(std::uint32_t address) {
  for (const Range& range : kNotPublic) {
    if ((address ^ range.first) >> (32 - range.bits) == 0) return false;
  }
  return true;
}

std::uint32_t v4_at(const std::uint8_t* bytes) {
  return v4(bytes[0], bytes[1], bytes[2]) | bytes[3];
}

bool is_public_v6(const in6_addr& address) {
  const std::uint8_t* b = address.s6_addr;
  constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::uint8_t kTranslated[12] = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
  if (std::memcmp(b, kMapped, 12) == 0) return is_public_v4(v4_at(b + 12));
  if (std::memcmp(b, kTranslated, 12) == 0) return is_public_v4(v4_at(b + 12));
  if (b[0] == 0x20 && b[1] == 0x02) return is_public_v4(v4_at(b + 2));             // 6to4.
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) return false;  // Examples.
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02) return false;  // Protocols, Teredo too.
  // Only 2000::/3 is given out to the world.
  return (b[0] & 0xe0U) == 0x20;
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return is_public_v4(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    return is_public_v6(in.sin6_addr);
  }
  return false;
}

}  // namespace encours::egress
