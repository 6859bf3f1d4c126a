// The sample: a creditor's customers and two years of their business, as an ERP, a bank, a CRM, a
// collection desk and an e-invoicing platform would have told it.
//
// The same options give the same events, on every machine and every day. Pure; one thread. Of 2,000
// accounts it takes some seconds and 200 MiB.
#pragma once

#include <vector>

#include "common/base/result.h"
#include "deploy/sample/account.h"
#include "deploy/sample/journal.h"

namespace encours::sample {

struct Sample {
  // In the order of their numbers.
  std::vector<Account> accounts;
  // In the order in which they were recorded.
  std::vector<Entry> entries;
};

// What an account, a month and the last day may be; nothing is generated where they are not.
Status check_options(const Options& options);

Sample generate(const Options& options);

}  // namespace encours::sample
