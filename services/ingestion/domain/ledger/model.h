// The words of the ledger: its rows, their keys, the two ends of an allocation, versions and days.
//
// An allocation joins an invoice with an origin, which is a payment or a credit note; either is an
// End. Everything here is a value or a pure function; rows are changed through the Book (book.h).
// The tables are those of one account: their keys stand behind the scope (tenant, account).
#pragma once

#include <google/type/date.pb.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/stream/view.h"
#include "common/time/civil.h"
#include "encours/erp/v1alpha1/events.pb.h"
#include "encours/ingestion/v1alpha1/inbox.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/state/v1alpha1/ledger.pb.h"
#include "encours/state/v1alpha1/ledger_rows.pb.h"

namespace encours::ingestion::ledger {

namespace erp = encours::erp::v1alpha1;
namespace state = encours::state::v1alpha1;
using encours::common::v1alpha1::Money;
using encours::ingestion::v1alpha1::LedgerRecord;
using encours::receivables::v1alpha1::AccountBalance;
using encours::receivables::v1alpha1::AgingBucket;
using encours::receivables::v1alpha1::ReceivableRecord;
using InvoiceRow = state::LedgerInvoiceRow;
using PaymentRow = state::LedgerPaymentRow;
using CreditNoteRow = state::LedgerCreditNoteRow;
using AllocationRow = state::LedgerAllocationRow;
using ReversalRow = state::LedgerReversalRow;
using ProtoDate = google::type::Date;

inline constexpr const char* kLedgerTopic = "encours.ingestion.ledger";
inline constexpr const char* kReceivablesTopic = "encours.receivables";
inline constexpr const char* kPersonsTopic = "encours.persons";

// The only kind of timer: an invoice comes into its next bucket. Its entity is the number.
inline constexpr std::uint8_t kAgingTimer = 1;

// No document is larger, so that no sum of an account comes near the end of int64.
inline constexpr std::int64_t kMaxAmountMinor = 1'000'000'000'000'000;
inline constexpr std::int64_t kMaxBalanceMinor = 1'000 * kMaxAmountMinor;

// What an allocation has at either side. The numbers stand in keys.
enum class EndKind : std::uint8_t { kInvoice = 1, kPayment = 2, kCreditNote = 3 };

struct End {
  EndKind kind = EndKind::kInvoice;
  std::string id;

  friend bool operator==(const End&, const End&) = default;
  friend auto operator<=>(const End&, const End&) = default;
};
inline End invoice_end(std::string number) { return {EndKind::kInvoice, std::move(number)}; }
inline End payment_end(std::string id) { return {EndKind::kPayment, std::move(id)}; }
inline End credit_note_end(std::string number) { return {EndKind::kCreditNote, std::move(number)}; }
End origin_of(const AllocationRow& allocation);

// tenant, account
inline constexpr Table<state::AccountRow> kAccountTable{0x30, "account", "ss"};
// tenant, account
inline constexpr Table<state::InternalLimitRow> kInternalLimitTable{0x39, "internal_limit", "ss"};
// tenant, account, currency
inline constexpr Table<state::BalanceRow> kBalanceTable{0x31, "balance", "sss"};
// tenant, account, number
inline constexpr Table<InvoiceRow> kInvoiceTable{0x32, "invoice", "sss"};
// tenant, account, payment id
inline constexpr Table<PaymentRow> kPaymentTable{0x33, "payment", "sss"};
// tenant, account, number
inline constexpr Table<CreditNoteRow> kCreditNoteTable{0x34, "credit_note", "sss"};
// tenant, account, allocation id
inline constexpr Table<AllocationRow> kAllocationTable{0x35, "allocation", "sss"};
// tenant, account, kind of the end, its id, the other end's id, allocation id
inline constexpr Table<state::AllocationIndexRow> kAllocationIndexTable{
    0x36, "allocation_index", "ssbsss", "the same allocations in another order"};
// tenant, account, what is named (0: allocation id and "", 2: payment id and invoice number, 4: a
// rejected payment's id and ""), then source and id of the event
inline constexpr Table<ReversalRow> kReversalTable{0x37, "reversal", "ssbssss"};
// tenant, account, kind of the end that it waits for, its id, source and id of the event
inline constexpr Table<state::ParkedEventRow> kParkedTable{0x38, "parked_event", "ssbsss"};

inline KeyWriter one_key(std::string_view id) { return std::move(KeyWriter().text(id)); }
inline KeyWriter end_key(const End& end) {
  return std::move(KeyWriter().byte(static_cast<std::uint8_t>(end.kind)).text(end.id));
}

// Days. A date that is unset or no day of the calendar is nullopt.
std::optional<Date> to_date(const ProtoDate& date);
void set_date(Date date, ProtoDate* out);
void set_instant(Instant at, google::protobuf::Timestamp* out);
Instant to_instant(const google::protobuf::Timestamp& timestamp);
void set_money(std::string_view currency, std::int64_t minor, Money* out);

// Version of an entity as its source counts it; 0 where it does not.
std::int64_t version_number(const erp::ErpEvent& event);
std::int64_t version_number(const state::EntityVersion& version);
state::EntityVersion version_of(const erp::ErpEvent& event);

// First 16 bytes of the SHA-256 of a message.
std::string content_digest(const google::protobuf::MessageLite& content);

// What events must have before they may change anything. The Error names the field.
Status need_text(std::string_view text, const char* field);
Result<Date> need_date(const ProtoDate& date, const char* field);
// Known currency, 0 to kMaxAmountMinor.
Status need_amount(bool is_set, const Money& amount, const std::string& field);

}  // namespace encours::ingestion::ledger
