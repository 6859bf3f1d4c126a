// Lists: the flags that all of them have, and the walk over their pages.
//
// All pages are fetched, unless --page-token is given: then one page is, and the token of the next
// one is told on standard error. An answer that misses partitions is asked for again for a while
// (they are moving); one that stays partial is printed, said to be partial, and ends with exit 1.
#pragma once

#include <cstdint>
#include <string>

#include "encours/common/v1alpha1/coverage.pb.h"
#include "services/encoursctl/command.h"

namespace encours::ctl {

using Coverage = encours::common::v1alpha1::Coverage;

struct PageFlags {
  std::string filter;
  std::string order_by;
  int page_size = 0;
  // The empty one is the first page, so being given is not being empty.
  std::string page_token;
  const CLI::Option* page_token_option = nullptr;

  bool one_page() const { return page_token_option != nullptr && page_token_option->count() > 0; }

  void describe_filter(CLI::App& app, const std::string& example);
  void describe_order(CLI::App& app, const std::string& example);
  void describe_pages(CLI::App& app, int max_page_size);
};

// "1 of 32 partitions did not answer"
std::string missing_words(const Coverage& coverage);

// Whether a partial answer should be asked for again; waits a moment where it should.
class CoverageWatch {
 public:
  explicit CoverageWatch(Context& context);

  // Each answer has the whole patience of a read, however long the ones before it took.
  void begin_answer();
  bool try_again(const Coverage& coverage);
  // Remembers the answer that is shown, and warns at the first partial one.
  void take(const Coverage& coverage);
  int exit_code() const { return partial_ ? kExitFailed : kExitDone; }

 private:
  Context& context_;
  std::int64_t deadline_ms_ = 0;
  bool partial_ = false;
};

// One answer, complete if it can be had.
template <class Response, class Request>
Result<Response> ask_complete(Context& context, const Request& request, CoverageWatch* watch) {
  ENCOURS_ASSIGN(Installation * installation, context.installation());
  watch->begin_answer();
  for (;;) {
    ENCOURS_ASSIGN(Response response, installation->template ask<Response>(request));
    if (watch->try_again(response.coverage())) continue;
    watch->take(response.coverage());
    return response;
  }
}

// `on_page(const Response&) -> Status` for each page; the exit code.
template <class Response, class Request, class OnPage>
Result<int> walk_pages(Context& context,
                       const PageFlags& flags,
                       int default_page_size,
                       Request request,
                       OnPage on_page) {
  request.set_page_size(flags.page_size > 0 ? flags.page_size : default_page_size);
  request.set_page_token(flags.page_token);
  CoverageWatch watch(context);
  for (;;) {
    ENCOURS_ASSIGN(const Response response, ask_complete<Response>(context, request, &watch));
    ENCOURS_TRY(on_page(response));
    if (response.next_page_token().empty()) return watch.exit_code();
    if (flags.one_page()) {
      context.note("next page: --page-token " + response.next_page_token());
      return watch.exit_code();
    }
    request.set_page_token(response.next_page_token());
  }
}

}  // namespace encours::ctl
