// Goal: Prometheus gets the metrics over HTTP, and a taken port is an error and not a crash.
// Method: a real GET over a socket to a free port.
#include "common/observe/exposer.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace encours {
namespace {

using testing::HasSubstr;

std::string get(int port, const std::string& path) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(socket_fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    EXPECT_EQ(write(socket_fd, request.data(), request.size()),
              static_cast<ssize_t>(request.size()));
    char buffer[4096];
    for (ssize_t n = read(socket_fd, buffer, sizeof buffer); n > 0;
         n = read(socket_fd, buffer, sizeof buffer)) {
      answer.append(buffer, static_cast<size_t>(n));
    }
  }
  close(socket_fd);
  return answer;
}

TEST(Exposer, ServesMetrics) {
  Metrics metrics;
  metrics.counters("encours_records_read_total", "Records read.").with({}).add(5);
  const auto exposer = Exposer::start("127.0.0.1:0", metrics);
  ASSERT_TRUE(exposer.ok()) << exposer.failure().message;
  ASSERT_GT((*exposer)->port(), 0);
  const std::string answer = get((*exposer)->port(), "/metrics");
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  EXPECT_THAT(answer, HasSubstr("\nencours_records_read_total 5\n"));
}

TEST(Exposer, TakenPortIsRefused) {
  const Metrics metrics;
  const auto first = Exposer::start("127.0.0.1:0", metrics);
  ASSERT_TRUE(first.ok());
  const auto second = Exposer::start("127.0.0.1:" + std::to_string((*first)->port()), metrics);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.failure().code, "metrics_address_taken");
  EXPECT_EQ(Exposer::start("nonsense", metrics).failure().code, "metrics_address_taken");
}

}  // namespace
}  // namespace encours
