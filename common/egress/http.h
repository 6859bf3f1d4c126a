// An HTTP request and what came of it, as plain values: adapters build one and read the other.
//
// Header names compare without regard to case; of an answer they are kept in lower case, and of one
// that comes twice the last value stays. Nothing here does I/O.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace encours::egress {

struct HttpHeader {
  std::string name;
  std::string value;
  // Not given to another host by a redirect, and never logged.
  bool secret = false;
};

struct HttpRequest {
  std::string method = "GET";
  // http or https.
  std::string url;
  std::vector<HttpHeader> headers;
  std::string body;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;
  // Decoded where it came compressed.
  std::string body;

  std::string header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? std::string() : found->second;
  }
};

enum class HttpEnd {
  kAnswered,  // A whole answer, of whatever status.
  kFailed,    // The request never left, or its answer came and is unusable.
  kUnknown,   // The request may have been taken: its answer got lost.
};

struct HttpResult {
  HttpEnd end = HttpEnd::kFailed;
  // Where it is not answered: "timeout", "connect_timeout", "connection_refused",
  // "connection_lost", "dns", "tls", "truncated", "answer_too_large", "bad_encoding", "bad_url",
  // "private_address", "insecure_redirect", "too_many_redirects", "stopped", "transfer_failed".
  std::string code;
  HttpAnswer answer;
  // From the header Retry-After, whatever the status.
  std::optional<std::int64_t> retry_after_s;
};

// "120" or an HTTP date (RFC 9110, 10.2.3), seconds from `now_unix_s`; nullopt where it is neither.
std::optional<std::int64_t> retry_after_seconds(const std::string& value, std::int64_t now_unix_s);

// `text` as part of a path or of a query: all but unreserved characters is escaped (RFC 3986).
std::string url_escaped(const std::string& text);

}  // namespace encours::egress
