// Allocator: how much each allocation takes, given all that is asked for and all that there is.
//
// The rule, whatever the order of arrival: allocations are served in the order in which they
// happened, each as far as its invoice and its origin still go. So what is taken is a function of
// what is known, and never exceeds either end. While an end is asked for no more than it holds,
// nobody is cut there and nothing else need be read; only ends that are asked for more than they
// hold make allocations depend on each other, and then just these are looked at.
//
// Use: touch() an end before its row changes, or expect() what it is about to hold; refresh() what
// may count more or less now; then release(), the change itself with its fact, take(), each once.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/ingestion/domain/ledger/book.h"

namespace encours::ingestion::ledger {

class Allocator {
 public:
  // `since` is the day of a reversal, a rejection or a cancellation: no change holds before it.
  explicit Allocator(Book& book, std::optional<Date> since = std::nullopt)
      : book_(book), since_(since) {}

  // Remembers how an end stood before the change.
  void touch(const End& end);
  // An end whose row still says what it held before: shares are planned with this.
  void expect(const End& end, std::int64_t capacity_minor);
  // Computes anew what of an allocation may count.
  void refresh(const std::string& allocation);
  // The same for all allocations at an end.
  void refresh_at(const End& end);

  // Takes back what no longer fits; facts AllocationReversed.
  void release();
  // Takes what fits now; facts AllocationRecorded.
  void take();

 private:
  struct Change {
    std::string allocation;
    std::int64_t difference_minor = 0;
  };
  struct Served {
    std::set<std::string> allocations;
    // What each end that binds still has to give.
    std::map<End, std::int64_t> rest;
  };

  std::int64_t live_of(AllocationRow& allocation);
  Served affected();
  std::vector<Change> plan();
  void apply(const Change& change);
  std::int64_t capacity(const End& end);
  // True where an end is asked for more than it holds.
  bool binds(const End& end);

  Book& book_;
  std::optional<Date> since_;
  std::map<End, bool> bound_before_;
  std::map<End, std::int64_t> expected_minor_;
  std::set<std::string> refreshed_;
  std::vector<Change> to_take_;
};

}  // namespace encours::ingestion::ledger
