// TraceContext is the W3C `traceparent`: which trace a record or a request belongs to.
//
// It travels in Kafka headers and gRPC metadata and appears in logs; no decision depends on it.
// What comes from outside is validated by the letter of the recommendation (version 00, and later
// versions by their first four fields) and refused with "invalid_traceparent": the reader then
// starts a trace of its own. Plain value; random ids come from a generator per thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace encours {

struct TraceContext {
  std::array<uint8_t, 16> trace_id{};  // Never all zero.
  std::array<uint8_t, 8> span_id{};    // Never all zero.
  bool sampled = false;

  // "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
  static Result<TraceContext> parse(std::string_view traceparent);
  std::string to_string() const;

  // A new trace, with a new span.
  static TraceContext start(bool sampled = false);
  // A new span of the same trace.
  TraceContext child() const;

  std::string trace_id_hex() const;
  std::string span_id_hex() const;

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// While it lives, log lines of this thread carry the trace. Scopes nest; each thread has its own.
class TraceScope {
 public:
  explicit TraceScope(const TraceContext& trace);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

  // The innermost trace of this thread, or null.
  static const TraceContext* current();

 private:
  const TraceContext trace_;
  const TraceContext* const outer_;
};

}  // namespace encours
