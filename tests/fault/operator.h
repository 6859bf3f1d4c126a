// What an operator, or an accident, can do to the cluster behind the back of a run.
//
// Each call makes a short-lived client of its own and ends when the cluster has confirmed. Names
// are those of the code; the installation's prefix is put before them.
#pragma once

#include <string>
#include <vector>

#include "common/kafka/settings.h"
#include "common/stream/log_client.h"

namespace encours::test {

// The records of a partition below an offset go (kafka-delete-records).
Status delete_records(const kafka::KafkaSettings& settings,
                      const std::vector<stream::NextOffset>& before);
// The group and all that it has committed go, as when its offsets expire. It must be empty.
Status delete_group(const kafka::KafkaSettings& settings);
// What it has committed of some partitions goes.
Status delete_offsets(const kafka::KafkaSettings& settings,
                      const std::vector<stream::TopicPartition>& of);
// The group, while nobody is in it, stands where it is told.
Status set_offsets(const kafka::KafkaSettings& settings,
                   const std::vector<stream::NextOffset>& offsets);

}  // namespace encours::test
