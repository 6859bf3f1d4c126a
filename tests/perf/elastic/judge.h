// Judge: whether the outputs are those of the events that were published: each once, in the order
// of its customer, with the model's figures. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "baseline.pb.h"
#include "tests/perf/elastic/model.h"

namespace encours::perf {

struct Verdict {
  std::int64_t lost = 0;
  std::int64_t doubled = 0;
  // In their order, but with another figure than the model's.
  std::int64_t wrong = 0;
  // The first of them, in words.
  std::string first;

  bool is_clean() const { return lost == 0 && doubled == 0 && wrong == 0; }
};

class Judge {
 public:
  Judge(std::uint64_t seed, std::int64_t customers)
      : seed_(seed), accounts_(static_cast<std::size_t>(customers)) {}

  // The next output of its partition.
  void take(const test::baseline::Out& out);
  void take_unreadable() { note(&verdict_.wrong, "an output that can't be read"); }

  // Against the events that each customer has had, once all outputs are taken.
  Verdict verdict(const std::vector<std::int64_t>& events_of) const;
  const std::vector<Account>& accounts() const { return accounts_; }

 private:
  void note(std::int64_t* count, const std::string& what);

  std::uint64_t seed_;
  std::vector<Account> accounts_;
  Verdict verdict_;
};

}  // namespace encours::perf
