#include "common/observe/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "common/base/utf8.h"
#include "common/observe/trace.h"

namespace encours::log {
namespace {

constexpr size_t kMaxValueBytes = 2048;

constexpr std::array<std::string_view, 4> kLevelWords{"debug", "info", "warning", "error"};

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// What a terminal or a line reader may act on: the C0 and C1 controls (C1 has a one-byte CSI),
// delete, the line and paragraph separators, and the marks that turn the direction of writing.
bool must_be_escaped(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void append_escape(std::string& out, char32_t c) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[c >> shift & 0xF];
}

void append_string(std::string& out, std::string_view text) {
  const std::string_view kept = cut_utf8(text, kMaxValueBytes);
  out += '"';
  for (std::string_view rest = kept; !rest.empty();) {
    const CodePoint next = decode_utf8(rest);
    rest.remove_prefix(next.bytes);
    if (next.value == U'"' || next.value == U'\\') {
      out += {'\\', static_cast<char>(next.value)};
    } else if (must_be_escaped(next.value)) {
      append_escape(out, next.value);
    } else {
      append_utf8(out, next.value);
    }
  }
  if (kept.size() < text.size()) out += "... (" + std::to_string(text.size()) + " bytes)";
  out += '"';
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out.append(buffer.data(), written.ptr);
}

void append_key(std::string& out, std::string_view key) {
  out += out.size() == 1 ? "" : ",";
  append_string(out, key);
  out += ':';
}

void append_text_field(std::string& out, std::string_view key, std::string_view text) {
  append_key(out, key);
  append_string(out, text);
}

Clock& system_clock_of_process() {
  static SystemClock clock;
  return clock;
}

std::unique_ptr<const Logger>& process_logger() {
  static auto one = std::make_unique<const Logger>(Options{});
  return one;
}

}  // namespace

Result<Level> parse_level(std::string_view word) {
  for (size_t i = 0; i < kLevelWords.size(); ++i) {
    if (kLevelWords[i] == word) return static_cast<Level>(i);
  }
  return refused("unknown_log_level", "", "A log level is debug, info, warning or error.");
}

void Value::append_json(std::string& out) const {
  if (const auto* text = std::get_if<std::string_view>(&value_)) {
    append_string(out, *text);
  } else if (const auto* flag = std::get_if<bool>(&value_)) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = std::get_if<double>(&value_)) {
    // JSON has no word for an infinite or undefined number.
    if (std::isfinite(*number)) {
      append_number(out, *number);
    } else {
      out += "null";
    }
  } else if (const auto* whole = std::get_if<int64_t>(&value_)) {
    append_number(out, *whole);
  } else {
    append_number(out, std::get<uint64_t>(value_));
  }
}

struct Logger::Sink {
  explicit Sink(spdlog::sink_ptr sink) : logger("encours", std::move(sink)) {
    logger.set_level(spdlog::level::trace);
    logger.set_pattern("%v");
  }
  spdlog::logger logger;
};

Logger::Logger(const Options& options)
    : service_(options.service),
      level_(options.level),
      clock_(options.clock != nullptr ? options.clock : &system_clock_of_process()) {
  if (options.out != nullptr) {
    sink_ = std::make_unique<Sink>(
        std::make_shared<spdlog::sinks::ostream_sink_mt>(*options.out, /*force_flush=*/true));
  } else {
    sink_ = std::make_unique<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  }
}

Logger::~Logger() = default;

void Logger::write(Level level, Literal event, Fields fields) const {
  if (enabled(level)) write_line(level, event.text(), nullptr, fields);
}

void Logger::write(Level level, Literal event, const Error& error, Fields fields) const {
  if (enabled(level)) write_line(level, event.text(), &error, fields);
}

void Logger::write_line(Level level,
                        std::string_view event,
                        const Error* error,
                        Fields fields) const {
  std::string line = "{";
  append_text_field(line, "at", clock_->now().to_string());
  append_text_field(line, "level", kLevelWords[static_cast<size_t>(level)]);
  if (!service_.empty()) append_text_field(line, "service", service_);
  append_text_field(line, "event", event);
  if (const TraceContext* trace = TraceScope::current()) {
    append_text_field(line, "trace_id", trace->trace_id_hex());
    append_text_field(line, "span_id", trace->span_id_hex());
  }
  if (error != nullptr) {
    append_text_field(line, "reaction", reaction_name(error->reaction));
    append_text_field(line, "code", error->code);
    if (!error->field.empty()) append_text_field(line, "field", error->field);
    append_text_field(line, "message", error->message);
  }
  for (const Field& field : fields) {
    append_key(line, field.key.text());
    field.value.append_json(line);
  }
  line += '}';
  // With a string_view and no arguments spdlog formats nothing.
  sink_->logger.log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

void start(const Options& options) { process_logger() = std::make_unique<const Logger>(options); }

const Logger& logger() { return *process_logger(); }

}  // namespace encours::log
