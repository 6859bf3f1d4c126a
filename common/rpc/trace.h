// Trace: which chain of calls and records something belongs to, by W3C Trace Context.
//
//   traceparent := "00-" trace_id "-" span_id "-" flags    (32, 16 and 2 lower-case hex characters)
// A header from outside is checked character by character, because it goes into logs and records; a
// bad one is dropped and a new trace begins. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace encours::rpc {

struct Trace {
  std::string trace_id;
  std::string span_id;
  std::string flags;

  std::string traceparent() const { return "00-" + trace_id + "-" + span_id + "-" + flags; }
};

std::optional<Trace> parse_traceparent(std::string_view header);

// A new span: of the caller's trace where the header is a good one, else of a new trace.
Trace start_span(std::string_view traceparent);

}  // namespace encours::rpc
