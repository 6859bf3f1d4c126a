#include "common/observe/trace.h"

#include <algorithm>
#include <random>
#include <span>

#include "common/base/hash.h"

namespace encours {
namespace {

constexpr size_t kLength = 55;  // version-trace-span-flags: 2 + 1 + 32 + 1 + 16 + 1 + 2.
constexpr uint8_t kSampledFlag = 0x01;

thread_local const TraceContext* current_trace = nullptr;

// Upper case is not allowed: two systems must write one id the same way.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool read_hex(std::string_view text, std::span<uint8_t> bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

bool all_zero(std::span<const uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](uint8_t byte) { return byte == 0; });
}

void fill_random(std::span<uint8_t> bytes) {
  thread_local std::mt19937_64 generator{[] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }()};
  do {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(generator() >> 56);
  } while (all_zero(bytes));
}

Error invalid() {
  return refused("invalid_traceparent",
                 "traceparent",
                 "The header traceparent does not follow the W3C recommendation.");
}

}  // namespace

Result<TraceContext> TraceContext::parse(std::string_view text) {
  if (text.size() < kLength) return invalid();
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return invalid();
  std::array<uint8_t, 1> version{};
  std::array<uint8_t, 1> flags{};
  TraceContext trace;
  const bool hex = read_hex(text, version) && read_hex(text.substr(3), trace.trace_id) &&
                   read_hex(text.substr(36), trace.span_id) && read_hex(text.substr(53), flags);
  if (!hex || version[0] == 0xff) return invalid();
  // Version 00 ends here; a later one may go on after a hyphen, and what follows is not for us.
  const bool longer = text.size() > kLength;
  if (longer && (version[0] == 0 || text[kLength] != '-')) return invalid();
  if (all_zero(trace.trace_id) || all_zero(trace.span_id)) return invalid();
  trace.sampled = (flags[0] & kSampledFlag) != 0;
  return trace;
}

std::string TraceContext::to_string() const {
  return "00-" + trace_id_hex() + "-" + span_id_hex() + (sampled ? "-01" : "-00");
}

TraceContext TraceContext::start(bool sampled) {
  TraceContext trace;
  fill_random(trace.trace_id);
  fill_random(trace.span_id);
  trace.sampled = sampled;
  return trace;
}

TraceContext TraceContext::child() const {
  TraceContext trace = *this;
  fill_random(trace.span_id);
  return trace;
}

std::string TraceContext::trace_id_hex() const { return hex_lower(trace_id); }
std::string TraceContext::span_id_hex() const { return hex_lower(span_id); }

TraceScope::TraceScope(const TraceContext& trace) : trace_(trace), outer_(current_trace) {
  current_trace = &trace_;
}

TraceScope::~TraceScope() { current_trace = outer_; }

const TraceContext* TraceScope::current() { return current_trace; }

}  // namespace encours
