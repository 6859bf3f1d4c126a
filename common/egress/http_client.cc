#include "common/egress/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>
#include <utility>

#include "common/base/check.h"
#include "common/egress/http_address.h"

namespace encours::egress {
namespace {

// More idle connections than this are closed.
constexpr std::size_t kIdleHandles = 16;
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

void initialise_curl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  ENCOURS_CHECK(done == CURLE_OK, "libcurl starts");
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode done = curl_easy_setopt(handle, option, value);
  ENCOURS_CHECK(done == CURLE_OK, "libcurl knows its options");
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

struct Origin {
  std::string scheme;
  std::string host;
  std::string port;

  friend bool operator==(const Origin&, const Origin&) = default;
};

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

Origin origin_of(const std::string& address) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), curl_url_cleanup);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) return {};
  return {lower(url_part(url.get(), CURLUPART_SCHEME)),
          lower(url_part(url.get(), CURLUPART_HOST)),
          url_part(url.get(), CURLUPART_PORT)};
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

// What libcurl's callbacks work on.
struct HttpClient::Transfer {
  const std::atomic<bool>& stopping;
  std::size_t max_answer_bytes;
  bool only_public;
  HttpAnswer answer;
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool not_public = false;

  static std::size_t write(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t length = size * count;
    if (transfer.answer.body.size() + length > transfer.max_answer_bytes) {
      transfer.too_large = true;
      return 0;
    }
    transfer.answer.body.append(bytes, length);
    return length;
  }

  static std::size_t header(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string line(bytes, size * count);
    transfer.header_bytes += line.size();
    if (transfer.header_bytes > kMaxHeaderBytes) {
      transfer.too_large = true;
      return 0;
    }
    if (line.starts_with("HTTP/")) transfer.answer.headers.clear();
    const auto colon = line.find(':');
    if (colon != std::string::npos) {
      transfer.answer.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    }
    return line.size();
  }

  static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->stopping ? 1 : 0;
  }

  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.only_public && !is_public_address(address->addr)) {
      transfer.not_public = true;
      return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
};

namespace {

HttpResult ended(HttpEnd end, std::string code) {
  HttpResult result;
  result.end = end;
  result.code = std::move(code);
  return result;
}

// Why a transfer has no whole answer. `sent`: a byte of the request has left.
HttpResult failure_of(CURLcode done, bool sent, bool answer_began) {
  const HttpEnd lost = sent ? HttpEnd::kUnknown : HttpEnd::kFailed;
  switch (done) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return ended(HttpEnd::kFailed, "dns");
    case CURLE_COULDNT_CONNECT:
      return ended(HttpEnd::kFailed, "connection_refused");
    case CURLE_OPERATION_TIMEDOUT:
      return ended(lost, sent ? "timeout" : "connect_timeout");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return ended(HttpEnd::kFailed, "tls");
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return ended(HttpEnd::kFailed, "bad_url");
    case CURLE_BAD_CONTENT_ENCODING:
      return ended(HttpEnd::kFailed, "bad_encoding");
    case CURLE_PARTIAL_FILE:
      return ended(HttpEnd::kFailed, "truncated");
    case CURLE_ABORTED_BY_CALLBACK:
      return ended(lost, "stopped");
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
      return ended(lost, "connection_lost");
    case CURLE_RECV_ERROR:
      // Its beginning says that the request was taken and answered.
      if (answer_began) return ended(HttpEnd::kFailed, "truncated");
      return ended(lost, "connection_lost");
    default:
      return ended(lost, "transfer_failed");
  }
}

}  // namespace

std::optional<std::int64_t> retry_after_seconds(const std::string& value, std::int64_t now_unix_s) {
  const std::string text = trimmed(value);
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failure == std::errc() && end == text.data() + text.size() && seconds >= 0) return seconds;
  const std::time_t date = curl_getdate(text.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(date) - now_unix_s);
}

HttpClient::HttpClient(HttpOptions options, Clock& clock, Metrics& metrics)
    : options_(std::move(options)),
      clock_(clock),
      calls_(
          metrics.counters("encours_http_calls_total",
                           "HTTP calls to the outside, by how they ended (a status or a reason).",
                           {"to", "end"})),
      seconds_(metrics
                   .histograms("encours_http_call_seconds",
                               "How long HTTP calls to the outside take, redirects included.",
                               {"to"})
                   .with({options_.name})) {
  initialise_curl();
}

HttpClient::~HttpClient() {
  for (Handle handle : idle_) curl_easy_cleanup(handle);
}

HttpClient::Handle HttpClient::take_handle() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Handle handle = idle_.back();
      idle_.pop_back();
      return handle;
    }
  }
  Handle handle = curl_easy_init();
  ENCOURS_CHECK(handle != nullptr, "libcurl gives a handle");
  return handle;
}

void HttpClient::give_back(Handle handle) {
  // Its connections stay open, its options go.
  curl_easy_reset(handle);
  {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdleHandles) {
      idle_.push_back(handle);
      return;
    }
  }
  curl_easy_cleanup(handle);
}

HttpResult HttpClient::perform(const HttpRequest& request, const std::atomic<bool>& stopping) {
  const std::int64_t began_ms = clock_.monotonic_ms();
  HttpResult result = follow(request, stopping);
  seconds_.observe(static_cast<double>(clock_.monotonic_ms() - began_ms) / 1000.0);
  const bool answered = result.end == HttpEnd::kAnswered;
  calls_.with({options_.name, answered ? std::to_string(result.answer.status) : result.code}).add();
  if (answered) {
    const std::string wait = result.answer.header("retry-after");
    result.retry_after_s = retry_after_seconds(wait, clock_.now().unix_seconds());
  }
  return result;
}

HttpResult HttpClient::follow(const HttpRequest& request, const std::atomic<bool>& stopping) {
  HttpRequest asked = request;
  for (int redirects = 0;; ++redirects) {
    Handle handle = take_handle();
    std::string next;
    HttpResult result = hop(handle, asked, redirects > 0, stopping, &next);
    give_back(handle);
    if (next.empty()) return result;
    if (redirects == options_.max_redirects) return ended(HttpEnd::kFailed, "too_many_redirects");
    const Origin from = origin_of(asked.url);
    const Origin to = origin_of(next);
    if (from.scheme == "https" && to.scheme != "https") {
      return ended(HttpEnd::kFailed, "insecure_redirect");
    }
    if (!(from == to)) {
      std::erase_if(asked.headers, [](const HttpHeader& header) { return header.secret; });
    }
    asked.url = next;
  }
}

void HttpClient::prepare(Handle handle, const HttpRequest& request, Transfer* transfer) const {
  set(handle, CURLOPT_URL, request.url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") set(handle, CURLOPT_NOBODY, 1L);
  if (!request.body.empty() || request.method == "POST") {
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(handle, CURLOPT_POSTFIELDS, request.body.data());
  }
  set(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) set(handle, CURLOPT_CAINFO, options_.ca_file.c_str());
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout_ms));
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.total_timeout_ms));
  set(handle, CURLOPT_WRITEFUNCTION, &Transfer::write);
  set(handle, CURLOPT_WRITEDATA, transfer);
  set(handle, CURLOPT_HEADERFUNCTION, &Transfer::header);
  set(handle, CURLOPT_HEADERDATA, transfer);
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, &Transfer::progress);
  set(handle, CURLOPT_XFERINFODATA, transfer);
  set(handle, CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  set(handle, CURLOPT_OPENSOCKETDATA, transfer);
  // A kept connection was opened under another rule perhaps.
  if (transfer->only_public) set(handle, CURLOPT_FRESH_CONNECT, 1L);
}

HttpResult HttpClient::hop(Handle handle,
                           const HttpRequest& request,
                           bool redirected,
                           const std::atomic<bool>& stopping,
                           std::string* next) {
  const bool only_public = redirected ? !options_.private_redirect : !options_.private_address;
  Transfer transfer{stopping, options_.max_answer_bytes, only_public, {}};
  curl_slist* lines = nullptr;
  for (const auto& header : request.headers) {
    // An empty value is sent as such; without the semicolon libcurl would drop the header.
    const std::string line = header.name + (header.value.empty() ? ";" : ": " + header.value);
    lines = curl_slist_append(lines, line.c_str());
  }
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> list(lines,
                                                                         curl_slist_free_all);
  set(handle, CURLOPT_HTTPHEADER, list.get());
  prepare(handle, request, &transfer);
  const CURLcode done = curl_easy_perform(handle);
  long status = 0;
  long request_bytes = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &request_bytes);
  if (transfer.not_public) return ended(HttpEnd::kFailed, "private_address");
  if (transfer.too_large) return ended(HttpEnd::kFailed, "answer_too_large");
  if (done != CURLE_OK) return failure_of(done, request_bytes > 0, status > 0);
  const char* redirect = nullptr;
  curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &redirect);
  if (request.method == "GET" && redirect != nullptr && is_redirect(static_cast<int>(status))) {
    *next = redirect;
  }
  HttpResult result = ended(HttpEnd::kAnswered, "");
  result.answer = std::move(transfer.answer);
  result.answer.status = static_cast<int>(status);
  return result;
}

}  // namespace encours::egress
