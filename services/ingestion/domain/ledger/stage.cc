#include "services/ingestion/domain/ledger/stage.h"

#include "common/base/check.h"
#include "common/stream/topology.h"
#include "services/ingestion/domain/ledger/aging.h"
#include "services/ingestion/domain/ledger/conclude.h"
#include "services/ingestion/domain/ledger/decide_event.h"

namespace encours::ingestion::ledger {
namespace {

using stream::Effects;
using stream::Record;
using stream::View;

Effects fire_timer(const View& view, const Record& record, const Zone& zone) {
  ENCOURS_CHECK(record.timer.kind == kAgingTimer, "the ledger has one kind of timer");
  KeyReader entity(record.timer.entity);
  const auto number = entity.text();
  ENCOURS_CHECK(number.has_value(), "a timer names its invoice");
  Book book(view, record, zone);
  fire_aging(book, *number);
  return std::move(book).finish();
}

Result<Effects> take_event(const View& view, const Record& record, const Zone& zone) {
  LedgerRecord input;
  if (!input.ParseFromString(record.value)) {
    return poison("unreadable_record", "", "The ledger can't read this record.");
  }
  Book book(view, record, zone);
  if (auto done = decide_event(book, input); !done) {
    // Only the refusal: what the event had begun is dropped with its Book.
    Book empty(view, record, zone);
    empty.begin(&input);
    empty.refuse(done.failure(), input.event(), input.personal());
    return std::move(empty).finish();
  }
  conclude_invoices(book);
  return std::move(book).finish();
}

}  // namespace

std::vector<stream::StageInput> LedgerStage::inputs() const {
  return {{kLedgerTopic, stream::InputKind::kFacts, {"identity", "reference"}, true}};
}

std::vector<stream::TickOutput> LedgerStage::tick_outputs() const {
  // To the dead letters as well: a tick there says that all earlier refusals of ingestion stand.
  return {{kReceivablesTopic, false}, {stream::kDeadLettersTopic, true}};
}

std::vector<TableInfo> LedgerStage::tables() const {
  return {kAccountTable.info(),
          kInternalLimitTable.info(),
          kBalanceTable.info(),
          kInvoiceTable.info(),
          kPaymentTable.info(),
          kCreditNoteTable.info(),
          kAllocationTable.info(),
          kAllocationIndexTable.info(),
          kReversalTable.info(),
          kParkedTable.info()};
}

Result<Effects> LedgerStage::decide(const View& view,
                                    const Record& record,
                                    const stream::Settings& settings) const {
  const auto* tenant = settings.tenant(record.tenant());
  if (tenant == nullptr) {
    ENCOURS_CHECK(record.kind != stream::RecordKind::kTimer, "a tenant is never removed");
    return poison("unknown_tenant", "tenant", "No such tenant is open.");
  }
  const auto zone = Zone::load(tenant->time_zone());
  ENCOURS_CHECK(zone.ok(), "the zone of a tenant is checked when it is opened");
  if (record.kind == stream::RecordKind::kTimer) return fire_timer(view, record, *zone);
  return take_event(view, record, *zone);
}

}  // namespace encours::ingestion::ledger
