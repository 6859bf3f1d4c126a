// TickMerger: ticks of one channel that follow each other without a record between them, as one.
//
// A stage that is keyed anew forwards each tick to every partition. In an import most of them have
// nothing between one tick and the next, and a record for each would outnumber the facts by far.
// Ticks wait here per topic, partition, clock and stage (two stages of a task may write to one
// topic, and their ticks say different things), until a record for that partition comes or the
// transaction ends; then they go out as one record that names them all. The order on each channel
// is as if each had been written. Part of a task; one thread.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "common/stream/decode.h"
#include "common/stream/log.h"

namespace encours::stream {

class TickMerger final : public Sink {
 public:
  explicit TickMerger(Sink& sink) : sink_(sink) {}

  // A record: the ticks that wait for its partition go first.
  Status produce(const Outgoing& record) override;
  Status add(const std::string& topic, std::int32_t partition, const Tick& tick);
  Status flush();
  void forget() { waiting_.clear(); }

 private:
  using Channel = std::pair<std::string, std::int32_t>;
  using Line = std::pair<std::string, std::string>;  // Clock and stage.
  Status send(const Channel& channel, const Tick& tick);

  Sink& sink_;
  std::map<Channel, std::map<Line, Tick>> waiting_;
};

}  // namespace encours::stream
