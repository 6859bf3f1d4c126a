#include "services/ingestion/domain/ledger/model.h"

#include "common/base/hash.h"
#include "common/money/currency.h"
#include "common/stream/effects.h"

namespace encours::ingestion::ledger {

End origin_of(const AllocationRow& allocation) {
  const auto& row = allocation.allocation();
  return row.payment().empty() ? credit_note_end(row.credit_note()) : payment_end(row.payment());
}

std::optional<Date> to_date(const ProtoDate& date) {
  auto day = Date::from_ymd(date.year(), date.month(), date.day());
  if (!day) return std::nullopt;
  return *day;
}

void set_date(Date date, ProtoDate* out) {
  const YearMonthDay parts = date.ymd();
  out->set_year(parts.year);
  out->set_month(parts.month);
  out->set_day(parts.day);
}

void set_instant(Instant at, google::protobuf::Timestamp* out) {
  out->set_seconds(at.unix_seconds());
  out->set_nanos(at.nanos_of_second());
}

Instant to_instant(const google::protobuf::Timestamp& timestamp) {
  return Instant::from_unix_seconds(timestamp.seconds(), timestamp.nanos());
}

void set_money(std::string_view currency, std::int64_t minor, Money* out) {
  out->set_currency_code(std::string(currency));
  out->set_minor(minor);
}

std::int64_t version_number(const erp::ErpEvent& event) {
  if (event.has_changed_at()) return to_instant(event.changed_at()).unix_micros();
  return event.sequence();
}

std::int64_t version_number(const state::EntityVersion& version) {
  if (version.has_changed_at()) return to_instant(version.changed_at()).unix_micros();
  return version.sequence();
}

state::EntityVersion version_of(const erp::ErpEvent& event) {
  state::EntityVersion version;
  version.set_source(event.source());
  version.set_source_id(event.id());
  if (event.has_changed_at()) {
    *version.mutable_changed_at() = event.changed_at();
  } else {
    version.set_sequence(event.sequence());
  }
  return version;
}

std::string content_digest(const google::protobuf::MessageLite& content) {
  constexpr std::size_t kDigestBytes = 16;
  const Sha256 hash = sha256(stream::Effects::serialise(content));
  return std::string(hash.begin(), hash.begin() + kDigestBytes);
}

Status need_text(std::string_view text, const char* field) {
  if (text.empty()) return refused("missing_field", field, "This field is needed.");
  return {};
}

Result<Date> need_date(const ProtoDate& date, const char* field) {
  if (date.year() == 0) return refused("missing_field", field, "This date is needed.");
  const auto day = to_date(date);
  if (!day) return refused("invalid_date", field, "There is no such day.");
  return *day;
}

Status need_amount(bool is_set, const Money& amount, const std::string& field) {
  if (!is_set) return refused("missing_field", field, "This amount is needed.");
  if (const auto currency = Currency::parse(amount.currency_code()); !currency) {
    Error why = currency.failure();
    why.field = field;
    return why;
  }
  if (amount.minor() < 0) {
    return refused("negative_amount", field, "A claim or payment has no negative amount.");
  }
  if (amount.minor() > kMaxAmountMinor) {
    return refused("amount_out_of_range", field, "The amount is above the limit of a document.");
  }
  return {};
}

}  // namespace encours::ingestion::ledger
