// CHECK stops the process when a fact that the program itself guarantees does not hold.
//
// It is for programmer errors only and stays on in production: a crash is restarted and
// restored, a wrong ledger is not. What comes from outside (a record, a file, a request, a
// setting) is never checked this way; it is refused with an Error that names field and rule.
// Safe from any thread; writes one line to stderr and aborts.
#pragma once

namespace encours {

[[noreturn]] void check_failed(const char* expression,
                               const char* file,
                               int line,
                               const char* why) noexcept;

}  // namespace encours

#define ENCOURS_CHECK(condition, why) \
  ((condition) ? static_cast<void>(0) \
               : ::encours::check_failed(#condition, __FILE__, __LINE__, why))
