// Journal: all events of the sample, in the order in which they were recorded.
//
// What would be recorded after the last day is left out, so a story may be told to its end and the
// last day cuts it where it stands. Owned by generate(); one thread.
#pragma once

#include <string>
#include <vector>

#include "common/time/date.h"
#include "encours/erp/v1alpha1/events.pb.h"

namespace encours::sample {

namespace erp = encours::erp::v1alpha1;

void set_date(Date day, google::type::Date* out);
Date to_date(const google::type::Date& date);
void set_money(const std::string& currency,
               std::int64_t minor,
               encours::common::v1alpha1::Money* out);

struct Entry {
  Date recorded;
  erp::ErpEvent event;
};

class Journal {
 public:
  explicit Journal(Date end) : end_(end) {}

  Date end() const { return end_; }

  // `event` has its body; `id` is the source's own. Recorded on the same day unless said otherwise.
  void add(const char* source, const std::string& id, Date occurred, erp::ErpEvent event);
  void add_late(
      const char* source, const std::string& id, Date occurred, Date recorded, erp::ErpEvent event);

  // Sorted by the day of recording; within a day in the order of adding, customers first.
  std::vector<Entry> take();

 private:
  Date end_;
  std::vector<Entry> entries_;
};

// One line of proto3 JSON, without its end of line.
std::string to_json(const erp::ErpEvent& event);

}  // namespace encours::sample
