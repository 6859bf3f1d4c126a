#include "services/ingestion/domain/reference_stage.h"

#include <optional>
#include <set>

#include "common/stream/decode.h"
#include "services/ingestion/domain/dead_letter.h"
#include "services/ingestion/domain/identifiers.h"
#include "services/ingestion/domain/references.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;
namespace state = encours::state::v1alpha1;
using proto::LookupRecord;
using proto::RegisterReference;
using proto::ResolveReference;
using state::ParkedEventRow;
using state::ReferenceRow;
using stream::Effects;
using stream::Record;
using stream::View;

constexpr const char* kPersonsTopic = "encours.persons";
// More owners than this are not told apart; two accounts are enough to be unsure.
constexpr std::size_t kMaxOwnersRead = 1000;

std::vector<ReferenceRow> owners_of(const View& view) {
  std::vector<ReferenceRow> owners;
  view.scan(kReferenceTable, {}, [&](std::string_view, ReferenceRow row) {
    owners.push_back(std::move(row));
    return owners.size() < kMaxOwnersRead;
  });
  return owners;
}

struct Match {
  bool ambiguous = false;
  std::optional<ReferenceRow> owner;
};

// Owners that are named exactly come before those that only look alike ("007" and "7"). One
// account is an answer, two are a question for a person.
Match match(const std::vector<ReferenceRow>& owners, const ResolveReference& resolve) {
  const auto named = reference_to_ask(resolve.event());
  std::vector<const ReferenceRow*> chosen;
  for (const auto& owner : owners) {
    if (named && owner.entity() == named->name) chosen.push_back(&owner);
  }
  if (chosen.empty()) {
    for (const auto& owner : owners) chosen.push_back(&owner);
  }
  std::set<std::string> accounts;
  for (const auto* owner : chosen) accounts.insert(owner->account());
  Match result;
  result.ambiguous = accounts.size() > 1;
  if (accounts.size() == 1) result.owner = *chosen.front();
  return result;
}

// The event to the ledger of the account that was found, or to the suspense account.
stream::Fact& send(const LookupRecord& lookup, const Match& found, Effects* effects) {
  const ResolveReference& resolve = lookup.resolve_reference();
  const std::string account = found.owner ? found.owner->account() : kSuspenseAccount;
  proto::LedgerRecord body;
  body.set_account(account);
  *body.mutable_event() = resolve.event();
  *body.mutable_source() = lookup.source();
  body.set_content_digest(resolve.content_digest());
  body.set_personal(resolve.personal());
  if (found.owner) {
    body.mutable_matched_by()->set_kind(resolve.kind());
    body.mutable_matched_by()->set_reference(resolve.reference());
    body.set_matched_entity(found.owner->entity());
  }
  return effects->emit(kLedgerTopic, ledger_key(resolve.event().tenant(), account), body);
}

void refuse(const LookupRecord& lookup, Error why, Effects* effects) {
  const ResolveReference& resolve = lookup.resolve_reference();
  effects->refusals.push_back(
      refusal_of(resolve.event(), resolve.personal(), lookup.source(), std::move(why)));
}

Error unknown(const ResolveReference& resolve) {
  return refused("reference_unknown",
                 reference_kind_name(resolve.kind()),
                 "Nothing is known under this reference. Send what it names first, or name the "
                 "account.");
}

Error ambiguous(const ResolveReference& resolve) {
  return refused("reference_ambiguous",
                 reference_kind_name(resolve.kind()),
                 "Several accounts own this reference. Name the account.");
}

bool is_money(const ErpEvent& event) {
  return event.has_payment_received() || event.has_down_payment_received();
}

// The runtime seals them; nobody knows yet whose they are, so the suspense account keeps them.
void seal_personal(const ResolveReference& resolve, Effects* effects) {
  if (resolve.personal().empty()) return;
  const ErpEvent& event = resolve.event();
  const std::string document = event.has_payment_received()
                                   ? "payment:" + event.payment_received().payment()
                                   : "event:" + event.source() + ":" + event.id();
  stream::Fact& fact = effects->emit(
      kPersonsTopic,
      stream::make_key(event.tenant(), std::string(kSuspenseAccount) + "//" + document),
      event);
  fact.body = resolve.personal();
  fact.sealed = true;
  fact.account = kSuspenseAccount;
  fact.record = document;
  fact.type = ErpEvent::descriptor()->full_name();
}

void set_waiting(const View& view, int change, Effects* effects) {
  state::ReferenceStandRow stand;
  if (const auto old = view.get(kReferenceStandTable)) stand = *old;
  stand.set_waiting_count(stand.waiting_count() + change);
  if (stand.waiting_count() > 0) {
    effects->put(kReferenceStandTable, stand);
  } else {
    effects->erase(kReferenceStandTable);
  }
}

void park(const View& view, const Record& record, const LookupRecord& lookup, Effects* effects) {
  const auto stand = view.get(kReferenceStandTable);
  if (stand && stand->waiting_count() >= kMaxWaitingPerReference) {
    refuse(lookup, unknown(lookup.resolve_reference()), effects);
    return;
  }
  ParkedEventRow row;
  row.mutable_waits_for()->set_kind(lookup.resolve_reference().kind());
  row.mutable_waits_for()->set_reference(lookup.resolve_reference().reference());
  *row.mutable_lookup() = lookup;
  row.mutable_lookup()->clear_envelope();
  row.mutable_lookup()->mutable_resolve_reference()->clear_personal();
  stream::set_timestamp(record.at, row.mutable_parked_at());
  row.set_cause(record.envelope.cause());
  row.set_correlation(record.envelope.correlation());
  row.set_actor(record.envelope.actor());
  const KeyWriter rest = std::move(KeyWriter()
                                       .number(record.at.unix_micros())
                                       .text(record.envelope.order_key())
                                       .text(record.envelope.id()));
  seal_personal(lookup.resolve_reference(), effects);
  effects->put(kParkedLookupTable, row, rest);
  effects->set_timer(kParkedTimer, rest, record.at + kWaitsAtMost);
  set_waiting(view, 1, effects);
}

// All that waited for this reference, in the order in which it came.
void release_waiting(const View& view, const std::vector<ReferenceRow>& owners, Effects* effects) {
  int released = 0;
  view.scan(kParkedLookupTable, {}, [&](std::string_view rest, const ParkedEventRow& row) {
    const Match found = match(owners, row.lookup().resolve_reference());
    if (found.ambiguous) {
      refuse(row.lookup(), ambiguous(row.lookup().resolve_reference()), effects);
    } else {
      send(row.lookup(), found, effects).actor = row.actor();
    }
    // The rest begins behind the scope, so it is in key form already.
    const KeyWriter key{std::string(rest)};
    effects->erase(kParkedLookupTable, key);
    effects->clear_timer(kParkedTimer, key);
    ++released;
    return true;
  });
  if (released > 0) set_waiting(view, -released, effects);
}

void enter(const View& view,
           const Record& record,
           const RegisterReference& entry,
           Effects* effects) {
  const KeyWriter key = std::move(KeyWriter().text(entry.account()).text(entry.entity()));
  if (entry.withdrawn()) {
    effects->erase(kReferenceTable, key);
    return;
  }
  if (view.get(kReferenceTable, key)) return;
  ReferenceRow row;
  row.set_account(entry.account());
  row.set_entity(entry.entity());
  stream::set_timestamp(record.at, row.mutable_recorded_at());
  effects->put(kReferenceTable, row, key);
  auto owners = owners_of(view);
  owners.push_back(std::move(row));
  release_waiting(view, owners, effects);
}

void resolve(const View& view, const Record& record, const LookupRecord& lookup, Effects* effects) {
  const ResolveReference& question = lookup.resolve_reference();
  const Match found = match(owners_of(view), question);
  if (found.owner) {
    send(lookup, found, effects);
  } else if (found.ambiguous) {
    refuse(lookup, ambiguous(question), effects);
  } else {
    park(view, record, lookup, effects);
  }
}

// It has waited long enough. Money must be seen somewhere, so it is booked without its owner.
void give_up(const View& view, const std::string& parked, Effects* effects) {
  const KeyWriter key{std::string(parked)};
  const auto row = view.get(kParkedLookupTable, key);
  if (!row) return;
  if (is_money(row->lookup().resolve_reference().event())) {
    send(row->lookup(), Match{}, effects).actor = row->actor();
  } else {
    refuse(row->lookup(), unknown(row->lookup().resolve_reference()), effects);
  }
  effects->erase(kParkedLookupTable, key);
  set_waiting(view, -1, effects);
}

}  // namespace

std::string ReferenceStage::name() const { return kReferenceStage; }

std::vector<stream::StageInput> ReferenceStage::inputs() const {
  return {{kReferenceTopic, stream::InputKind::kFacts, {kIdentityStage}, true}};
}

std::vector<stream::TickOutput> ReferenceStage::tick_outputs() const {
  return {{kLedgerTopic, true}};
}

std::vector<TableInfo> ReferenceStage::tables() const {
  return {kReferenceTable.info(), kParkedLookupTable.info(), kReferenceStandTable.info()};
}

Result<Effects> ReferenceStage::decide(const View& view,
                                       const Record& record,
                                       const stream::Settings&) const {
  Effects effects(view);
  if (record.kind == stream::RecordKind::kTimer) {
    give_up(view, record.timer.entity, &effects);
    return effects;
  }
  LookupRecord lookup;
  if (!lookup.ParseFromString(record.value)) {
    return poison("unreadable_lookup_record", "", "The record is no LookupRecord.");
  }
  if (lookup.has_register_reference()) {
    enter(view, record, lookup.register_reference(), &effects);
  } else if (lookup.has_resolve_reference()) {
    resolve(view, record, lookup, &effects);
  } else {
    return poison("unreadable_lookup_record", "", "The record neither registers nor asks.");
  }
  return effects;
}

}  // namespace encours::ingestion
