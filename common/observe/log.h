// Structured logs: one JSON object a line on standard error, with time, level, event and fields.
//
//   log::warning("commit_slow", {{"partition", 3}, {"elapsed_ms", elapsed_ms}});
//   {"at":"2026-01-31T08:00:00Z","level":"warning","service":"ingestion","event":"commit_slow",...}
//
// The event and the keys are literals of the program (anything else does not compile), so no text
// from outside is ever a format string or a key. Values may be anything: control characters, line
// separators and invalid UTF-8 are escaped, and a value is cut at 2 KiB, so one call is one line
// whatever it says. Inside a TraceScope the line carries trace_id and span_id. No personal data
// and no bank details go into logs: ids, counts and codes do. Safe from any thread; never throws.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/result.h"
#include "common/time/clock.h"

namespace encours::log {

enum class Level { kDebug, kInfo, kWarning, kError };

Result<Level> parse_level(std::string_view word);

// A text that stands in the program itself.
class Literal {
 public:
  template <size_t Size>
  consteval Literal(const char (&text)[Size]) : text_(text, Size - 1) {}  // NOLINT: conversion.

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// A value of a field; it refers to the caller's text, which lives through the call.
class Value {
 public:
  Value(std::string_view text) : value_(text) {}                      // NOLINT: conversions are
  Value(const std::string& text) : value_(std::string_view(text)) {}  // NOLINT  the point of
  Value(const char* text) : value_(std::string_view(text)) {}         // NOLINT  this class.
  Value(bool flag) : value_(flag) {}                                  // NOLINT
  Value(double number) : value_(number) {}                            // NOLINT
  template <std::signed_integral Number>
  Value(Number number) : value_(static_cast<int64_t>(number)) {}  // NOLINT
  template <std::unsigned_integral Number>
  requires(!std::same_as<Number, bool>) Value(Number number)
      : value_(static_cast<uint64_t>(number)) {}  // NOLINT

  void append_json(std::string& out) const;

 private:
  std::variant<std::string_view, bool, double, int64_t, uint64_t> value_;
};

struct Field {
  Literal key;
  Value value;
};
using Fields = std::initializer_list<Field>;

struct Options {
  std::string service;          // Put into each line.
  Level level = Level::kInfo;   // The least that is written.
  Clock* clock = nullptr;       // Not owned; null takes the system's.
  std::ostream* out = nullptr;  // Not owned, for tests; null is standard error.
};

class Logger {
 public:
  explicit Logger(const Options& options);
  ~Logger();

  bool enabled(Level level) const { return level >= level_; }
  void write(Level level, Literal event, Fields fields = {}) const;
  // The error's reaction, code and field beside the others; its message too, as people need it.
  void write(Level level, Literal event, const Error& error, Fields fields = {}) const;

 private:
  struct Sink;

  void write_line(Level level, std::string_view event, const Error* error, Fields fields) const;

  std::string service_;
  Level level_;
  Clock* clock_;
  std::unique_ptr<Sink> sink_;
};

// The logger of the process. start() is called once by main, before other threads run; before it
// the logger has no service name and writes from info on.
void start(const Options& options);
const Logger& logger();

inline void debug(Literal event, Fields fields = {}) {
  logger().write(Level::kDebug, event, fields);
}
inline void info(Literal event, Fields fields = {}) { logger().write(Level::kInfo, event, fields); }
inline void warning(Literal event, Fields fields = {}) {
  logger().write(Level::kWarning, event, fields);
}
inline void warning(Literal event, const Error& error, Fields fields = {}) {
  logger().write(Level::kWarning, event, error, fields);
}
inline void error(Literal event, Fields fields = {}) {
  logger().write(Level::kError, event, fields);
}
inline void error(Literal event, const Error& failure, Fields fields = {}) {
  logger().write(Level::kError, event, failure, fields);
}

}  // namespace encours::log
