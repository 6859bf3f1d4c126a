// elastic_probe: one to three instances and back to one, under a steady load and queries.
//
//   elastic_probe --brokers LIST --prefix TEXT --folder DIR --ports A,B,C [--per-second N]
//                 [--customers N] [--queries-per-second N] [--hold-seconds N] [--partitions N]
//                 [--session-timeout-ms N] [--seed N]
//
// Standard output: a line of JSON for each phase and one for the run (report.h); what it does just
// now goes to standard error. Exit code 1 where an event was lost or doubled, an answer was of a
// state that never was, or the fleet did not get where it should. Times are told, never judged.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>

#include "tests/perf/elastic/fleet.h"
#include "tests/perf/elastic/load.h"
#include "tests/perf/elastic/outputs.h"
#include "tests/perf/elastic/queries.h"
#include "tests/perf/elastic/report.h"

namespace encours::perf {
namespace {

namespace api = test::elastic;
using Stub = api::ElasticService::Stub;
template <class Request, class Response>
using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

constexpr std::int64_t kSettleMs = 120'000;
constexpr std::int64_t kDrainMs = 60'000;
constexpr std::int64_t kLookEveryMs = 50;
constexpr std::int64_t kQueryMs = 5000;
constexpr std::int64_t kAnswerMs = 30'000;
// How many customers are asked for at the end.
constexpr std::int64_t kMostAsked = 20'000;
constexpr std::int64_t kPlannedGapMs = 2000;
// Beyond the session time-out.
constexpr std::int64_t kKilledGapMs = 3000;

struct Options {
  Plan plan;
  FleetOptions fleet;
  int hold_seconds = 10;
};

void describe(CLI::App& app, Options& options) {
  app.add_option("--brokers", options.plan.brokers)->required();
  app.add_option("--prefix", options.plan.prefix, "Before all topics")->required();
  app.add_option("--folder", options.fleet.folder, "Stores, configurations and logs")->required();
  app.add_option("--ports", options.fleet.ports, "Of the instances")->delimiter(',')->required()
      ->expected(3);
  app.add_option("--per-second", options.plan.per_second)->check(CLI::PositiveNumber);
  app.add_option("--customers", options.plan.customers)->check(CLI::PositiveNumber);
  app.add_option("--queries-per-second", options.plan.queries_per_second)
      ->check(CLI::NonNegativeNumber);
  app.add_option("--hold-seconds", options.hold_seconds, "After each change")
      ->check(CLI::PositiveNumber);
  app.add_option("--partitions", options.plan.partitions)->check(CLI::Range(3, 1024));
  app.add_option("--session-timeout-ms", options.fleet.session_timeout_ms)
      ->check(CLI::Range(1000, 60'000));
  app.add_option("--seed", options.plan.seed);
}

// As evenly as it goes, the most first.
std::vector<int> even_spread(std::int32_t partitions, int instances) {
  std::vector<int> counts;
  for (int i = 0; i < instances; ++i) {
    counts.push_back(partitions / instances + (i < partitions % instances ? 1 : 0));
  }
  return counts;
}

std::string shown(const google::protobuf::Message& message) { return message.ShortDebugString(); }

class Run {
 public:
  explicit Run(const Options& options) : options_(options) {}

  Status start();
  Status walk();
  Status finish();
  bool print() const;

 private:
  using Change = std::function<Status()>;

  Status phase(const std::string& name, std::int64_t promised_gap_ms, int instances,
               const Change& change);
  Status await_spread(int instances);
  Status drain(const std::string& name);
  template <class Request, class Response>
  Result<Response> ask(Method<Request, Response> method, const Request& request);
  Status compare_states();
  Status compare_sums();
  void found_wrong(const std::string& what);

  const Options& options_;
  const Plan& plan_ = options_.plan;
  PhaseNumber number_{0};
  std::vector<Phase> phases_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<Outputs> outputs_;
  std::unique_ptr<Load> load_;
  std::unique_ptr<Queries> queries_;
  Verdict verdict_;
};

Status Run::start() {
  ENCOURS_ASSIGN(fleet_, Fleet::make(plan_, options_.fleet));
  ENCOURS_TRY(fleet_->start("a"));
  ENCOURS_TRY(await_spread(1));
  ENCOURS_ASSIGN(outputs_, Outputs::start(plan_, number_));
  ENCOURS_ASSIGN(load_, Load::start(plan_));
  queries_ = std::make_unique<Queries>(plan_, *fleet_, number_);
  return {};
}

Status Run::await_spread(int instances) {
  const auto wanted = even_spread(plan_.partitions, instances);
  std::int64_t looked_ms = 0;
  std::vector<int> seen;
  const bool reached = test::await(kSettleMs, [&] {
    if (test::monotonic_ms() - looked_ms < kLookEveryMs) return false;
    looked_ms = test::monotonic_ms();
    seen = fleet_->spread();
    return seen == wanted;
  });
  if (reached) return {};
  std::string counts;
  for (const int count : seen) counts += " " + std::to_string(count);
  return fatal("not_spread", std::to_string(instances) + " instances should have all partitions, " +
                                 "as evenly as it goes, and have" + counts + ".");
}

// A change, the time until all partitions run where they should, and some more.
Status Run::phase(const std::string& name, std::int64_t promised_gap_ms, int instances,
                  const Change& change) {
  std::cerr << name << " ..." << std::flush;
  Phase one{.name = name, .promised_gap_ms = promised_gap_ms};
  if (!phases_.empty()) ++number_;
  const std::int64_t begin_ms = test::monotonic_ms();
  const std::int64_t published = load_->published();
  const double cpu_seconds = fleet_->cpu_seconds();
  ENCOURS_TRY(change());
  ENCOURS_TRY(await_spread(instances));
  one.settled_ms = test::monotonic_ms() - begin_ms;
  // The load goes on: what is measured is this time.
  std::this_thread::sleep_for(std::chrono::seconds(options_.hold_seconds));
  one.seconds = static_cast<double>(test::monotonic_ms() - begin_ms) / 1000;
  one.published = load_->published() - published;
  one.cpu_seconds = fleet_->cpu_seconds() - cpu_seconds;
  std::cerr << " settled after " << one.settled_ms << " ms\n";
  phases_.push_back(std::move(one));
  return {};
}

Status Run::drain(const std::string& name) {
  fleet_->drain(name);
  const auto ended = fleet_->await_end(name, kDrainMs);
  if (ended && ended->exit_code == 0) return {};
  return fatal("drain", name + (ended ? " ended with " + std::to_string(ended->exit_code)
                                      : std::string(" did not end")));
}

// The leader of the group, a, is killed once and drained once.
Status Run::walk() {
  const auto start = [this](const char* name) { return [=, this] { return fleet_->start(name); }; };
  const std::int64_t killed_ms = options_.fleet.session_timeout_ms + kKilledGapMs;
  ENCOURS_TRY(phase("one", 0, 1, [] { return Status(); }));
  ENCOURS_TRY(phase("one to two", kPlannedGapMs, 2, start("b")));
  ENCOURS_TRY(phase("two to three", kPlannedGapMs, 3, start("c")));
  ENCOURS_TRY(phase("drain one", kPlannedGapMs, 2, [this] { return drain("b"); }));
  ENCOURS_TRY(phase("it is back", kPlannedGapMs, 3, start("b")));
  ENCOURS_TRY(phase("kill one", killed_ms, 2, [this]() -> Status {
    fleet_->kill("a");
    return {};
  }));
  ENCOURS_TRY(phase("it is back too", kPlannedGapMs, 3, start("a")));
  return phase("drain to one", kPlannedGapMs, 1, [this]() -> Status {
    ENCOURS_TRY(drain("a"));
    return drain("c");
  });
}

Status Run::finish() {
  ENCOURS_TRY(load_->stop());
  // What is late belongs to the last phase.
  test::await(kSettleMs, [this] { return outputs_->read() >= load_->published(); });
  queries_->stop();
  ENCOURS_TRY(outputs_->stop());
  verdict_ = outputs_->judge().verdict(load_->events_of());
  ENCOURS_TRY(compare_states());
  return compare_sums();
}

// Asks until it is answered: the group may have one more generation to go through.
template <class Request, class Response>
Result<Response> Run::ask(Method<Request, Response> method, const Request& request) {
  const auto target = fleet_->draw(0);
  Result<Response> answer = fatal("not_asked", "");
  test::await(kAnswerMs, [&] {
    answer = target->client->unary(*target->elastic, method, request, kQueryMs);
    return answer.ok();
  });
  return answer;
}

void Run::found_wrong(const std::string& what) {
  ++verdict_.wrong;
  if (verdict_.first.empty()) verdict_.first = what;
}

// What the service says at the end, against the accounts that the outputs have led to.
Status Run::compare_states() {
  const std::int64_t asked = std::min(plan_.customers, kMostAsked);
  for (std::int64_t customer = 0; customer < asked; ++customer) {
    api::GetStateRequest request;
    request.set_customer_id(customer_id(customer));
    ENCOURS_ASSIGN(const auto state, ask(&Stub::GetState, request));
    const Account& account = outputs_->judge().accounts()[static_cast<std::size_t>(customer)];
    const bool is_right = state.events() == account.events() &&
                          state.open_cents() == account.open_cents() &&
                          state.paid_cents() == account.paid_cents() &&
                          state.open_invoices() == account.open_invoices() &&
                          state.oldest_due_ms() == account.oldest_due_ms();
    if (!is_right) found_wrong("the state of " + customer_id(customer) + ": " + shown(state));
  }
  return {};
}

Status Run::compare_sums() {
  api::SumStatesRequest request;
  request.set_prefix(customer_id(0).substr(0, 1));
  ENCOURS_ASSIGN(const auto sums, ask(&Stub::SumStates, request));
  std::int64_t customers = 0;
  std::int64_t events = 0;
  std::int64_t open_cents = 0;
  std::int64_t paid_cents = 0;
  for (const Account& account : outputs_->judge().accounts()) {
    customers += account.events() > 0 ? 1 : 0;
    events += account.events();
    open_cents += account.open_cents();
    paid_cents += account.paid_cents();
  }
  const bool is_right = sums.missing().empty() && sums.customers() == customers &&
                        sums.events() == events && sums.open_cents() == open_cents &&
                        sums.paid_cents() == paid_cents;
  if (!is_right) found_wrong("the sums of all states: " + shown(sums));
  return {};
}

bool Run::print() const {
  auto outputs = outputs_->figures();
  auto queries = queries_->figures();
  outputs.resize(phases_.size());
  queries.resize(phases_.size());
  std::int64_t wrong_answers = 0;
  for (std::size_t i = 0; i < phases_.size(); ++i) {
    std::cout << phase_line(phases_[i], outputs[i], queries[i]) << "\n";
    wrong_answers += queries[i].of_one.wrong;
  }
  std::cout << run_line(plan_, options_.fleet.session_timeout_ms, load_->published(), phases_,
                        outputs, queries, verdict_)
            << std::endl;
  return verdict_.is_clean() && wrong_answers == 0;
}

// An instance that ends badly leaves its reason in its log.
Status whole_run(const Options& options, bool* is_clean) {
  Run run(options);
  ENCOURS_TRY(run.start());
  ENCOURS_TRY(run.walk());
  ENCOURS_TRY(run.finish());
  *is_clean = run.print();
  return {};
}

}  // namespace
}  // namespace encours::perf

int main(int argc, char** argv) {
  CLI::App app("One to three instances and back to one, under load.");
  encours::perf::Options options;
  encours::perf::describe(app, options);
  CLI11_PARSE(app, argc, argv);
  bool is_clean = false;
  const auto done = encours::perf::whole_run(options, &is_clean);
  if (!done) std::cerr << "\n" << encours::describe(done.failure()) << "\n";
  return done && is_clean ? 0 : 1;
}
