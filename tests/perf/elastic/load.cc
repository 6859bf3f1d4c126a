#include "tests/perf/elastic/load.h"

#include "common/base/hash.h"
#include "tests/perf/baseline/stage.h"
#include "tests/perf/elastic/model.h"

namespace encours::perf {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int kFlushMs = 30'000;
constexpr std::int64_t kIssuedMs = 1'795'000'000'000;
constexpr int kIssued = 0;
constexpr int kPaid = 1;
// Events that are due in one pause leave together: a pause for each would cost more than they do.
constexpr std::chrono::milliseconds kPause(1);

}  // namespace

Load::Load(const Plan& plan)
    : plan_(plan),
      failure_(std::make_shared<Failure>()),
      events_of_(static_cast<std::size_t>(plan.customers)) {
  event_.set_currency("EUR");
  event_.set_source("erp-sap-fi/company-0042/ledger-main");
  event_.set_note("Commande 4500123456, 30 jours fin de mois, agence de Lyon, livraison complete");
}

Load::~Load() = default;

Result<std::unique_ptr<Load>> Load::start(const Plan& plan) {
  std::unique_ptr<Load> load(new Load(plan));
  ENCOURS_ASSIGN(load->appender_, kafka::Appender::make(kafka_settings(plan)));
  load->thread_ =
      std::jthread([one = load.get()](const std::stop_token& stop) { one->run(stop); });
  return load;
}

void Load::run(const std::stop_token& stop) {
  const auto begin = steady_clock::now();
  const std::int64_t begin_us = wall_us();
  for (std::int64_t i = 0; !stop.stop_requested();) {
    const microseconds due(1'000'000 * i / plan_.per_second);
    if (begin + due > steady_clock::now()) {
      std::this_thread::sleep_for(kPause);
      continue;
    }
    if (const Status done = publish(i, begin_us + due.count()); !done) {
      const std::lock_guard lock(failure_->mutex);
      failure_->first = done;
      return;
    }
    published_ = ++i;
  }
}

Status Load::publish(std::int64_t i, std::int64_t due_us) {
  const std::int64_t customer = draw_customer(plan_.seed, i, plan_.customers);
  const std::int64_t number = ++events_of_[static_cast<std::size_t>(customer)];
  const Draw draw = draw_event(plan_.seed, customer, number);
  event_.set_event_id(event_id(customer, number));
  event_.set_customer_id(customer_id(customer));
  event_.set_invoice_id("FR-INV-2026-" + std::to_string(i));
  event_.set_type(draw.pays ? kPaid : kIssued);
  event_.set_amount_cents(draw.amount_cents);
  event_.set_issued_ms(kIssuedMs + i);
  event_.set_due_ms(draw.due_ms);
  event_.set_event_us(due_us);
  stream::Outgoing out;
  out.topic = test::kBaselineIn;
  out.key = event_.customer_id();
  out.partition = partition_of(out.key, plan_.partitions);
  out.value = event_.SerializeAsString();
  return appender_->append(std::move(out), [failure = failure_](Result<std::int64_t> done) {
    if (done) return;
    const std::lock_guard lock(failure->mutex);
    failure->first = done.failure();
  });
}

Status Load::stop() {
  thread_.request_stop();
  thread_.join();
  ENCOURS_TRY(appender_->flush(kFlushMs));
  const std::lock_guard lock(failure_->mutex);
  return failure_->first;
}

}  // namespace encours::perf
