// kafka_delete BROKERS TOPIC: takes an ERP's topic away, for the tests of this folder.
#include <iostream>

#include "common/kafka/admin.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "kafka_delete BROKERS TOPIC\n";
    return 2;
  }
  encours::kafka::KafkaSettings settings;
  settings.bootstrap_servers = argv[1];
  const auto admin = encours::kafka::KafkaAdmin::make(settings);
  const auto deleted = admin ? (*admin)->delete_topic(argv[2]) : encours::Status(admin.failure());
  if (deleted) return 0;
  std::cerr << deleted.failure().message << "\n";
  return 1;
}
