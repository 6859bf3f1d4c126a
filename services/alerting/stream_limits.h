// StreamLimits: how many streams of alerts may be open on one instance.
#pragma once

namespace encours::alerting {

struct StreamLimits {
  int max_streams = 20'000;
  int max_streams_per_caller = 64;
  // Anybody can say that a call was passed on, so those are counted for their caller too. Another
  // instance has at most two here for each stream of the caller there: the default is eight such
  // instances, each with all that the caller may have.
  int max_forwarded_per_caller = 1'024;
};

}  // namespace encours::alerting
