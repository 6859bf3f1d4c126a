// Topics as data: reads proto/topics.yaml into what the cluster is asked to create.
//
// The file is part of the contract and reviewed like a proto. Pure, except that yaml-cpp's
// exceptions end here as Errors.
#pragma once

#include <string>
#include <vector>

#include "common/kafka/admin.h"

namespace encours::kafka {

struct TopicCatalogue {
  std::vector<TopicSpec> topics;
  // The pattern encours.erp.<tenant>: the spec of a tenant's own topic, its name still to be set.
  TopicSpec tenant_topic;
};

// `partitions` is the installation's number for topics whose partitions are "default"; 0 takes the
// file's own.
Result<TopicCatalogue> read_topics(const std::string& yaml, std::int32_t partitions,
                                   std::int16_t replication);

}  // namespace encours::kafka
