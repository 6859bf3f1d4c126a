#include "deploy/sample/journal.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

#include "common/base/check.h"

namespace encours::sample {

void set_date(Date day, google::type::Date* out) {
  const YearMonthDay ymd = day.ymd();
  out->set_year(ymd.year);
  out->set_month(ymd.month);
  out->set_day(ymd.day);
}

Date to_date(const google::type::Date& date) {
  return Date::from_ymd(date.year(), date.month(), date.day()).value();
}

void set_money(const std::string& currency,
               std::int64_t minor,
               encours::common::v1alpha1::Money* out) {
  out->set_currency_code(currency);
  out->set_minor(minor);
}

void Journal::add(const char* source, const std::string& id, Date occurred, erp::ErpEvent event) {
  add_late(source, id, occurred, occurred, std::move(event));
}

void Journal::add_late(
    const char* source, const std::string& id, Date occurred, Date recorded, erp::ErpEvent event) {
  ENCOURS_CHECK(occurred <= recorded, "nothing is recorded before it happens");
  if (recorded > end_) return;
  event.set_source(source);
  event.set_id(id);
  set_date(occurred, event.mutable_occurred_on());
  if (recorded != occurred) set_date(recorded, event.mutable_recorded_on());
  entries_.push_back({recorded, std::move(event)});
}

std::vector<Entry> Journal::take() {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& left, const Entry& right) {
    if (left.recorded != right.recorded) return left.recorded < right.recorded;
    return left.event.has_customer_upserted() && !right.event.has_customer_upserted();
  });
  return std::move(entries_);
}

std::string to_json(const erp::ErpEvent& event) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(event, &text, options);
  ENCOURS_CHECK(status.ok(), "an event of the contract can be printed");
  return text;
}

}  // namespace encours::sample
