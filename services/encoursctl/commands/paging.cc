#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {

std::string missing_words(const Coverage& coverage) {
  return std::to_string(coverage.missing_partitions_size()) + " of " +
         std::to_string(coverage.partition_count()) + " partitions did not answer";
}

void PageFlags::describe_filter(CLI::App& app, const std::string& example) {
  app.add_option("--filter", filter, "AIP-160 filter, e.g. '" + example + "'");
}

void PageFlags::describe_order(CLI::App& app, const std::string& example) {
  app.add_option("--order-by", order_by, "Columns, e.g. '" + example + "'");
}

void PageFlags::describe_pages(CLI::App& app, int max_page_size) {
  app.add_option("--page-size", page_size, "Rows that are asked for at a time")
      ->check(CLI::Range(1, max_page_size));
  page_token_option = app.add_option(
      "--page-token", page_token, "One page only, from this token ('' is the first page)");
}

CoverageWatch::CoverageWatch(Context& context) : context_(context) { begin_answer(); }

void CoverageWatch::begin_answer() {
  deadline_ms_ = context_.clock().monotonic_ms() + context_.environment().patience.read_ms;
}

bool CoverageWatch::try_again(const Coverage& coverage) {
  if (coverage.missing_partitions().empty()) return false;
  const std::int64_t pause_ms = context_.environment().patience.min_pause_ms;
  if (context_.clock().monotonic_ms() + pause_ms >= deadline_ms_) return false;
  context_.progress().show("waiting: " + missing_words(coverage));
  context_.clock().sleep_for(pause_ms);
  return true;
}

void CoverageWatch::take(const Coverage& coverage) {
  if (coverage.missing_partitions().empty() || partial_) return;
  partial_ = true;
  context_.note("warning: the answer is partial: " + missing_words(coverage) +
                ". Do not decide on it; 'encoursctl status' shows how the services are.");
}

}  // namespace encours::ctl
