// An ERP that publishes invoices at a steady rate, each by a call of its own.
//
// The load is open: an event's moment is the one at which it was to leave, so a slow answer does
// not slow the events behind it down, and waiting counts as latency. One customer for each late
// invoice (its mail and its alert belong to this one event), a few for all others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/rpc/client.h"

namespace encours::perf {

struct LoadPlan {
  std::string tenant;
  int per_second = 100;
  int seconds = 60;
  // One of so many invoices is late, and over the limit of its account.
  int one_late_in = 5;
};

// Called with the name of a moment ("published", "accepted") of an invoice, from several threads.
using Note = std::function<void(const char* moment, const std::string& invoice)>;

// Number of the i-th invoice, and its account.
std::string invoice_number(std::int64_t i);
bool is_late(const LoadPlan& plan, std::int64_t i);

// Customers with a contact and a limit, before the load.
Status publish_customers(const LoadPlan& plan, rpc::Client& client);
Status publish_load(const LoadPlan& plan, rpc::Client& client, const Note& note);

}  // namespace encours::perf
