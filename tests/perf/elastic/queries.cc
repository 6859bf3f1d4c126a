#include "tests/perf/elastic/queries.h"

#include "common/rpc/status.h"
#include "tests/perf/elastic/model.h"

namespace encours::perf {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr std::int64_t kDeadlineMs = 2000;
// Of the text of an id: sums are of a hundred customers.
constexpr std::size_t kPrefixBytes = 8;
// Keeps what is drawn here apart from what the load draws.
constexpr std::uint64_t kSalt = 0x51;

}  // namespace

struct Queries::Query {
  std::shared_ptr<Target> target;
  std::size_t phase = 0;
  bool is_of_one = false;
  std::int64_t due_us = 0;
  std::int64_t customer = 0;
  grpc::ClientContext context;
  test::elastic::GetStateRequest one;
  test::elastic::GetStateResponse one_answer;
  test::elastic::SumStatesRequest all;
  test::elastic::SumStatesResponse all_answer;
};

Queries::Queries(const Plan& plan, Fleet& fleet, const PhaseNumber& phase)
    : plan_(plan), fleet_(fleet), phase_(phase) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Queries::~Queries() { stop(); }

void Queries::run(const std::stop_token& stop) {
  if (plan_.queries_per_second == 0) return;
  const auto begin = steady_clock::now();
  const std::int64_t begin_us = wall_us();
  for (std::uint64_t i = 0; !stop.stop_requested(); ++i) {
    const microseconds due(1'000'000 * static_cast<std::int64_t>(i) / plan_.queries_per_second);
    std::this_thread::sleep_until(begin + due);
    ask(i, begin_us + due.count());
  }
}

void Queries::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  std::unique_lock lock(mutex_);
  landed_.wait(lock, [this] { return on_their_way_ == 0; });
}

void Queries::ask(std::uint64_t i, std::int64_t due_us) {
  auto query = std::make_unique<Query>();
  query->target = fleet_.draw(draw_number(plan_.seed + kSalt, i));
  query->phase = phase_;
  query->is_of_one = i % 2 == 0;
  query->due_us = due_us;
  query->customer = draw_customer(plan_.seed + kSalt + 1, static_cast<std::int64_t>(i),
                                  plan_.customers);
  {
    const std::lock_guard lock(mutex_);
    ++figures_of(*query).asked;
    ++on_their_way_;
  }
  if (!query->target) {
    end(*query, grpc::Status(grpc::StatusCode::UNAVAILABLE, "no instance"), false, true);
    return;
  }
  if (const Status ready = query->target->client->prepare(&query->context, kDeadlineMs); !ready) {
    end(*query, grpc::Status(grpc::StatusCode::INTERNAL, "no token"), false, true);
    return;
  }
  if (query->is_of_one) {
    ask_one(std::move(query));
  } else {
    ask_all(std::move(query));
  }
}

// The call owns its query from here to its answer.
void Queries::ask_one(std::unique_ptr<Query> query) {
  Query* const one = query.release();
  one->one.set_customer_id(customer_id(one->customer));
  one->target->elastic->async()->GetState(
      &one->context, &one->one, &one->one_answer, [this, one](grpc::Status status) {
        const std::unique_ptr<Query> ended(one);
        const bool right = !status.ok() || is_right(one->customer, one->one_answer);
        end(*one, status, true, right);
      });
}

void Queries::ask_all(std::unique_ptr<Query> query) {
  Query* const one = query.release();
  one->all.set_prefix(customer_id(one->customer).substr(0, kPrefixBytes));
  one->target->elastic->async()->SumStates(
      &one->context, &one->all, &one->all_answer, [this, one](grpc::Status status) {
        const std::unique_ptr<Query> ended(one);
        end(*one, status, one->all_answer.missing().empty(), true);
      });
}

QueryFigures& Queries::figures_of(const Query& query) {
  if (figures_.size() <= query.phase) figures_.resize(query.phase + 1);
  PhaseQueries& both = figures_[query.phase];
  return query.is_of_one ? both.of_one : both.of_all;
}

void Queries::end(const Query& query, const grpc::Status& status, bool is_complete,
                  bool is_right) {
  const std::int64_t took_us = wall_us() - query.due_us;
  const std::lock_guard lock(mutex_);
  QueryFigures& figures = figures_of(query);
  figures.took_us.push_back(took_us);
  if (!status.ok()) {
    const bool has_gone = query.target && query.target->has_gone;
    ++figures.errors[rpc::from_grpc(status, query.context).code +
                     (has_gone ? " (it went meanwhile)" : "")];
  } else {
    ++(is_complete ? figures.complete : figures.partial);
    if (!is_right) ++figures.wrong;
  }
  --on_their_way_;
  // Told under the mutex: the one that waits may destroy this at once.
  landed_.notify_all();
}

bool Queries::is_right(std::int64_t customer,
                       const test::elastic::GetStateResponse& answer) const {
  const Account account = account_after(plan_.seed, customer, answer.events());
  return answer.open_cents() == account.open_cents() &&
         answer.paid_cents() == account.paid_cents() &&
         answer.open_invoices() == account.open_invoices() &&
         answer.oldest_due_ms() == account.oldest_due_ms();
}

}  // namespace encours::perf
