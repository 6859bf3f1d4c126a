// Where a partition begins and ends, asked of its leader.
//
// rd_kafka_query_watermark_offsets waits for minutes where the leader that it knows has died (2.0.2
// has no time-out there), so this goes by rd_kafka_offsets_for_times, which has one.
#pragma once

#include "common/base/result.h"
#include "common/kafka/handles.h"
#include "common/stream/log_client.h"

namespace encours::kafka {

// The first offset and the one behind the last; for a read_committed client the last stable one.
// Errors: kRetry "watermarks" after `timeout_ms`. Any thread.
Result<stream::LogReplay::Range> log_range(rd_kafka_t* client, const std::string& topic,
                                           std::int32_t partition, int timeout_ms);

// Has the client learn where the leaders of a topic are: while it fetches nothing, nobody tells it
// for 15 minutes that another has taken a place.
// Errors: kRetry "metadata".
Status learn_leaders(rd_kafka_t* client, const std::string& topic, int timeout_ms);

}  // namespace encours::kafka
