#include "tests/fault/broker.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/fault/nemesis.h"

namespace encours::test {
namespace {

constexpr std::int64_t kStartMs = 120000;
constexpr std::int64_t kKillMs = 20000;
constexpr std::int64_t kStopMs = 60000;
// Everything else is logged as a warning or not at all.
constexpr const char* kLogMarkers =
    "-Dorg.slf4j.simpleLogger.log.kafka.coordinator.transaction.TransactionMarkerChannelManager="
    "info";

bool is_free(int port) {
  const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (one < 0) return false;
  // Connections that linger after their end are no owner.
  const int yes = 1;
  ::setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = ::bind(one, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(one);
  return free;
}

}  // namespace

Broker::~Broker() {
  if (started_) static_cast<void>(kill());
}

bool Broker::all_free(int first_port) const {
  for (int port = first_port; port < first_port + ports(); ++port) {
    if (!is_free(port)) return false;
  }
  return true;
}

// Kafka takes ports in a row, below the range from which the kernel gives them.
int Broker::free_ports() const {
  std::random_device random;
  for (int round = 0; round < 1000; ++round) {
    const int port = 20000 + 2 * static_cast<int>(random() % 5000);
    if (all_free(port)) return port;
  }
  return 0;
}

int Broker::choose_ports() {
  if (port_ == 0) port_ = free_ports();
  return port_;
}

Status Broker::start() {
  choose_ports();
  started_ = true;
  std::filesystem::create_directories(dir_ / "kafka");
  std::ofstream(dir_ / "kafka" / "extra.properties") << settings_;
  if (!cluster_id_.empty()) std::ofstream(dir_ / "kafka" / "cluster-id") << cluster_id_;
  ENCOURS_TRY(call("start", kStartMs));
  pid_t pid = 0;
  std::ifstream(dir_ / "pids" / "broker.pid") >> pid;
  if (pid <= 0) return fatal("broker", "its pid file names no process");
  pid_ = pid;
  return {};
}

void Broker::kill_now() const { ::kill(pid_, SIGKILL); }

Status Broker::kill() { return end("kill", kKillMs); }

Status Broker::stop() { return end("stop", kStopMs); }

Status Broker::end(const std::string& verb, std::int64_t timeout_ms) {
  started_ = false;
  ENCOURS_TRY(call(verb, timeout_ms));
  // The threads of a killed process may hold its ports for a moment after its first one is gone.
  if (await(kKillMs, [this] { return all_free(port_); })) return {};
  return fatal("broker", "port " + std::to_string(port_) + " stays taken after the kill");
}

bool Broker::dropped_markers() const {
  for (const char* name : {"broker.log", "broker.log.1"}) {
    std::ifstream log(dir_ / "logs" / name);
    for (std::string line; std::getline(log, line);) {
      if (line.find("likely deleted already and hence can be skipped") != line.npos) return true;
    }
  }
  return false;
}

Status Broker::call(const std::string& verb, std::int64_t timeout_ms) {
  const auto output = dir_ / ("broker-" + verb + ".log");
  Environment environment = {{"JAVA_TOOL_OPTIONS", kLogMarkers}};
  if (!version_.empty()) environment["KAFKA_VERSION"] = version_;
  if (proxy_port_ != 0) environment["KAFKA_BEHIND"] = std::to_string(proxy_port_);
  if (marks_behind_) environment["KAFKA_BEHIND_MARKS"] = "1";
  ENCOURS_ASSIGN(const auto process,
                 Process::start({ENCOURS_ROOT "/tests/lib/broker", verb, dir_.string(),
                                 std::to_string(port_)},
                                environment, output));
  const auto ended = process->await_end(timeout_ms);
  if (ended && ended->exit_code == 0) return {};
  std::stringstream said;
  said << std::ifstream(output).rdbuf();
  return fatal("broker", "tests/lib/broker " + verb + ": " + said.str());
}

}  // namespace encours::test
