// Goal: the judge of the outputs finds what is lost, doubled or wrong, and nothing else.
// Method: the stage itself decides the drawn events, so its figures and the model's meet here; then
// the outputs are broken by hand.
#include "tests/perf/elastic/judge.h"

#include <gtest/gtest.h>

#include "common/stream/testing/harness.h"
#include "tests/perf/baseline/stage.h"

namespace encours::perf {
namespace {

using test::baseline::Out;

constexpr std::uint64_t kSeed = 7;
constexpr std::int64_t kCustomers = 3;
constexpr std::int64_t kEvents = 40;

}  // namespace
}  // namespace encours::perf
