// The words of portfolio: its rows and their keys, and days as its messages write them.
//
// Everything here is a value or a pure function. Rows of one account stand behind the scope
// (tenant, account). Movements are never changed: what corrects one is another one.
#pragma once

#include <google/type/date.pb.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/stream/kept_persons.h"
#include "common/stream/view.h"
#include "common/time/civil.h"
#include "encours/alerting/v1alpha1/alerts.pb.h"
#include "encours/dunning/v1alpha1/actions.pb.h"
#include "encours/portfolio/v1alpha1/portfolio.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/risk/v1alpha1/facts.pb.h"
#include "encours/scoring/v1alpha1/scores.pb.h"
#include "encours/state/v1alpha1/portfolio.pb.h"

namespace encours::portfolio {

namespace state = encours::state::v1alpha1;
namespace api = encours::portfolio::v1alpha1;
using encours::alerting::v1alpha1::AlertRecord;
using encours::dunning::v1alpha1::DunningRecord;
using encours::receivables::v1alpha1::AgingBucket;
using encours::receivables::v1alpha1::ReceivableRecord;
using encours::risk::v1alpha1::RiskRecord;
using encours::scoring::v1alpha1::ScoreRecord;
using ProtoDate = google::type::Date;
using ProtoMoney = encours::common::v1alpha1::Money;
using Timestamp = google::protobuf::Timestamp;

inline constexpr const char* kStageName = "portfolio";
inline constexpr const char* kReceivablesTopic = "encours.receivables";
inline constexpr const char* kAlertsTopic = "encours.alerts";
inline constexpr const char* kRiskTopic = "encours.risk";
inline constexpr const char* kScoresTopic = "encours.scores";
inline constexpr const char* kDunningTopic = "encours.dunning";

// Payments and credit notes bring money that an invoice may take. The numbers stand in keys.
enum class CreditKind : std::uint8_t { kPayment = 1, kCreditNote = 2 };

// tenant, account
inline constexpr Table<state::CustomerViewRow> kCustomerTable{0x20, "customer", "ss"};
// tenant, account, currency
inline constexpr Table<state::CustomerBalanceRow> kBalanceTable{0x21, "customer_balance", "sss"};
// tenant, account, number
inline constexpr Table<state::InvoiceViewRow> kInvoiceTable{0x22, "invoice", "sss"};
// tenant, account, number, recorded at, part, record id. Parts keep versions of one instant and the
// movements of one record in order.
inline constexpr Table<state::InvoiceMovementRow> kInvoiceMovementTable{
    0x23, "invoice_movement", "sssnns"};
// tenant, account, currency, CreditKind, payment or credit note, recorded at, part, record id
inline constexpr Table<state::UnallocatedMovementRow> kUnallocatedMovementTable{
    0x24, "unallocated_movement", "sssbsnns"};
// tenant, account, recorded at, order key, record id
inline constexpr Table<state::TimelineRow> kTimelineTable{0x25, "timeline", "ssnss"};
// tenant, account, CreditKind, id: the amount and date of a payment or credit note as they stand.
inline constexpr Table<state::InvoiceMovementRow> kCreditTable{0x26, "credit", "ssbs"};
// tenant, account, first day
inline constexpr Table<state::CustomerLimitRow> kLimitTable{0x27, "customer_limit", "ssn"};
// tenant, account
inline constexpr Table<state::CustomerRiskRow> kRiskTable{0x28, "customer_risk", "ss"};
// tenant, account: the last score.
inline constexpr Table<encours::scoring::v1alpha1::ScoreComputed> kScoreTable{
    0x29, "customer_score", "ss"};
// tenant, account, currency
inline constexpr Table<state::CustomerDunningRow> kDunningTable{0x2A, "customer_dunning", "sss"};
// tenant, account, action
inline constexpr Table<state::CustomerActionRow> kActionTable{0x2B, "customer_action", "sss"};
// What accounts are called, sealed.
inline constexpr auto kPersons = stream::person_tables(0x2C, 0x2D);

// A date that is unset or no day of the calendar is nullopt.
std::optional<Date> to_date(const ProtoDate& date);
void set_date(Date date, ProtoDate* out);

ProtoMoney make_money(std::string_view currency, std::int64_t minor);

}  // namespace encours::portfolio
