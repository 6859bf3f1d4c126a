#include "common/rpc/address.h"

#include <arpa/inet.h>

#include <string>

namespace encours::rpc {

bool is_loopback(std::string_view address) {
  if (address.substr(0, 5) == "unix:") return true;
  const auto colon = address.rfind(':');
  const std::string host(address.substr(0, colon));
  if (host == "localhost" || host == "[::1]") return true;
  in_addr parsed{};
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 && (ntohl(parsed.s_addr) >> 24) == 127;
}

}  // namespace encours::rpc
