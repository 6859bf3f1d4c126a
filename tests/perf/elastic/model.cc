#include "tests/perf/elastic/model.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace encours::perf {
namespace {

constexpr std::int64_t kLeastCents = 1000;
constexpr std::uint64_t kCents = 5'000'000;
constexpr std::int64_t kFirstDueMs = 1'797'592'000'000;
constexpr std::uint64_t kDueMs = 90ULL * 24 * 3600 * 1000;

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t draw_number(std::uint64_t seed, std::uint64_t i) { return mix(mix(seed) + i); }

Draw draw_event(std::uint64_t seed, std::int64_t customer, std::int64_t number) {
  const std::uint64_t own = draw_number(seed + 1, static_cast<std::uint64_t>(customer));
  const std::uint64_t first = draw_number(own, static_cast<std::uint64_t>(number));
  const std::uint64_t second = mix(first);
  Draw draw;
  draw.pays = first % 3 == 0;
  draw.amount_cents = kLeastCents + static_cast<std::int64_t>(second % kCents);
  draw.due_ms = kFirstDueMs + static_cast<std::int64_t>(mix(second) % kDueMs);
  return draw;
}

std::int64_t draw_customer(std::uint64_t seed, std::int64_t i, std::int64_t customers) {
  const std::uint64_t drawn = draw_number(seed, static_cast<std::uint64_t>(i));
  return static_cast<std::int64_t>(drawn % static_cast<std::uint64_t>(customers));
}

std::string customer_id(std::int64_t customer) {
  char text[24];
  const int size = std::snprintf(text, sizeof text, "C%09lld", static_cast<long long>(customer));
  return std::string(text, static_cast<std::size_t>(size));
}

std::optional<std::int64_t> customer_of(std::string_view id) {
  if (id.empty() || id.front() != 'C') return std::nullopt;
  std::int64_t customer = -1;
  const auto [behind, failure] = std::from_chars(id.data() + 1, id.data() + id.size(), customer);
  if (failure != std::errc() || behind != id.data() + id.size() || customer < 0) {
    return std::nullopt;
  }
  return customer;
}

std::string event_id(std::int64_t customer, std::int64_t number) {
  return customer_id(customer) + "/" + std::to_string(number);
}

void Account::take(const Draw& draw) {
  recent_[static_cast<std::size_t>(events_) % kRecent] = draw.amount_cents;
  ++events_;
  if (draw.pays) {
    paid_cents_ += draw.amount_cents;
    open_cents_ = open_cents_ > draw.amount_cents ? open_cents_ - draw.amount_cents : 0;
    if (open_invoices_ > 0) --open_invoices_;
    return;
  }
  open_cents_ += draw.amount_cents;
  ++open_invoices_;
  if (oldest_due_ms_ == 0 || draw.due_ms < oldest_due_ms_) oldest_due_ms_ = draw.due_ms;
}

double Account::score() const {
  const auto known = std::min(events_, static_cast<std::int64_t>(kRecent));
  std::int64_t sum = 0;
  for (const std::int64_t amount : recent_) sum += amount;
  const double mean = known == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(known);
  const auto paid = static_cast<double>(paid_cents_);
  const double percent = 100 * paid / static_cast<double>(paid_cents_ + open_cents_ + 1);
  return percent / (1 + static_cast<double>(open_invoices_) / 100) - mean / 1e7;
}

Account account_after(std::uint64_t seed, std::int64_t customer, std::int64_t events) {
  Account account;
  for (std::int64_t number = 1; number <= events; ++number) {
    account.take(draw_event(seed, customer, number));
  }
  return account;
}

}  // namespace encours::perf
