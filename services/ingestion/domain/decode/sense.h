// Sense holds the words in which the rules of the single events are written (validate_*.cc).
//
// Each method adds a finding where its rule does not hold, at the path below the event's own name.
// A value of one call. Fields whose form is wrong have their finding already and are passed over.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/time/civil.h"
#include "encours/erp/v1alpha1/events.pb.h"
#include "services/ingestion/domain/decode/findings.h"

namespace encours::ingestion {

namespace erp = encours::erp::v1alpha1;
using ProtoMoney = encours::common::v1alpha1::Money;
using ProtoDate = google::type::Date;

class Sense {
 public:
  Sense(std::string event, Findings* findings) : event_(std::move(event)), findings_(*findings) {}

  void add(std::string code, std::string_view field, std::string message);

  void need(bool is_there, std::string_view field, std::string_view what);
  // An account that is there must not take a name of ours.
  void account(const std::string& account);
  void need_account(const std::string& account);
  void need_date(bool is_set, std::string_view field, std::string_view what);

  // Amounts that must be there, and amounts that must make sense if they are.
  void need_positive(bool is_set, const ProtoMoney& amount, std::string_view field);
  void positive(bool is_set, const ProtoMoney& amount, std::string_view field);
  void not_negative(bool is_set, const ProtoMoney& amount, std::string_view field);
  void same_currency(bool is_set,
                     const ProtoMoney& amount,
                     const ProtoMoney& main,
                     std::string_view field);

  // `later` must not be before `earlier`, where both are days that exist.
  void not_before(const ProtoDate& later,
                  const ProtoDate& earlier,
                  const char* code,
                  std::string_view field,
                  const char* message);

 private:
  std::string path(std::string_view field) const { return event_ + "." + std::string(field); }

  std::string event_;
  Findings& findings_;
};

// One for each kind of event, in the file that is named after its family.
void check(const erp::CustomerUpserted& event, Sense sense);
void check(const erp::InternalLimitSet& event, Sense sense);
void check(const erp::InvoiceIssued& event, Sense sense);
void check(const erp::CreditNoteIssued& event, Sense sense);
void check(const erp::InvoiceCancelled& event, Sense sense);
void check(const erp::EInvoiceStatusChanged& event, Sense sense);
void check(const erp::OrderPlaced& event, Sense sense);
void check(const erp::OrderInvoiced& event, Sense sense);
void check(const erp::PaymentReceived& event, Sense sense);
void check(const erp::PaymentAllocated& event, Sense sense);
void check(const erp::AllocationReversed& event, Sense sense);
void check(const erp::PaymentRejected& event, Sense sense);
void check(const erp::DownPaymentReceived& event, Sense sense);
void check(const erp::TermPaperAccepted& event, Sense sense);
void check(const erp::WriteOffRecorded& event, Sense sense);
void check(const erp::SetOffRecorded& event, Sense sense);
void check(const erp::DisputeOpened& event, Sense sense);
void check(const erp::DisputeResolved& event, Sense sense);
void check(const erp::PromiseRecorded& event, Sense sense);
void check(const erp::HoldPlaced& event, Sense sense);
void check(const erp::HoldReleased& event, Sense sense);

}  // namespace encours::ingestion
