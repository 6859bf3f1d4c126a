// Broker: a real Kafka of a test's own, to be killed and started again on the same data.
//
// It is started as people start one, by tests/lib/broker, on a free port of the loopback. The
// destructor kills it; its data are in the folder that is given. One thread, but for kill_now().
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "common/base/result.h"

namespace encours::test {

class Broker {
 public:
  explicit Broker(std::filesystem::path dir) : dir_(std::move(dir)) {}
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // Before the first start: another version than the usual one; a second listener, whose clients
  // are told the port of a proxy; the marks of transactions, which a broker sends to itself as to
  // any other, by that listener too.
  void use_version(const std::string& version) { version_ = version; }
  void stand_behind(int proxy_port) { proxy_port_ = proxy_port; }
  void send_marks_behind() { marks_behind_ = true; }
  // Lines of server.properties; the last one of a name counts.
  void add_settings(const std::string& lines) { settings_ += lines; }
  // One of several that make a cluster of this id, 22 letters; its ports are chosen already.
  void join_cluster(const std::string& id) { cluster_id_ = id; }
  int choose_ports();

  // Returns when it serves; again after kill(), on the same port and data.
  Status start();
  Status kill();
  Status stop();  // In order: it hands over what it leads.
  // Takes no time and no look: for a kill at a step, from any thread. kill() has to follow.
  void kill_now() const;
  // True where its log says that it left out marks of transactions because partitions had no leader
  // yet. That is a defect of Kafka 4.3 (KAFKA-20734): what was aborted may then be read as
  // committed.
  bool dropped_markers() const;
  std::string bootstrap_servers() const { return "127.0.0.1:" + std::to_string(port_); }
  // Of the second listener, where the proxy leads to.
  int port_behind() const { return port_ + 2; }

 private:
  Status call(const std::string& verb, std::int64_t timeout_ms);
  int ports() const { return proxy_port_ == 0 ? 2 : 3; }
  bool all_free(int first_port) const;
  int free_ports() const;
  Status end(const std::string& verb, std::int64_t timeout_ms);

  std::filesystem::path dir_;
  std::string version_;
  std::string settings_;
  std::string cluster_id_;
  int proxy_port_ = 0;
  bool marks_behind_ = false;
  int port_ = 0;
  std::atomic<pid_t> pid_{0};
  bool started_ = false;
};

}  // namespace encours::test
