// Goal: a gauge trips when more than its share of a whole window is poison, and forgets what is
// older. Method: sequences by hand, p for poison and . for good.
#include "common/stream/poison_gauge.h"

#include <gtest/gtest.h>

#include <string_view>

namespace encours::stream {
namespace {

// The record, counted from 1, at which it trips; 0 where it never does.
std::size_t trips_at(PoisonLimit limit, std::string_view records) {
  PoisonGauge gauge(limit);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (gauge.count(records[i] == 'p')) return i + 1;
  }
  return 0;
}

TEST(PoisonGauge, TripsAboveItsShareOfAWholeWindow) {
  EXPECT_EQ(trips_at({4, 50}, "ppp"), 0u) << "not a whole window yet";
  EXPECT_EQ(trips_at({4, 50}, "pppp"), 4u);
  EXPECT_EQ(trips_at({4, 50}, "p.p.p.p."), 0u) << "half of them is not more than half";
  EXPECT_EQ(trips_at({4, 50}, "p.p.pp"), 6u);
}

TEST(PoisonGauge, ForgetsWhatIsOlderThanTheWindow) {
  EXPECT_EQ(trips_at({4, 50}, "pp....pp....pp.."), 0u);
  PoisonGauge gauge({4, 50});
  for (const bool poison : {true, true, false, false, false, false}) gauge.count(poison);
  EXPECT_EQ(gauge.poison(), 0u);
}

TEST(PoisonGauge, AHundredPercentLetsAllPass) {
  EXPECT_EQ(trips_at({4, 100}, "pppppppppppp"), 0u);
  EXPECT_EQ(trips_at({4, 99}, "pppppppppppp"), 4u);
}

}  // namespace
}  // namespace encours::stream
