// topics apply: creates the topics that are missing from the cluster; proto/topics.yaml, of the
// build's own sources, says which. It talks to Kafka only: no service needs to run.
#include <algorithm>
#include <map>
#include <utility>

#include "common/base/tenant_name.h"
#include "common/kafka/admin.h"
#include "common/kafka/security_file.h"
#include "common/kafka/topics.h"
#include "common/stream/topology.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/topics_yaml.h"

namespace encours::ctl {
namespace {

constexpr int kMaxPartitions = 1024;
constexpr int kMaxReplication = 9;
constexpr std::int64_t kVisibleMs = 30'000;
constexpr std::int64_t kPollMs = 200;

class TopicsApply final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& group = command_group(root, "topics", "The Kafka topics of the installation");
    auto& app = add(group,
                    "apply",
                    "Creates the topics that are missing; changes none",
                    "Example: encoursctl topics apply --bootstrap-server 127.0.0.1:17092 "
                    "--partitions 8");
    app.add_option("--bootstrap-server", bootstrap_, "Brokers host:port, comma-separated")
        ->required();
    app.add_option("--partitions", partitions_, "Partitions of each topic, for good")
        ->required()
        ->check(CLI::Range(1, kMaxPartitions));
    app.add_option("--replication", replication_, "Replicas of each partition (default 1)")
        ->check(CLI::Range(1, kMaxReplication));
    app.add_option("--tenant-topic", tenants_,
                   "Also encours.erp.<tenant> of a tenant that publishes on Kafka; any number");
    app.add_flag("--only-tenants", only_tenants_, "Those of tenants alone, e.g. of another size");
    app.add_option("--prefix", prefix_, "Put before the name of every topic");
    app.add_option("--security-file", security_file_,
                   "File with security.protocol, ssl.* and sasl.* of librdkafka");
    app.add_option("--property", properties_, "key=value of librdkafka; any number");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(const auto settings, settings_of());
    ENCOURS_ASSIGN(
        auto catalogue,
        kafka::read_topics(
            std::string(kTopicsYaml), partitions_, static_cast<std::int16_t>(replication_)));
    if (only_tenants_) catalogue.topics.clear();
    for (const auto& tenant : tenants_) {
      if (!is_tenant_name(tenant)) {
        return refused("invalid_tenant", "--tenant-topic", kTenantNameRule);
      }
      catalogue.topics.push_back(catalogue.tenant_topic);
      catalogue.topics.back().name = stream::kTenantTopicPrefix + tenant;
    }
    ENCOURS_ASSIGN(const auto admin, kafka::KafkaAdmin::make(settings));
    const auto before = admin->topics();
    if (!before) {
      return error(Reaction::kRetry,
                   "no_broker",
                   "No broker of Kafka answers at " + bootstrap_ + ": " + before.failure().message);
    }
    ENCOURS_TRY(admin->create_topics(catalogue.topics));
    ENCOURS_TRY(await_visible(context, *admin, catalogue.topics));
    auto printer = context.printer({{"topic"}, {"partitions"}, {"result"}});
    for (const auto& topic : catalogue.topics) {
      const bool was_there = before->count(topic.name) > 0;
      ENCOURS_TRY(printer.row({Cell::of(prefix_ + topic.name),
                               Cell::number(topic.partitions),
                               Cell::of(was_there ? "present" : "created")}));
    }
    ENCOURS_TRY(printer.end());
    return kExitDone;
  }

 private:
  Result<kafka::KafkaSettings> settings_of() const {
    kafka::KafkaSettings settings;
    settings.bootstrap_servers = bootstrap_;
    settings.client_id = "encoursctl";
    settings.names = kafka::TopicNames(prefix_);
    ENCOURS_ASSIGN(settings.extra, kafka::read_security_file(security_file_));
    // What librdkafka would print besides the error that the command ends with.
    settings.extra.emplace_back("log_level", "2");
    for (const auto& property : properties_) {
      const auto equals = property.find('=');
      if (equals == std::string::npos) {
        return refused("invalid_property", "--property", "'" + property + "' is not key=value.");
      }
      settings.extra.emplace_back(property.substr(0, equals), property.substr(equals + 1));
    }
    return settings;
  }

  // A new topic takes a moment until every broker names it; who starts next relies on it.
  static Status await_visible(Context& context,
                              kafka::KafkaAdmin& admin,
                              const std::vector<kafka::TopicSpec>& wanted) {
    const std::int64_t deadline_ms = context.clock().monotonic_ms() + kVisibleMs;
    for (;;) {
      ENCOURS_ASSIGN(const auto there, admin.topics());
      const auto missing =
          std::find_if(wanted.begin(), wanted.end(), [&](const kafka::TopicSpec& topic) {
            return there.count(topic.name) == 0;
          });
      if (missing == wanted.end()) return {};
      if (context.clock().monotonic_ms() >= deadline_ms) {
        return error(Reaction::kFatal,
                     "topic_not_visible",
                     "The cluster created " + missing->name + " but does not show it yet.");
      }
      context.clock().sleep_for(kPollMs);
    }
  }

  std::string bootstrap_;
  std::string prefix_;
  std::string security_file_;
  int partitions_ = 0;
  int replication_ = 1;
  std::vector<std::string> properties_;
  std::vector<std::string> tenants_;
  bool only_tenants_ = false;
};

}  // namespace

std::unique_ptr<Command> make_topics_apply() { return std::make_unique<TopicsApply>(); }

}  // namespace encours::ctl
