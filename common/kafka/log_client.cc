#include "common/kafka/log_client.h"

#include "common/kafka/admin.h"
#include "common/kafka/group_reader.h"
#include "common/kafka/replay.h"
#include "common/kafka/writer.h"

namespace encours::kafka {
namespace {

template <class Interface, class T>
Result<std::unique_ptr<Interface>> as(Result<std::unique_ptr<T>> made) {
  if (!made) return made.failure();
  return std::unique_ptr<Interface>(std::move(made).value());
}

class KafkaLog final : public stream::LogClient {
 public:
  explicit KafkaLog(KafkaSettings settings) : settings_(std::move(settings)) {}

  Result<std::unique_ptr<stream::GroupReader>> make_reader() override {
    return as<stream::GroupReader>(KafkaGroupReader::make(settings_));
  }
  Result<std::unique_ptr<stream::TransactionalWriter>> make_writer() override {
    return as<stream::TransactionalWriter>(KafkaWriter::make(settings_));
  }
  Result<std::unique_ptr<stream::LogReplay>> make_replay() override {
    return as<stream::LogReplay>(KafkaReplay::make(settings_));
  }
  Result<std::string> cluster_id() override {
    ENCOURS_TRY(open_admin());
    return admin_->cluster_id();
  }
  Result<std::map<std::string, std::int32_t>> topics_with_prefix(
      const std::string& prefix) override {
    ENCOURS_TRY(open_admin());
    ENCOURS_ASSIGN(auto all, admin_->topics());
    std::erase_if(all, [&](const auto& topic) { return topic.first.rfind(prefix, 0) != 0; });
    return all;
  }
  Result<std::vector<std::string>> members() override {
    ENCOURS_TRY(open_admin());
    ENCOURS_ASSIGN(const auto found, admin_->members(settings_.group_id));
    std::vector<std::string> names;
    for (const auto& member : found) names.push_back(member.instance_id);
    return names;
  }
  Status fence(const std::string& member) override {
    KafkaSettings theirs = settings_;
    theirs.transactional_id = member;
    ENCOURS_ASSIGN(const auto writer, KafkaWriter::make(theirs));
    return writer->init();
  }

 private:
  Status open_admin() {
    if (admin_) return {};
    ENCOURS_ASSIGN(admin_, KafkaAdmin::make(settings_));
    return {};
  }

  KafkaSettings settings_;
  std::unique_ptr<KafkaAdmin> admin_;
};

}  // namespace

std::unique_ptr<stream::LogClient> make_kafka_log(KafkaSettings settings) {
  return std::make_unique<KafkaLog>(std::move(settings));
}

}  // namespace encours::kafka
