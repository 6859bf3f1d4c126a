// KafkaLog: the LogClient over librdkafka.
#pragma once

#include <memory>
#include <string>

#include "common/kafka/settings.h"
#include "common/stream/log_client.h"

namespace encours::kafka {

std::unique_ptr<stream::LogClient> make_kafka_log(KafkaSettings settings);

}  // namespace encours::kafka
