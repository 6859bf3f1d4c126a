// KafkaSettings: how this process speaks to Kafka, and the librdkafka configurations made of it.
//
// Names follow librdkafka's. The defaults come from measurement (ARCHITECTURE.md, "Kafka client");
// what depends on the library's version is chosen at run time by rd_kafka_version().
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/kafka/handles.h"

namespace encours::kafka {

// The largest record of any topic (proto/topics.yaml); larger originals are documents.
inline constexpr int kMaxMessageBytes = 5 * 1024 * 1024;

struct KafkaSettings {
  std::string bootstrap_servers;
  // "<service>@<advertised gRPC address>": queries find the owner of a partition by it.
  std::string client_id;
  std::string group_id;
  // Stable over restarts, unique among the living: <service>-<instance>-<runner>.
  std::string group_instance_id;
  std::string transactional_id;
  int session_timeout_ms = 10000;
  int heartbeat_interval_ms = 500;
  int max_poll_interval_ms = 120000;
  int transaction_timeout_ms = 15000;
  // Budget of one call of the transactional API; the watchdog's is a multiple of it.
  int operation_timeout_ms = 10000;
  // Of what is written: none, gzip, snappy, lz4 or zstd.
  std::string compression = "lz4";
  TopicNames names;
  // Names and values of librdkafka for TLS, SASL (security_file.h) and tests; applied last.
  std::vector<std::pair<std::string, std::string>> extra;
};

Result<Conf> common_conf(const KafkaSettings& settings);
Result<Conf> group_reader_conf(const KafkaSettings& settings);
Result<Conf> writer_conf(const KafkaSettings& settings);
Result<Conf> replay_conf(const KafkaSettings& settings, bool committed_only);
Status set(rd_kafka_conf_t* conf, const char* name, const std::string& value);

}  // namespace encours::kafka
