// The customers of the sample: named ones first, then as many drawn ones as are wanted.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/sample/account.h"
#include "deploy/sample/outside.h"

namespace encours::sample {

// What deploy/run shows of a named account.
struct NamedAccount {
  std::string_view name;
  std::string_view country;
  std::string_view segment;
  Habit habit;
  int invoice_count;
  std::int64_t median_net;
  Procedure procedure;
  // One line: what there is to see.
  std::string_view story;
};

// In the order of their numbers, which begin with 1.
std::span<const NamedAccount> named_accounts();

// What a named account has besides, e.g. its place in a group.
void complete_named(const Options& options, Account* account);

erp::PaymentTerms terms_of(std::string_view code);

std::vector<Account> make_portfolio(const Options& options);

}  // namespace encours::sample
