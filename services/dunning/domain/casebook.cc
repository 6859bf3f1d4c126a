#include "services/dunning/domain/casebook.h"

#include "common/settings/policies.h"
#include "common/settings/scenario.h"
#include "common/stream/decode.h"
#include "services/dunning/domain/case_state.h"

namespace encours::dunning {

CaseBook::CaseBook(const stream::View& view, const stream::Record& record,
                   const stream::Settings& settings, const Zone& zone)
    : view_(view),
      record_(record),
      settings_(settings),
      zone_(zone),
      account_(stream::entity_of_key(record.key)),
      scenario_(settings.find<Scenario>(record.tenant(), settings::kScenarioKind,
                                        settings::kDefaultName)),
      effects_(view),
      accounts_(view, kAccountTable),
      invoices_(view, kInvoiceTable),
      actions_(view, kActionTable),
      cases_(view, kCaseTable) {
  // Nothing can be said by a scenario without steps.
  if (scenario_ != nullptr && scenario_->steps().empty()) scenario_ = nullptr;
}

bool CaseBook::in_events_mode() const {
  const auto* tenant = settings_.tenant(this->tenant());
  return tenant != nullptr && tenant->clock_mode() == stream::TenantSetting::CLOCK_MODE_EVENTS;
}

state::DunnedInvoiceRow* CaseBook::invoice(const std::string& number) {
  return invoices_.find(KeyWriter().text(number));
}

state::DunnedInvoiceRow& CaseBook::add_invoice(const std::string& number) {
  return invoices_.create(KeyWriter().text(number));
}

state::ActionRow* CaseBook::action(const std::string& id) {
  return actions_.find(KeyWriter().text(id));
}

state::ActionRow& CaseBook::add_action(const std::string& id) {
  return actions_.set(KeyWriter().text(id));
}

void CaseBook::admit(state::DunnedInvoiceRow* row) {
  const auto* tenant = settings_.tenant(this->tenant());
  if (tenant == nullptr || !tenant->has_live_from() || scenario_ == nullptr || !live()) return;
  const Date live_day = zone_.local_date(stream::to_instant(tenant->live_from()));
  decide_backlog(*scenario_, *tenant, live_day, today(), row);
}

bool CaseBook::has_had_its_message(const std::string& currency) {
  const auto* row = cases_.find(KeyWriter().text(currency));
  return row != nullptr && !row->collecting() && row->has_message_day() &&
         date_of(row->message_day()) == today();
}

// In events mode all of a day is known at its opening, and nobody waits.
bool CaseBook::says_at_once(const std::string& currency) {
  return !in_events_mode() && live() && in_sending_hours(zone_, at()) &&
         !has_had_its_message(currency);
}

void CaseBook::arm(const std::string& number, const state::DunnedInvoiceRow& row) {
  const KeyWriter entity = std::move(KeyWriter().text(number));
  std::optional<Date> day;
  const bool at_once = says_at_once(row.open_amount().currency_code());
  const Date first = at_once ? today() : zone_.local_date(next_opening(zone_, at()));
  if (is_open(row) && !row.left_out() && scenario_ != nullptr) {
    const auto* tenant = settings_.tenant(this->tenant());
    const bool asks = tenant != nullptr && tenant->has_live_from() && !row.backlog_decided();
    day = asks ? std::optional(first) : next_step_day(*scenario_, row, first);
  }
  due_now_.erase(number);
  if (at_once && day == today()) due_now_.insert(number);
  if (!day || due_now_.contains(number)) {
    effects_.clear_timer(kStepTimer, entity);
  } else {
    effects_.set_timer(kStepTimer, entity, zone_.at(*day, kDayInstants[1]));
  }
}

void CaseBook::emit(const DunningRecord& fact) {
  DunningRecord said = fact;
  said.set_account(account_);
  effects_.emit(kDunningTopic, record_.key, said);
}

stream::Effects CaseBook::finish() && {
  conclude_invoices();
  conclude_cases();
  accounts_.stage(effects_);
  invoices_.stage(effects_);
  actions_.stage(effects_);
  cases_.stage(effects_);
  return std::move(effects_);
}

// Each invoice that was touched is counted where it stands now.
void CaseBook::conclude_invoices() {
  invoices_.each([this](state::DunnedInvoiceRow& row, const state::DunnedInvoiceRow* before) {
    if (before != nullptr) count(*before, -1);
    stand(&row);
    count(row, 1);
  });
}

void CaseBook::count(const state::DunnedInvoiceRow& row, std::int64_t difference) {
  const std::string& currency = row.open_amount().currency_code();
  add_to_counts(row, difference, &cases_.set(KeyWriter().text(currency)));
  changed_currencies_.insert(currency);
}

void CaseBook::conclude_cases() {
  for (const auto& currency : changed_currencies_) {
    auto& row = cases_.set(KeyWriter().text(currency));
    const auto from = row.state();
    const int from_level = row.level();
    if (!settle_state(&row)) continue;
    DunningRecord fact;
    auto& changed = *fact.mutable_case_state_changed();
    changed.set_currency_code(currency);
    changed.set_from(from == v1alpha1::CASE_STATE_UNSPECIFIED ? v1alpha1::CASE_STATE_CLEAR : from);
    changed.set_to(row.state());
    changed.set_level(row.level());
    changed.set_from_level(from_level);
    emit(fact);
  }
}

}  // namespace encours::dunning
