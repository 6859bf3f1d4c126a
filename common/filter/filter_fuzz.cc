// Fuzzer. Goal: any text is a filter or an error that says what it is; a filter can be asked, and
// written out it is parsed to itself again. Method: the text is the input; the message is empty.
#include <cstdint>

#include "common/base/check.h"
#include "common/filter/filter.h"
#include "common/filter/order_by.h"
#include "test_customer.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using encours::filter::Filter;
  using encours::filter::test::Customer;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(encours::filter::OrderBy::compile(text, *Customer::descriptor()));
  const auto filter = Filter::compile(text, *Customer::descriptor());
  if (!filter) {
    ENCOURS_CHECK(!filter.failure().code.empty() && !filter.failure().message.empty(),
                  "an error says what it is");
    return 0;
  }
  static_cast<void>(filter->matches(Customer()));
  // Its parentheses may take it past a limit.
  const auto again = Filter::compile(filter->text(), *Customer::descriptor());
  ENCOURS_CHECK(!again || again->text() == filter->text(), "written out it is the same filter");
  return 0;
}
