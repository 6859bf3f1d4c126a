#include "services/ingestion/domain/identity_stage.h"

#include "common/stream/decode.h"
#include "services/ingestion/domain/dead_letter.h"
#include "services/ingestion/domain/identifiers.h"
#include "services/ingestion/domain/references.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;
namespace state = encours::state::v1alpha1;
using proto::CheckIdentity;
using proto::LookupRecord;
using stream::Effects;
using stream::Record;

// The event to its ledger, and each reference that it brings to the one who keeps it.
void send_to_ledger(const LookupRecord& lookup, const std::string& account, Effects* effects) {
  const CheckIdentity& check = lookup.check_identity();
  const ErpEvent& event = check.event();
  proto::LedgerRecord body;
  body.set_account(account);
  *body.mutable_event() = event;
  *body.mutable_source() = lookup.source();
  body.set_content_digest(check.content_digest());
  body.set_personal(check.personal());
  effects->emit(kLedgerTopic, ledger_key(event.tenant(), account), body);
  if (account == kSuspenseAccount) return;
  for (const Reference& reference : references_brought_by(event)) {
    const std::string name = normal_reference(reference.name);
    LookupRecord out;
    proto::RegisterReference& entry = *out.mutable_register_reference();
    entry.set_kind(reference.kind);
    entry.set_reference(name);
    entry.set_account(account);
    entry.set_entity(reference.entity);
    effects->emit(kReferenceTopic, reference_key(event.tenant(), reference.kind, name), out);
  }
}

void send_to_lookup(const LookupRecord& lookup, const Reference& reference, Effects* effects) {
  const CheckIdentity& check = lookup.check_identity();
  LookupRecord out;
  *out.mutable_source() = lookup.source();
  proto::ResolveReference& resolve = *out.mutable_resolve_reference();
  resolve.set_kind(reference.kind);
  resolve.set_reference(normal_reference(reference.name));
  *resolve.mutable_event() = check.event();
  resolve.set_personal(check.personal());
  resolve.set_content_digest(check.content_digest());
  effects->emit(kReferenceTopic,
                reference_key(check.event().tenant(), resolve.kind(), resolve.reference()),
                out);
}

}  // namespace

std::string IdentityStage::name() const { return kIdentityStage; }

std::vector<stream::StageInput> IdentityStage::inputs() const {
  return {{kIdentityTopic, stream::InputKind::kFacts, {kInboxStage}, true}};
}

std::vector<stream::TickOutput> IdentityStage::tick_outputs() const {
  return {{kReferenceTopic, true}, {kLedgerTopic, true}};
}

std::vector<TableInfo> IdentityStage::tables() const { return {kEventSeenTable.info()}; }

Result<Effects> IdentityStage::decide(const stream::View& view,
                                      const Record& record,
                                      const stream::Settings&) const {
  LookupRecord lookup;
  if (!lookup.ParseFromString(record.value) || !lookup.has_check_identity()) {
    return poison("unreadable_lookup_record", "", "The record asks for no identity.");
  }
  Effects effects(view);
  const CheckIdentity& check = lookup.check_identity();
  const auto seen = view.get(kEventSeenTable);
  const bool refused_since = !check.refused_letter().empty() && seen.has_value() &&
                             seen->replayed_letter() != check.refused_letter();
  if (seen && !refused_since) {
    if (seen->content_digest() == check.content_digest()) return effects;
    effects.refusals.push_back(refusal_of(
        check.event(),
        check.personal(),
        lookup.source(),
        refused("conflicting_duplicate",
                "id",
                "Another event has come under this id before, and it stands. Send this one under "
                "an id of its own, or cancel the first.")));
    return effects;
  }
  state::EventSeenRow row;
  row.set_content_digest(check.content_digest());
  row.set_replayed_letter(check.refused_letter());
  stream::set_timestamp(record.at, row.mutable_recorded_at());
  effects.put(kEventSeenTable, row);
  const std::string& account = account_of(check.event());
  const auto reference = reference_to_ask(check.event());
  if (!account.empty()) {
    send_to_ledger(lookup, account, &effects);
  } else if (reference) {
    send_to_lookup(lookup, *reference, &effects);
  } else {
    send_to_ledger(lookup, kSuspenseAccount, &effects);
  }
  return effects;
}

}  // namespace encours::ingestion
