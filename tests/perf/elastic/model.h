// What is published of each customer, and what must have become of it.
//
// An event is a function of (seed, customer, number), so whoever reads an output knows by itself
// what it must say. The arithmetic is written down here a second time on purpose: it judges the
// stage and shares no code with it. Values only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace encours::perf {

struct Draw {
  bool pays = false;
  std::int64_t amount_cents = 0;
  std::int64_t due_ms = 0;
};

// Event `number` (from 1 on) of a customer.
Draw draw_event(std::uint64_t seed, std::int64_t customer, std::int64_t number);
// Whose the i-th event of all is.
std::int64_t draw_customer(std::uint64_t seed, std::int64_t i, std::int64_t customers);
// A number drawn for a purpose of one's own.
std::uint64_t draw_number(std::uint64_t seed, std::uint64_t i);

// "C000000017", and back; nothing for a text that is no such id.
std::string customer_id(std::int64_t customer);
std::optional<std::int64_t> customer_of(std::string_view id);
// "C000000017/3"
std::string event_id(std::int64_t customer, std::int64_t number);

// A customer after some of its events.
class Account {
 public:
  static constexpr std::size_t kRecent = 8;

  void take(const Draw& draw);

  std::int64_t events() const { return events_; }
  std::int64_t open_cents() const { return open_cents_; }
  std::int64_t paid_cents() const { return paid_cents_; }
  std::int64_t open_invoices() const { return open_invoices_; }
  std::int64_t oldest_due_ms() const { return oldest_due_ms_; }
  // The share that is paid, in percent, divided by one and a hundredth for each open invoice, less
  // a ten-millionth of the mean of the last amounts.
  double score() const;

 private:
  std::int64_t events_ = 0;
  std::int64_t open_cents_ = 0;
  std::int64_t paid_cents_ = 0;
  std::int64_t open_invoices_ = 0;
  std::int64_t oldest_due_ms_ = 0;
  // By number of the event, modulo its size.
  std::array<std::int64_t, kRecent> recent_{};
};

Account account_after(std::uint64_t seed, std::int64_t customer, std::int64_t events);

}  // namespace encours::perf
