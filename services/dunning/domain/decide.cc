#include "services/dunning/domain/decide.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/settings/policies.h"
#include "common/settings/scenario.h"
#include "common/stream/kept_persons.h"
#include "common/stream/topology.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "services/dunning/domain/actions.h"
#include "services/dunning/domain/casebook.h"

namespace encours::dunning {
namespace {

using encours::receivables::v1alpha1::ReceivableRecord;
using stream::Effects;
using stream::Record;
using stream::RecordKind;

constexpr int kReceivables = 0;
constexpr int kPersonKeysInput = 2;
// Invoices that one decision of a sweep looks at.
constexpr int kSweptAtOnce = 200;

// The open amount has changed; at zero nothing is said of the invoice any more.
void take_amount(CaseBook& book, const std::string& number,
                 const encours::common::v1alpha1::Money& open) {
  auto* row = book.invoice(number);
  if (row == nullptr) return;
  *row->mutable_open_amount() = open;
  if (!is_open(*row)) take_out(book, number, "settled");
  book.arm(number, *row);
}

// A new invoice, a newer version of it, or one that had been cancelled.
void take_invoice(CaseBook& book, const ReceivableRecord& fact) {
  const auto& said = fact.invoice_recorded();
  auto* known = book.invoice(said.invoice());
  auto& row = known == nullptr ? book.add_invoice(said.invoice()) : *known;
  if (known == nullptr) *row.mutable_known_on() = to_proto(book.today());
  *row.mutable_due_date() = said.due_date();
  // A later due date can make it not overdue again; that it is overdue the ledger says.
  if (date_of(said.due_date()) >= book.today()) row.set_overdue(false);
  take_amount(book, said.invoice(), said.open_amount());
}

void take_account(CaseBook& book, const ReceivableRecord& fact) {
  auto& row = book.account_row();
  *row.mutable_contacts() = fact.account_changed().contacts();
  row.set_language(fact.account_changed().language());
  row.set_owner(fact.account_changed().owner());
}

void take_fact(CaseBook& book, const ReceivableRecord& fact) {
  switch (fact.fact_case()) {
    case ReceivableRecord::kAccountChanged:
      return take_account(book, fact);
    case ReceivableRecord::kInvoiceRecorded:
      return take_invoice(book, fact);
    case ReceivableRecord::kInvoiceCancelled: {
      encours::common::v1alpha1::Money nothing = fact.invoice_cancelled().open_amount();
      nothing.set_minor(0);
      return take_amount(book, fact.invoice_cancelled().invoice(), nothing);
    }
    case ReceivableRecord::kAllocationRecorded:
      return take_amount(book, fact.allocation_recorded().invoice(),
                         fact.allocation_recorded().invoice_open_amount());
    case ReceivableRecord::kAllocationReversed:
      return take_amount(book, fact.allocation_reversed().invoice(),
                         fact.allocation_reversed().invoice_open_amount());
    case ReceivableRecord::kInvoiceOverdue:
      if (auto* row = book.invoice(fact.invoice_overdue().invoice())) row->set_overdue(true);
      return;
    default:
      return;  // Nothing that dunning goes by.
  }
}

// Looks at the invoices behind `after`, some at a time.
void sweep_invoices(CaseBook& book, const std::string& after) {
  std::vector<std::string> numbers;
  book.view().scan(kInvoiceTable, KeyWriter(),
                   [&](std::string_view key, const state::DunnedInvoiceRow& row) {
                     KeyReader reader(key);
                     const std::string number = reader.text().value_or("");
                     if (number > after && is_open(row)) numbers.push_back(number);
                     return numbers.size() < kSweptAtOnce;
                   });
  for (const auto& number : numbers) book.arm(number, *book.invoice(number));
  if (numbers.size() == kSweptAtOnce) {
    book.effects().set_timer(kSweepTimer, KeyWriter().text(numbers.back()), book.at());
  }
}

void sweep(CaseBook& book, const Record& record) {
  const auto changed = [&](const char* kind) {
    return std::find(record.changed_kinds.begin(), record.changed_kinds.end(), kind) !=
           record.changed_kinds.end();
  };
  if (changed(settings::kScenarioKind) || changed("tenant")) sweep_invoices(book, {});
  if (!changed(settings::kSendingKind)) return;
  std::vector<std::string> waiting;
  book.view().scan(kWaitingTable, KeyWriter(),
                   [&](std::string_view key, const state::WaitingActionRow&) {
                     KeyReader reader(key);
                     waiting.push_back(reader.text().value_or(""));
                     return true;
                   });
  for (const auto& id : waiting) claim_again(book, id);
}

void fire(CaseBook& book, const stream::TimerFired& timer) {
  KeyReader entity(timer.entity);
  const std::string name = entity.text().value_or("");
  switch (timer.kind) {
    case kStepTimer:
      return look_at_invoice(book, name, timer.due);
    case kFlushTimer:
      return make_up_message(book, name);
    case kRetryTimer:
      return claim_again(book, name);
    case kSweepTimer:
      return sweep_invoices(book, name);
    default:
      ENCOURS_CHECK(false, "dunning sets no other timer");
  }
}

void conclude(CaseBook& book, const Record& record) {
  const auto& effect = record.outcome.effect();
  if (effect.find("/collect/") != std::string::npos) return conclude_collect(book, record);
  if (effect.find("/claim/") != std::string::npos) return conclude_claim(book, record);
  return conclude_mail(book, record);
}

Result<Zone> zone_of(const stream::Settings& settings, const std::string& tenant) {
  const auto* setting = settings.tenant(tenant);
  if (setting == nullptr || setting->time_zone().empty()) return Zone();
  return Zone::load(setting->time_zone());
}

}  // namespace

std::vector<stream::StageInput> DunningStage::inputs() const {
  return {{.topic = "encours.receivables", .tick_stages = {"ledger"}},
          stream::person_inputs()[0],
          stream::person_inputs()[1],
          {.topic = "encours.dunning.outcomes", .kind = stream::InputKind::kOutcomes}};
}

std::vector<stream::TickOutput> DunningStage::tick_outputs() const { return {{kDunningTopic}}; }

std::vector<TableInfo> DunningStage::tables() const {
  return {kAccountTable.info(), kInvoiceTable.info(), kDueTable.info(), kActionTable.info(),
          kWaitingTable.info(), kCaseTable.info(), kPersons.persons.info(), kPersons.keys.info()};
}

std::vector<std::string> DunningStage::sweep_kinds() const {
  return {settings::kScenarioKind, settings::kSendingKind, "tenant"};
}

std::uint8_t DunningStage::sweep_table() const { return kAccountTable.id; }

std::string DunningStage::scope(const Record& record) const {
  if (record.kind == RecordKind::kFact && record.input != kReceivables) {
    const auto scope = stream::scope_of_person(record, record.input == kPersonKeysInput);
    if (scope) return *scope;
  }
  return Stage::scope(record);
}

Result<Effects> DunningStage::decide(const stream::View& view, const Record& record,
                                     const stream::Settings& settings) const {
  if (record.kind == RecordKind::kFact && record.input != kReceivables) {
    return stream::keep_person(view, record, record.input == kPersonKeysInput, kPersons,
                               stream::KeptPersons::kAll);
  }
  ENCOURS_ASSIGN(const Zone zone, zone_of(settings, record.tenant()));
  CaseBook book(view, record, settings, zone);
  switch (record.kind) {
    case RecordKind::kTimer:
      fire(book, record.timer);
      break;
    case RecordKind::kOutcome:
      conclude(book, record);
      break;
    case RecordKind::kSweep:
      sweep(book, record);
      break;
    default: {
      ReceivableRecord fact;
      if (!fact.ParseFromString(record.value)) {
        return poison("unreadable_fact", "", "A record of encours.receivables can't be read.");
      }
      if (fact.has_invoice_recorded() && !fact.invoice_recorded().has_open_amount()) {
        return poison("no_amount", "invoice_recorded.open_amount", "It says what is open.");
      }
      take_fact(book, fact);
    }
  }
  for (const auto& number : book.take_due_now()) say_at_once(book, number);
  return std::move(book).finish();
}

}  // namespace encours::dunning
