// Queries: asks the instances at a steady rate, and what each answer was worth.
//
// The load is open: a query has its due time, goes to an instance drawn among those that take
// calls, and waits for nobody. Every other one is of a customer, the rest are sums. An answer about
// a customer must be a state that the customer has once had. A thread of its own asks; answers come
// on gRPC's threads.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/perf/elastic/fleet.h"
#include "tests/perf/elastic/plan.h"

namespace encours::perf {

// Of one method, for what was asked in one phase.
struct QueryFigures {
  std::int64_t asked = 0;
  std::int64_t complete = 0;
  // Answers that name partitions which nobody has answered for.
  std::int64_t partial = 0;
  // Answers of a state that no customer has ever had.
  std::int64_t wrong = 0;
  // By the word of the error; those on their way to an instance that went meanwhile say so.
  std::map<std::string, std::int64_t> errors;
  std::vector<std::int64_t> took_us;
};

struct PhaseQueries {
  QueryFigures of_one;
  QueryFigures of_all;
};

class Queries {
 public:
  Queries(const Plan& plan, Fleet& fleet, const PhaseNumber& phase);
  ~Queries();

  // Returns when the last answer has come.
  void stop();
  // After stop(): by phase.
  const std::vector<PhaseQueries>& figures() const { return figures_; }

 private:
  struct Query;

  void run(const std::stop_token& stop);
  void ask(std::uint64_t i, std::int64_t due_us);
  void ask_one(std::unique_ptr<Query> query);
  void ask_all(std::unique_ptr<Query> query);
  QueryFigures& figures_of(const Query& query);
  void end(const Query& query, const grpc::Status& status, bool is_complete, bool is_right);
  bool is_right(std::int64_t customer, const test::elastic::GetStateResponse& answer) const;

  const Plan& plan_;
  Fleet& fleet_;
  const PhaseNumber& phase_;
  std::mutex mutex_;
  std::condition_variable landed_;
  std::int64_t on_their_way_ = 0;
  std::vector<PhaseQueries> figures_;
  std::jthread thread_;
};

}  // namespace encours::perf
