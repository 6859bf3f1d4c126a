#include "services/dunning/query/first_day.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "common/settings/policies.h"
#include "common/settings/scenario.h"
#include "common/stream/topology.h"
#include "common/stream/view.h"
#include "services/dunning/domain/decide.h"
#include "services/dunning/domain/steps.h"
#include "services/dunning/domain/tables.h"

namespace encours::dunning {
namespace {

using v1alpha1::Action;
using v1alpha1::Backlog;
using v1alpha1::FirstDayCount;

constexpr int kExamples = 50;

TenantSetting setting_of(const Backlog& backlog) {
  TenantSetting setting;
  switch (backlog.choice()) {
    case Backlog::CHOICE_NONE:
      setting.set_backlog(TenantSetting::BACKLOG_NONE);
      break;
    case Backlog::CHOICE_STEP:
      setting.set_backlog(TenantSetting::BACKLOG_STEP);
      setting.set_backlog_step(backlog.step());
      break;
    default:
      setting.set_backlog(TenantSetting::BACKLOG_FIRST_STEP);
  }
  return setting;
}

bool larger(const Action& left, const Action& right) {
  return std::tuple(-left.amount().minor(), left.account(), left.currency_code()) <
         std::tuple(-right.amount().minor(), right.account(), right.currency_code());
}

void keep_largest(std::vector<Action>* actions) {
  std::sort(actions->begin(), actions->end(), larger);
  if (actions->size() > kExamples) actions->resize(kExamples);
}

// Messages of one partition, one per account and currency.
class Messages {
 public:
  Messages(const Scenario& scenario, const TenantSetting& setting, Date day)
      : scenario_(scenario), setting_(setting), day_(day) {}

  void add(const std::string& account, const std::string& number, state::DunnedInvoiceRow row) {
    if (row.open_amount().minor() <= 0) return;
    decide_backlog(scenario_, setting_, day_, day_, &row);
    if (row.left_out()) return;
    const Step* step = step_due(scenario_, row, day_);
    if (step == nullptr) return;
    Action& action = actions_[{account, row.open_amount().currency_code()}];
    auto& line = *action.add_lines();
    line.set_invoice(number);
    line.set_step(step->key());
    *line.mutable_due_date() = row.due_date();
    *line.mutable_open_amount() = row.open_amount();
    line.set_days_late(std::max(0, day_ - date_of(row.due_date())));
    action.mutable_amount()->set_minor(action.amount().minor() + row.open_amount().minor());
    if (step->number() < action.step_number()) return;
    action.set_step(step->key());
    action.set_step_number(step->number());
    action.set_channel(step->channel());
  }

  void finish(v1alpha1::PreviewFirstDayResponse* response) && {
    std::map<int, FirstDayCount> counts;
    std::map<int, std::string> last_account;
    std::vector<Action> largest;
    for (auto& [key, action] : actions_) {
      const auto& [account, currency] = key;
      action.set_account(account);
      action.set_currency_code(currency);
      action.mutable_amount()->set_currency_code(currency);
      *action.mutable_day() = to_proto(day_);
      auto& count = counts[action.step_number()];
      count.set_step(action.step());
      count.set_step_number(action.step_number());
      count.set_channel(action.channel());
      count.set_message_count(count.message_count() + 1);
      auto& last = last_account[action.step_number()];
      if (count.message_count() == 1 || last != account) {
        count.set_account_count(count.account_count() + 1);
      }
      last = account;
      largest.push_back(std::move(action));
      if (largest.size() > 4 * kExamples) keep_largest(&largest);
    }
    keep_largest(&largest);
    for (auto& [number, count] : counts) *response->add_counts() = std::move(count);
    for (auto& one : largest) *response->add_examples() = std::move(one);
  }

 private:
  const Scenario& scenario_;
  const TenantSetting& setting_;
  Date day_;
  std::map<std::pair<std::string, std::string>, Action> actions_;
};

}  // namespace

Result<FirstDay> FirstDay::prepare(const Request& request, const std::optional<std::string>&) {
  if (request.backlog().choice() == Backlog::CHOICE_UNSPECIFIED) {
    return refused("missing_field", "backlog.choice",
                   "Say what becomes of what is late already: the first step, a step, or none.");
  }
  return FirstDay(request);
}

Result<FirstDay::Request> FirstDay::settle(const query::QueryContext&, Request request) const {
  return request;
}

// In events mode nothing leaves before an opening.
Date first_day_after(const query::TenantTime& time, Instant handled) {
  const bool today = time.clock == stream::kWallClock && in_sending_hours(time.zone, handled);
  return time.zone.local_date(today ? handled : next_opening(time.zone, handled));
}

Result<FirstDay::Response> FirstDay::answer(const query::QueryContext& context) const {
  Response response;
  if (context.partitions.empty()) {
    *response.mutable_coverage() = query::coverage_of(context, "");
    return response;
  }
  ENCOURS_ASSIGN(const auto time, query::tenant_time(*context.settings, request_.tenant()));
  *response.mutable_coverage() = query::coverage_of(context, time.clock);
  const stream::Settings settings(*context.settings, context.settings->last_sequence());
  const auto* scenario = settings.find<Scenario>(request_.tenant(), settings::kScenarioKind,
                                                 settings::kDefaultName);
  if (scenario == nullptr) {
    return refused("scenario_not_found", "tenant",
                   "The tenant has no scenario: publish one first (dunning scenarios apply).");
  }
  const int wanted = request_.backlog().step();
  if (request_.backlog().choice() == Backlog::CHOICE_STEP &&
      (wanted < 1 || wanted > scenario->steps_size())) {
    return refused("unknown_step", "backlog.step", "The scenario has no step of this number.");
  }
  const auto handled = query::least_standing(context, time.clock).handled;
  if (!handled) return response;  // Nothing has been seen of any day.
  const TenantSetting setting = setting_of(request_.backlog());
  Messages messages(*scenario, setting,
                    first_day_after(time, *handled));
  const std::string prefix =
      KeyWriter().byte(kInvoiceTable.id).text(request_.tenant()).take();
  for (const auto& one : context.partitions) {
    one.rows->scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view row) {
      KeyReader reader(key.substr(1));
      reader.text();
      const std::string account = reader.text().value_or("");
      messages.add(account, reader.text().value_or(""),
                   stream::View::parse<state::DunnedInvoiceRow>(row));
      return true;
    });
  }
  ENCOURS_TRY(query::check_reads(context.partitions));
  std::move(messages).finish(&response);
  return response;
}

Result<FirstDay::Response> FirstDay::merge(std::vector<Response> parts) const {
  Response response;
  std::map<int, FirstDayCount> counts;
  std::vector<Action> examples;
  std::vector<const query::Coverage*> coverage;
  for (auto& part : parts) {
    coverage.push_back(&part.coverage());
    for (const auto& count : part.counts()) {
      auto& sum = counts[count.step_number()];
      const auto messages = sum.message_count() + count.message_count();
      const auto accounts = sum.account_count() + count.account_count();
      sum = count;
      sum.set_message_count(messages);
      sum.set_account_count(accounts);
    }
    for (auto& example : *part.mutable_examples()) examples.push_back(std::move(example));
  }
  keep_largest(&examples);
  for (auto& [number, count] : counts) *response.add_counts() = std::move(count);
  for (auto& one : examples) *response.add_examples() = std::move(one);
  *response.mutable_coverage() = query::merge_coverage(coverage);
  return response;
}

}  // namespace encours::dunning
