// ServiceConfig: the settings that every service of the runtime has. A service's own config struct
// derives from it, so these fields stand at the top level of the file, beside the service's own.
//
// Values are read once at start (common/config); nothing here changes while the process runs.
#pragma once

#include <cstdint>
#include <string>

#include "common/config/schema.h"

namespace encours {

struct ServiceConfig {
  std::string instance = "0";
  std::string kafka_bootstrap_servers;
  std::string kafka_topic_prefix;
  std::string rebuild_topic_prefix;
  std::string kafka_security_file;
  std::int32_t kafka_session_timeout_ms = 10000;
  std::int32_t kafka_transaction_timeout_ms = 15000;
  std::string kafka_compression = "lz4";
  std::int32_t partitions = 32;
  std::int32_t runners = 1;
  bool keep_copies = true;
  bool drain_on_stop = false;
  std::int32_t drain_timeout_ms = 20000;
  std::int32_t commit_min_interval_ms = 25;
  std::int32_t commit_max_age_ms = 100;
  std::int32_t commit_backlog_age_ms = 750;
  std::int32_t commit_max_records = 250000;
  std::int32_t tick_slice_timers = 2000;
  std::int32_t poison_percent = 50;
  std::int32_t watchdog_budget_ms = 90000;
  std::string grpc_listen_address = "127.0.0.1:0";
  std::string grpc_advertised_address;
  bool grpc_allow_plaintext = false;
  std::string metrics_listen_address = "127.0.0.1:0";
  std::string data_dir;
  std::string documents_dir;
  std::string jwks_file;
  std::string token_issuer = "encours-dev";
  std::string token_audience = "encours";
  std::string persons_kek_file;
  std::string effects = "live";
  std::string log_level = "info";
  std::int32_t block_cache_mib = 128;
  std::int32_t write_buffer_mib = 64;

  template <class Config>
  static void describe_in(config::Schema<Config>& schema);
  template <class Field>
  static void describe_runners(Field field);
  static void describe(config::Schema<ServiceConfig>& schema) { describe_in(schema); }
};

template <class Field>
void ServiceConfig::describe_runners(Field field) {
  using config::between;
  field("partitions", &ServiceConfig::partitions,
        "Partitions of every topic of the installation.", between(1, 1024));
  field("runners", &ServiceConfig::runners, "Threads that handle partitions.", between(1, 64));
  field("keep_copies", &ServiceConfig::keep_copies,
        "Whether this instance keeps copies of partitions that others own, to take them over.");
  field("drain_on_stop", &ServiceConfig::drain_on_stop,
        "Whether SIGTERM first hands all partitions over to other instances, as SIGUSR1 always "
        "does. Without it a restart within the session time-out moves nothing.");
  field("drain_timeout_ms", &ServiceConfig::drain_timeout_ms,
        "Handing over ends after this time, wherever it stands.", between(1000, 3600000));
  field("commit_min_interval_ms", &ServiceConfig::commit_min_interval_ms,
        "A commit begins no earlier than this after the last one began.", between(0, 10000));
  field("commit_max_age_ms", &ServiceConfig::commit_max_age_ms,
        "A loaded runner commits at this age of its transaction.", between(1, 10000));
  field("commit_backlog_age_ms", &ServiceConfig::commit_backlog_age_ms,
        "One that is behind its inputs commits at this age.", between(1, 10000));
  field("commit_max_records", &ServiceConfig::commit_max_records,
        "A loaded runner commits at this many records.", between(1, 1000000));
  field("tick_slice_timers", &ServiceConfig::tick_slice_timers,
        "Timers that one transaction fires at most.", between(1, 1000000));
  field("poison_percent", &ServiceConfig::poison_percent,
        "The process stops where more of an internal input's last 1000 records are poison.",
        between(1, 100));
  field("watchdog_budget_ms", &ServiceConfig::watchdog_budget_ms,
        "The process leaves when a runner has not turned for this long.", between(5000, 3600000));
}

// Registers the fields in the schema of ServiceConfig or of a struct derived from it.
template <class Config>
void ServiceConfig::describe_in(config::Schema<Config>& schema) {
  using config::between;
  using config::required;
  const auto field = [&schema](const char* name, auto ServiceConfig::*member, const char* sentence,
                               config::Rule rule = config::any()) {
    using Member = std::remove_reference_t<decltype(std::declval<Config&>().*member)>;
    schema.field(name, static_cast<Member Config::*>(member), sentence, std::move(rule));
  };
  field("instance", &ServiceConfig::instance,
        "Name of this instance, stable over restarts: the pod's ordinal.");
  field("kafka_bootstrap_servers", &ServiceConfig::kafka_bootstrap_servers,
        "Brokers to start from, host:port, comma-separated.", required());
  field("kafka_topic_prefix", &ServiceConfig::kafka_topic_prefix,
        "Put before every topic, group and transactional id.");
  field("rebuild_topic_prefix", &ServiceConfig::rebuild_topic_prefix,
        "Put before all that a rebuild writes, its group and its transactional id.");
  field("kafka_security_file", &ServiceConfig::kafka_security_file,
        "File with security.protocol, ssl.* and sasl.* of librdkafka; empty: plaintext.");
  field("kafka_session_timeout_ms", &ServiceConfig::kafka_session_timeout_ms,
        "A silent instance loses its partitions after this time.", between(1000, 300000));
  field("kafka_transaction_timeout_ms", &ServiceConfig::kafka_transaction_timeout_ms,
        "A transaction left open is aborted by the broker after this time.", between(2000, 900000));
  field("kafka_compression", &ServiceConfig::kafka_compression,
        "How records are compressed: none, gzip, snappy, lz4 or zstd.",
        config::one_of({"none", "gzip", "snappy", "lz4", "zstd"}));
  describe_runners(field);
  field("grpc_listen_address", &ServiceConfig::grpc_listen_address,
        "Address on which gRPC is served; port 0 takes a free one.");
  field("grpc_advertised_address", &ServiceConfig::grpc_advertised_address,
        "Address by which other instances reach this one; empty: where it listens.");
  field("grpc_allow_plaintext", &ServiceConfig::grpc_allow_plaintext,
        "Whether gRPC without TLS may leave the loopback: only on a network closed to others.");
  field("metrics_listen_address", &ServiceConfig::metrics_listen_address,
        "Address of GET /metrics; port 0 takes a free one.");
  field("data_dir", &ServiceConfig::data_dir, "Folder of the local stores.", required());
  field("documents_dir", &ServiceConfig::documents_dir,
        "Folder of the document store; empty: documents below data_dir.");
  field("jwks_file", &ServiceConfig::jwks_file, "Public keys that tokens are checked with.",
        required());
  field("token_issuer", &ServiceConfig::token_issuer, "The iss that tokens must have.");
  field("token_audience", &ServiceConfig::token_audience, "The aud that tokens must have.");
  field("persons_kek_file", &ServiceConfig::persons_kek_file,
        "File with the key that wraps the keys of persons.");
  field("effects", &ServiceConfig::effects,
        "live, simulators (the run talks to its own simulators only) or rebuild (no outbox).",
        config::one_of({"live", "simulators", "rebuild"}));
  field("log_level", &ServiceConfig::log_level, "debug, info, warning or error.",
        config::one_of({"debug", "info", "warning", "error"}));
  field("block_cache_mib", &ServiceConfig::block_cache_mib,
        "Memory for blocks of all stores of the process.", between(8, 65536));
  field("write_buffer_mib", &ServiceConfig::write_buffer_mib,
        "Memory for unflushed rows of all stores of the process.", between(8, 65536));
}

}  // namespace encours
