#include "common/kafka/settings.h"

#include <algorithm>

namespace encours::kafka {
namespace {

// fetch.queue.backoff.ms exists from 2.2 on; before, a full local queue stops a fetch for a second,
// so the queue has to last that long instead: at 200,000 messages a backlog stood still for a tenth
// of the time.
constexpr int kVersionWithQueueBackoff = 0x02020000;
constexpr int kSocketTimeoutMs = 5000;

using Lines = std::vector<std::pair<const char*, std::string>>;

Status set_all(rd_kafka_conf_t* conf, const Lines& lines) {
  for (const auto& [name, value] : lines) ENCOURS_TRY(set(conf, name, value));
  return {};
}

Lines queue_lines() {
  if (rd_kafka_version() >= kVersionWithQueueBackoff) {
    return {{"queued.max.messages.kbytes", "16384"},
            {"queued.min.messages", "20000"},
            {"fetch.queue.backoff.ms", "2"}};
  }
  return {{"queued.max.messages.kbytes", "131072"}, {"queued.min.messages", "350000"}};
}

Status set_extra(rd_kafka_conf_t* conf, const KafkaSettings& settings) {
  for (const auto& [name, value] : settings.extra) ENCOURS_TRY(set(conf, name.c_str(), value));
  return {};
}

}  // namespace

Status set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  char why[512];
  if (rd_kafka_conf_set(conf, name, value.c_str(), why, sizeof why) != RD_KAFKA_CONF_OK) {
    return refused("kafka_setting", name, why);
  }
  return {};
}

Result<Conf> common_conf(const KafkaSettings& settings) {
  Conf conf(rd_kafka_conf_new());
  ENCOURS_TRY(set_all(conf.get(), {{"bootstrap.servers", settings.bootstrap_servers},
                                   {"client.id", settings.client_id},
                                   {"log_level", "4"},
                                   {"socket.timeout.ms", std::to_string(kSocketTimeoutMs)},
                                   {"socket.keepalive.enable", "true"},
                                   {"reconnect.backoff.ms", "50"},
                                   {"reconnect.backoff.max.ms", "1000"},
                                   {"topic.metadata.refresh.interval.ms", "5000"}}));
  ENCOURS_TRY(set_extra(conf.get(), settings));
  return conf;
}

Result<Conf> group_reader_conf(const KafkaSettings& settings) {
  ENCOURS_ASSIGN(Conf conf, common_conf(settings));
  ENCOURS_TRY(set_all(
      conf.get(), {{"group.id", settings.names.id(settings.group_id)},
                   {"group.instance.id", settings.group_instance_id},
                   {"isolation.level", "read_committed"},
                   {"enable.auto.commit", "false"},
                   {"enable.auto.offset.store", "false"},
                   {"auto.offset.reset", "error"},
                   // Says where a partition ended when all of it was read: once for each end.
                   {"enable.partition.eof", "true"},
                   {"partition.assignment.strategy", "range"},
                   {"session.timeout.ms", std::to_string(settings.session_timeout_ms)},
                   {"heartbeat.interval.ms", std::to_string(settings.heartbeat_interval_ms)},
                   {"max.poll.interval.ms", std::to_string(settings.max_poll_interval_ms)},
                   // One answer for what comes within 10 ms, instead of one for each batch that a
                   // writer sends: at 5,000 records a second a sixth less of the whole CPU.
                   {"fetch.wait.max.ms", "10"},
                   {"fetch.min.bytes", "65536"},
                   {"fetch.error.backoff.ms", "20"},
                   {"check.crcs", "true"}}));
  ENCOURS_TRY(set_all(conf.get(), queue_lines()));
  ENCOURS_TRY(set_extra(conf.get(), settings));
  return conf;
}

Result<Conf> writer_conf(const KafkaSettings& settings) {
  ENCOURS_ASSIGN(Conf conf, common_conf(settings));
  ENCOURS_TRY(set_all(
      conf.get(), {{"transactional.id", settings.names.id(settings.transactional_id)},
                   {"transaction.timeout.ms", std::to_string(settings.transaction_timeout_ms)},
                   // Both must stay below the transaction's time-out.
                   {"socket.timeout.ms",
                    std::to_string(std::min(kSocketTimeoutMs, settings.transaction_timeout_ms))},
                   {"message.timeout.ms", std::to_string(settings.transaction_timeout_ms * 2 / 3)},
                   {"message.max.bytes", std::to_string(kMaxMessageBytes)},
                   {"linger.ms", "5"},
                   {"batch.size", "1000000"},
                   {"compression.type", settings.compression},
                   {"queue.buffering.max.messages", "1000000"},
                   {"queue.buffering.max.kbytes", "524288"},
                   // CONCURRENT_TRANSACTIONS after a commit: 5 ms instead of 100 ms a round.
                   {"retry.backoff.ms", "5"},
                   {"partitioner", "murmur2_random"}}));
  ENCOURS_TRY(set_extra(conf.get(), settings));
  return conf;
}

Result<Conf> replay_conf(const KafkaSettings& settings, bool committed_only) {
  ENCOURS_ASSIGN(Conf conf, common_conf(settings));
  // A group id is required by the library; nothing joins or commits with it.
  ENCOURS_TRY(set_all(conf.get(),
                      {{"group.id", settings.names.id(settings.group_id + ".replay")},
                       {"isolation.level", committed_only ? "read_committed" : "read_uncommitted"},
                       {"enable.auto.commit", "false"},
                       {"enable.auto.offset.store", "false"},
                       {"auto.offset.reset", "error"},
                       {"enable.partition.eof", "true"},
                       {"fetch.wait.max.ms", "10"},
                       {"queued.max.messages.kbytes", "65536"},
                       {"queued.min.messages", "500000"},
                       {"check.crcs", "true"}}));
  ENCOURS_TRY(set_extra(conf.get(), settings));
  return conf;
}

}  // namespace encours::kafka
