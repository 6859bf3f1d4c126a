#include "tests/perf/erp_load.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "common/time/date.h"
#include "encours/ingestion/v1alpha1/ingestion.grpc.pb.h"

namespace encours::perf {
namespace {

namespace erp = encours::erp::v1alpha1;
namespace ingestion = encours::ingestion::v1alpha1;
using Clock = std::chrono::system_clock;

constexpr int kThreads = 32;
constexpr int kOtherAccounts = 50;
constexpr int kCallTimeoutMs = 20'000;
constexpr std::int64_t kLimitMinor = 100;
constexpr std::int64_t kInvoiceMinor = 120'000;
constexpr std::size_t kBatch = 500;

Date today() {
  const auto since = Clock::now().time_since_epoch();
  return Date::from_days(std::chrono::duration_cast<std::chrono::hours>(since).count() / 24);
}

void set_date(Date day, google::type::Date* out) {
  const YearMonthDay parts = day.ymd();
  out->set_year(parts.year);
  out->set_month(parts.month);
  out->set_day(parts.day);
}

void set_euros(std::int64_t minor, encours::common::v1alpha1::Money* out) {
  out->set_currency_code("EUR");
  out->set_minor(minor);
}

erp::ErpEvent event_of(const std::string& id) {
  erp::ErpEvent event;
  event.set_source("perf");
  event.set_id(id);
  set_date(today(), event.mutable_occurred_on());
  return event;
}

std::string account_of(const LoadPlan& plan, std::int64_t i) {
  return is_late(plan, i) ? "L" + std::to_string(i) : "N" + std::to_string(i % kOtherAccounts);
}

erp::ErpEvent customer(const std::string& account) {
  erp::ErpEvent event = event_of(account + "/customer");
  auto& said = *event.mutable_customer_upserted();
  said.set_account(account);
  said.set_name("Customer " + account);
  auto& contact = *said.add_contacts();
  contact.set_id("1");
  contact.add_roles(erp::CONTACT_ROLE_ACCOUNTING);
  contact.set_email(account + "@perf.example");
  contact.set_language("fr");
  return event;
}

erp::ErpEvent limit(const std::string& account) {
  erp::ErpEvent event = event_of(account + "/limit");
  event.mutable_internal_limit_set()->set_account(account);
  set_euros(kLimitMinor, event.mutable_internal_limit_set()->mutable_amount());
  return event;
}

erp::ErpEvent invoice(const LoadPlan& plan, std::int64_t i) {
  erp::ErpEvent event = event_of(invoice_number(i));
  auto& issued = *event.mutable_invoice_issued();
  issued.set_number(invoice_number(i));
  issued.set_account(account_of(plan, i));
  set_date(today() - 35, issued.mutable_issue_date());
  set_date(is_late(plan, i) ? today() - 5 : today() + 40, issued.mutable_due_date());
  set_euros(kInvoiceMinor, issued.mutable_gross_amount());
  return event;
}

Status publish(const LoadPlan& plan, rpc::Client& client,
               ingestion::IngestionService::Stub& stub, std::vector<erp::ErpEvent> events) {
  ingestion::PublishEventsRequest request;
  request.set_tenant(plan.tenant);
  request.set_request_id(events.front().id());
  for (auto& event : events) *request.add_events() = std::move(event);
  ENCOURS_ASSIGN(const auto response,
                 (client.unary<ingestion::IngestionService::Stub, ingestion::PublishEventsRequest,
                               ingestion::PublishEventsResponse>(
                     stub, &ingestion::IngestionService::Stub::PublishEvents, request,
                     kCallTimeoutMs)));
  for (const auto& result : response.results()) {
    if (result.has_refused()) return refused("refused", result.id(), "An event was refused.");
  }
  return {};
}

}  // namespace

std::string invoice_number(std::int64_t i) { return "P-" + std::to_string(i); }

bool is_late(const LoadPlan& plan, std::int64_t i) { return i % plan.one_late_in == 0; }

Status publish_customers(const LoadPlan& plan, rpc::Client& client) {
  const auto stub = ingestion::IngestionService::NewStub(client.channel());
  std::vector<erp::ErpEvent> events;
  const std::int64_t count = std::int64_t{plan.per_second} * plan.seconds;
  for (std::int64_t i = 0; i < count; ++i) {
    if (is_late(plan, i)) {
      events.push_back(customer(account_of(plan, i)));
      events.push_back(limit(account_of(plan, i)));
    }
    const bool last = i + 1 == count;
    if (events.size() < kBatch && !last) continue;
    if (!events.empty()) ENCOURS_TRY(publish(plan, client, *stub, std::move(events)));
    events.clear();
  }
  return {};
}

Status publish_load(const LoadPlan& plan, rpc::Client& client, const Note& note) {
  const auto stub = ingestion::IngestionService::NewStub(client.channel());
  const std::int64_t count = std::int64_t{plan.per_second} * plan.seconds;
  const auto start = Clock::now();
  std::atomic<std::int64_t> next{0};
  std::mutex mutex;
  Status failed;
  const auto work = [&] {
    for (std::int64_t i = next++; i < count; i = next++) {
      std::this_thread::sleep_until(start + std::chrono::microseconds(1'000'000) * i /
                                                plan.per_second);
      note("published", invoice_number(i));
      const Status done = publish(plan, client, *stub, {invoice(plan, i)});
      if (done) {
        note("accepted", invoice_number(i));
        continue;
      }
      const std::lock_guard lock(mutex);
      failed = done;
      next = count;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  return failed;
}

}  // namespace encours::perf
