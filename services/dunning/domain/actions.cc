#include "services/dunning/domain/actions.h"

#include <algorithm>
#include <map>

#include "common/base/check.h"
#include "common/base/fault_point.h"
#include "common/base/hash.h"
#include "common/settings/scenario.h"
#include "common/stream/decode.h"
#include "encours/dunning/v1alpha1/effects.pb.h"

namespace encours::dunning {
namespace {

using encours::receivables::v1alpha1::ContactRef;
using v1alpha1::ActionLine;

constexpr const char* kMail = "email";
constexpr const char* kSuspended = "suspended";
constexpr Duration kFirstPause = std::chrono::minutes(1);
constexpr Duration kLongestPause = std::chrono::minutes(15);

bool has(const google::protobuf::RepeatedPtrField<std::string>& words, const char* word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Accounting first, then whoever is named first; null where nobody can be reached by mail.
const ContactRef* contact_for_mail(const state::DunnedAccountRow& account) {
  const ContactRef* best = nullptr;
  int best_rank = -1;
  for (const auto& contact : account.contacts()) {
    if (!has(contact.channels(), kMail)) continue;
    const int rank = (has(contact.roles(), "accounting") ? 2 : 0) + (contact.primary() ? 1 : 0);
    if (rank <= best_rank) continue;
    best = &contact;
    best_rank = rank;
  }
  return best;
}

const Step* step_of(const Scenario& scenario, const std::string& key) {
  const auto found = std::find_if(scenario.steps().begin(), scenario.steps().end(),
                                  [&](const Step& step) { return step.key() == key; });
  return found == scenario.steps().end() ? nullptr : &*found;
}

void fill_line(const state::DunnedInvoiceRow& row, Date today, ActionLine* line) {
  *line->mutable_due_date() = row.due_date();
  *line->mutable_open_amount() = row.open_amount();
  line->set_days_late(std::max(0, today - date_of(row.due_date())));
}

void sum_lines(Action* action) {
  std::int64_t minor = 0;
  for (const auto& line : action->lines()) minor += line.open_amount().minor();
  action->mutable_amount()->set_currency_code(action->currency_code());
  action->mutable_amount()->set_minor(minor);
}

void change(CaseBook& book, Action* action, v1alpha1::ActionState to, const std::string& why) {
  action->set_state(to);
  action->set_reason_code(why);
  stream::set_timestamp(book.at(), action->mutable_changed_at());
}

// The invoices' rows no longer point to the action.
void release(CaseBook& book, const Action& action) {
  for (const auto& line : action.lines()) {
    auto* row = book.invoice(line.invoice());
    if (row == nullptr || row->action() != action.id()) continue;
    row->clear_action();
    book.arm(line.invoice(), *row);
  }
}

void supersede(CaseBook& book, state::ActionRow* row, const std::string& reason_code) {
  change(book, row->mutable_action(), v1alpha1::ACTION_STATE_SUPERSEDED, reason_code);
  release(book, row->action());
  book.effects().clear_timer(kRetryTimer, KeyWriter().text(row->action().id()));
  book.effects().erase(kWaitingTable, KeyWriter().text(row->action().id()));
  DunningRecord fact;
  fact.mutable_action_superseded()->set_action(row->action().id());
  fact.mutable_action_superseded()->set_reason_code(reason_code);
  book.emit(fact);
}

void ask_claim(CaseBook& book, state::ActionRow* row) {
  row->set_attempts(row->attempts() + 1);
  v1alpha1::ClaimAction claim;
  claim.set_action(row->action().id());
  claim.set_channel(row->action().channel());
  book.effects().ask(kClaimEffect,
                     row->action().id() + "/claim/" + std::to_string(row->attempts()), claim);
}

// 1, 2, 4, 8, 15, 15 ... minutes after the n-th attempt.
Instant retry_at(Instant now, int attempts) {
  Duration pause = kFirstPause;
  for (int i = 1; i < attempts && pause < kLongestPause; ++i) pause *= 2;
  return now + std::min(pause, kLongestPause);
}

// It is planned still, and says why it has not left.
void wait(CaseBook& book, state::ActionRow* row, const std::string& reason_code) {
  change(book, row->mutable_action(), v1alpha1::ACTION_STATE_PLANNED, reason_code);
  const KeyWriter entity = std::move(KeyWriter().text(row->action().id()));
  if (reason_code == kSuspended) {
    state::WaitingActionRow waiting;
    waiting.set_reason_code(reason_code);
    book.effects().put(kWaitingTable, waiting, entity);
  } else {
    book.effects().set_timer(kRetryTimer, entity, retry_at(book.at(), row->attempts()));
  }
}

struct DueInvoice {
  std::string number;
  const Step* step;
};

std::vector<DueInvoice> take_due(CaseBook& book, const std::string& currency) {
  std::vector<std::string> numbers;
  book.view().scan(kDueTable, KeyWriter().text(currency),
                   [&](std::string_view key, const state::DueInvoiceRow&) {
                     KeyReader reader(key);
                     reader.text();
                     numbers.push_back(reader.text().value_or(""));
                     return true;
                   });
  std::vector<DueInvoice> due;
  for (const auto& number : numbers) {
    book.effects().erase(kDueTable, KeyWriter().text(currency).text(number));
    const auto* row = book.invoice(number);
    ENCOURS_CHECK(row != nullptr, "an invoice that is due is known");
    // A newer version of an invoice may have another currency.
    if (row->open_amount().currency_code() != currency) continue;
    if (!is_open(*row) || book.scenario() == nullptr) continue;
    if (const Step* step = step_due(*book.scenario(), *row, book.today())) {
      due.push_back({number, step});
    }
  }
  return due;
}

Action new_action(CaseBook& book, const std::string& currency,
                  const std::vector<DueInvoice>& due) {
  const auto highest = std::max_element(due.begin(), due.end(), [](const auto& a, const auto& b) {
    return a.step->number() < b.step->number();
  });
  const Step& step = *highest->step;
  Action action;
  const std::string day = book.today().to_string();
  action.set_id(
      stable_id({book.tenant(), "action", book.account(), currency, step.key(), day}));
  action.set_name("tenants/" + book.tenant() + "/actions/" + action.id());
  action.set_tenant(book.tenant());
  action.set_account(book.account());
  action.set_currency_code(currency);
  action.set_step(step.key());
  action.set_step_number(step.number());
  action.set_channel(step.channel());
  *action.mutable_day() = to_proto(book.today());
  action.set_scenario(book.scenario()->title());
  action.set_scenario_version(book.settings().sequence());
  stream::set_timestamp(book.at(), action.mutable_planned_at());
  for (const auto& one : due) {
    auto& line = *action.add_lines();
    line.set_invoice(one.number);
    line.set_step(one.step->key());
    fill_line(*book.invoice(one.number), book.today(), &line);
  }
  sum_lines(&action);
  return action;
}

// The step is over for its invoices, and what was planned for them before is not said any more.
void mark_steps(CaseBook& book, const std::vector<DueInvoice>& due, const Action& action) {
  const bool planned = action.state() == v1alpha1::ACTION_STATE_PLANNED;
  for (const auto& one : due) {
    take_out(book, one.number, "missed");
    auto* row = book.invoice(one.number);
    auto& over = *row->add_steps();
    over.set_key(one.step->key());
    over.set_number(one.step->number());
    over.set_level(level_of(*book.scenario(), *one.step));
    *over.mutable_day() = action.day();
    if (planned) row->set_action(action.id());
    book.arm(one.number, *row);
  }
}

// Amounts as they are at the claim; what was paid meanwhile goes.
void refresh_lines(CaseBook& book, Action* action) {
  auto& lines = *action->mutable_lines();
  for (int i = lines.size() - 1; i >= 0; --i) {
    const auto* row = book.invoice(lines[i].invoice());
    if (row != nullptr && is_open(*row) && row->action() == action->id()) {
      fill_line(*row, date_of(action->day()), &lines[i]);
    } else {
      lines.DeleteSubrange(i, 1);
    }
  }
  sum_lines(action);
}

void ask_mail(CaseBook& book, state::ActionRow* row) {
  const Action& action = row->action();
  const Step* step = step_of(*book.scenario(), action.step());
  v1alpha1::SendMail mail;
  *mail.mutable_action() = action;
  stream::set_timestamp(book.at(), mail.mutable_claimed_at());
  *mail.mutable_sender() = book.scenario()->sender();
  *mail.mutable_template_() = settings::template_for(*step, action.language());
  book.effects().ask(kMailEffect, action.id() + "/mail/" + std::to_string(row->attempts()), mail);
}

// It may leave now, as far as there is still something to say.
void grant_claim(CaseBook& book, state::ActionRow* row) {
  refresh_lines(book, row->mutable_action());
  if (row->action().lines().empty()) {
    supersede(book, row, "settled");
    return;
  }
  const bool known = book.scenario() != nullptr &&
                     step_of(*book.scenario(), row->action().step()) != nullptr;
  if (!known) {
    supersede(book, row, "scenario_changed");
    return;
  }
  change(book, row->mutable_action(), v1alpha1::ACTION_STATE_CLAIMED, {});
  stream::set_timestamp(book.at(), row->mutable_claimed_at());
  DunningRecord fact;
  fact.mutable_action_claimed()->set_action(row->action().id());
  book.emit(fact);
  ask_mail(book, row);
}

// In events mode nobody has to be asked: all that was recorded before the tick has been read, and
// nothing else happens while it waits.
void begin_claim(CaseBook& book, state::ActionRow* row) {
  if (!book.in_events_mode() && !mutation_is_on("send_without_claim")) {
    ask_claim(book, row);
    return;
  }
  row->set_attempts(row->attempts() + 1);
  grant_claim(book, row);
}

void mark_sent(CaseBook& book, const Action& action) {
  for (const auto& line : action.lines()) {
    auto* row = book.invoice(line.invoice());
    if (row == nullptr) continue;
    for (auto& step : *row->mutable_steps()) {
      if (step.key() == line.step()) step.set_sent(true);
    }
  }
}

void conclude_sent(CaseBook& book, state::ActionRow* row, const stream::Record& record) {
  v1alpha1::MailSent sent;
  ENCOURS_CHECK(sent.ParseFromString(record.outcome.body()), "our own worker wrote the outcome");
  Action& action = *row->mutable_action();
  change(book, &action, v1alpha1::ACTION_STATE_SENT, {});
  action.set_message_sha256(sent.message_sha256());
  action.set_attempt_count(action.attempt_count() + 1);
  mark_sent(book, action);
  release(book, action);
  DunningRecord fact;
  auto& said = *fact.mutable_action_sent();
  said.set_action(action.id());
  said.set_step(action.step());
  said.set_message_sha256(sent.message_sha256());
  for (const auto& line : action.lines()) said.add_invoices(line.invoice());
  book.emit(fact);
}

void conclude_failed(CaseBook& book, state::ActionRow* row, const std::string& code, bool final) {
  Action& action = *row->mutable_action();
  DunningRecord fact;
  auto& failed = *fact.mutable_action_failed();
  failed.set_action(action.id());
  failed.set_reason_code(code);
  action.set_attempt_count(action.attempt_count() + (final ? 1 : 0));
  if (final) {
    change(book, &action, v1alpha1::ACTION_STATE_FAILED, code);
    release(book, action);
  } else {
    wait(book, row, code);
    if (code != kSuspended) {
      stream::set_timestamp(retry_at(book.at(), row->attempts()), failed.mutable_retry_at());
    }
  }
  book.emit(fact);
}

// An invoice whose step is due today; null where there is nothing to say of it (now).
state::DunnedInvoiceRow* take_in(CaseBook& book, const std::string& number) {
  auto* row = book.invoice(number);
  if (row == nullptr || !is_open(*row) || book.scenario() == nullptr) return nullptr;
  book.admit(row);
  if (row->left_out()) return nullptr;
  if (step_due(*book.scenario(), *row, book.today()) != nullptr) return row;
  book.arm(number, *row);
  return nullptr;
}

void note_due(CaseBook& book, const std::string& number, const std::string& currency) {
  state::DueInvoiceRow due;
  due.set_step(step_due(*book.scenario(), *book.invoice(number), book.today())->key());
  book.effects().put(kDueTable, due, KeyWriter().text(currency).text(number));
}

// What a person must mend before it can leave.
bool is_final(const std::string& code) {
  return code.rfind("smtp_5", 0) == 0 || code == "no_address" || code == "not_rendered";
}

}  // namespace

void look_at_invoice(CaseBook& book, const std::string& number, Instant due) {
  auto* row = take_in(book, number);
  if (row == nullptr) return;
  const std::string& currency = row->open_amount().currency_code();
  if (book.has_had_its_message(currency)) {
    book.arm(number, *row);
    return;
  }
  note_due(book, number, currency);
  if (book.case_row(currency).collecting()) return;
  book.effects().set_timer(kFlushTimer, KeyWriter().text(currency), due);
}

void say_at_once(CaseBook& book, const std::string& number) {
  auto* row = take_in(book, number);
  if (row == nullptr) return;
  const std::string& currency = row->open_amount().currency_code();
  note_due(book, number, currency);
  auto& one_case = book.case_row(currency);
  if (one_case.collecting()) return;
  one_case.set_collecting(true);
  *one_case.mutable_message_day() = to_proto(book.today());
  v1alpha1::CollectInvoices collect;
  collect.set_currency_code(currency);
  const std::string id = stable_id({book.tenant(), "collect", book.account(), currency,
                                    book.today().to_string()});
  book.effects().ask(kCollectEffect, id + "/collect/" + currency, collect);
}

void conclude_collect(CaseBook& book, const stream::Record& record) {
  const std::string& id = record.outcome.effect();
  const std::string currency = id.substr(id.rfind('/') + 1);
  book.case_row(currency).set_collecting(false);
  make_up_message(book, currency);
}

void make_up_message(CaseBook& book, const std::string& currency) {
  const auto due = take_due(book, currency);
  if (due.empty()) return;
  Action action = new_action(book, currency, due);
  const auto* contact = contact_for_mail(book.account_row());
  if (contact != nullptr) {
    action.set_contact(contact->id());
    action.set_language(contact->language().empty() ? book.account_row().language()
                                                    : contact->language());
  }
  DunningRecord fact;
  if (!book.live() || contact == nullptr) {
    change(book, &action, v1alpha1::ACTION_STATE_SUPPRESSED,
           book.live() ? "no_contact" : "before_go_live");
    *fact.mutable_action_suppressed()->mutable_action() = action;
  } else {
    change(book, &action, v1alpha1::ACTION_STATE_PLANNED, {});
    *fact.mutable_action_planned()->mutable_action() = action;
  }
  book.emit(fact);
  mark_steps(book, due, action);
  auto& row = book.add_action(action.id());
  *row.mutable_action() = action;
  if (action.state() != v1alpha1::ACTION_STATE_PLANNED) return;
  *book.case_row(currency).mutable_message_day() = action.day();
  begin_claim(book, &row);
}

void take_out(CaseBook& book, const std::string& number, const std::string& reason_code) {
  auto* invoice = book.invoice(number);
  if (invoice == nullptr || invoice->action().empty()) return;
  auto* row = book.action(invoice->action());
  ENCOURS_CHECK(row != nullptr, "an invoice points to an action that is known");
  // From its claim on a message is on its way, and what it said stays as it was said.
  if (row->action().state() != v1alpha1::ACTION_STATE_PLANNED) return;
  auto& lines = *row->mutable_action()->mutable_lines();
  const auto line = std::find_if(lines.begin(), lines.end(), [&](const ActionLine& one) {
    return one.invoice() == number;
  });
  invoice->clear_action();
  if (line != lines.end()) lines.erase(line);
  sum_lines(row->mutable_action());
  if (lines.empty()) supersede(book, row, reason_code);
}

void claim_again(CaseBook& book, const std::string& id) {
  auto* row = book.action(id);
  if (row == nullptr) return;
  book.effects().erase(kWaitingTable, KeyWriter().text(id));
  const auto state = row->action().state();
  if (state != v1alpha1::ACTION_STATE_PLANNED && state != v1alpha1::ACTION_STATE_UNKNOWN) return;
  if (!book.live()) {
    supersede(book, row, "before_go_live");
    return;
  }
  begin_claim(book, row);
}

void conclude_claim(CaseBook& book, const stream::Record& record) {
  const std::string id = record.outcome.effect().substr(0, record.outcome.effect().find('/'));
  auto* row = book.action(id);
  ENCOURS_CHECK(row != nullptr, "a claim is asked for an action that is known");
  const auto state = row->action().state();
  if (state != v1alpha1::ACTION_STATE_PLANNED && state != v1alpha1::ACTION_STATE_UNKNOWN) return;
  if (record.outcome.result() != stream::v1alpha1::EFFECT_RESULT_DONE) {
    wait(book, row, record.outcome.code());
    return;
  }
  grant_claim(book, row);
}

void conclude_mail(CaseBook& book, const stream::Record& record) {
  const std::string id = record.outcome.effect().substr(0, record.outcome.effect().find('/'));
  auto* row = book.action(id);
  ENCOURS_CHECK(row != nullptr, "a mail is asked for an action that is known");
  const std::string& code = record.outcome.code();
  switch (record.outcome.result()) {
    case stream::v1alpha1::EFFECT_RESULT_DONE:
      conclude_sent(book, row, record);
      return;
    case stream::v1alpha1::EFFECT_RESULT_UNKNOWN: {
      DunningRecord fact;
      fact.mutable_action_unknown()->set_action(id);
      fact.mutable_action_unknown()->set_reason_code(code);
      book.emit(fact);
      wait(book, row, code);
      change(book, row->mutable_action(), v1alpha1::ACTION_STATE_UNKNOWN, code);
      return;
    }
    default:
      conclude_failed(book, row, code, is_final(code));
  }
}

}  // namespace encours::dunning
