// The topics between ingestion's stages and their keys: one place that writes them down.
//
// Pure values. A key is "tenant/entity"; its hash chooses the partition, its two parts the scope.
#pragma once

#include <string>
#include <string_view>

#include "common/stream/record.h"
#include "encours/ingestion/v1alpha1/inbox.pb.h"

namespace encours::ingestion {

using ReferenceKind = encours::ingestion::v1alpha1::ReferenceKind;

inline constexpr const char* kInboxTopic = "encours.inbox";
inline constexpr const char* kIdentityTopic = "encours.ingestion.identity";
inline constexpr const char* kReferenceTopic = "encours.ingestion.reference";
inline constexpr const char* kLedgerTopic = "encours.ingestion.ledger";
inline constexpr const char* kCommandsTopic = "encours.ingestion.commands";

inline constexpr const char* kClockStage = "clock";
inline constexpr const char* kInboxStage = "inbox";
inline constexpr const char* kIdentityStage = "identity";
inline constexpr const char* kReferenceStage = "reference";
inline constexpr const char* kLettersStage = "letters";
inline constexpr const char* kLedgerStage = "ledger";
inline constexpr const char* kControlStage = "control";

// Money of which nobody knows the account stands here; no account of a source begins with "~".
inline constexpr const char* kSuspenseAccount = "~suspense";

// "invoice_number" for REFERENCE_KIND_INVOICE_NUMBER.
std::string reference_kind_name(ReferenceKind kind);

// Sources hold no slash (validate.h), so source and id can't run into each other.
std::string identity_key(std::string_view tenant, std::string_view source, std::string_view id);
std::string reference_key(std::string_view tenant, ReferenceKind kind, std::string_view reference);
std::string ledger_key(std::string_view tenant, std::string_view account);

// "tenant/settings" of the whole installation: commands about tenants and settings.
inline constexpr const char* kSettingsKey = "*/settings";

}  // namespace encours::ingestion
