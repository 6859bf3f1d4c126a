// HttpClient: HTTP calls to the outside by libcurl, with every limit that a call needs.
//
// Connections are kept alive and used again. Time-outs, size of the (decoded) answer and redirects
// are bounded; only http and https are spoken, certificates are checked, no proxy of the
// environment is used. A redirect is followed for GET only, never from https to http, never to an
// address that is not public unless that is allowed, and takes no secret header to another host. A
// call whose request has left and whose answer did not come is Unknown; one that never left is
// Failed. (libcurl itself repeats a request once when a kept connection turns out to be dead before
// any byte has come back: what must not be done twice needs an idempotency key.) perform() blocks,
// from any thread, on as many connections as there are callers; limits of rate are HttpGate's.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "common/egress/http.h"
#include "common/observe/metrics.h"
#include "common/time/clock.h"

namespace encours::egress {

struct HttpOptions {
  // A label of the metrics: the provider.
  std::string name;
  std::int64_t connect_timeout_ms = 5'000;
  std::int64_t total_timeout_ms = 30'000;
  std::size_t max_answer_bytes = 4 * 1024 * 1024;
  int max_redirects = 3;
  // Whether the address that is asked for, and one that a redirect names, may be a private one.
  bool private_address = true;
  bool private_redirect = false;
  // Certificates to trust instead of the machine's.
  std::string ca_file = {};
};

class HttpClient {
 public:
  HttpClient(HttpOptions options, Clock& clock, Metrics& metrics);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Ends soon with "stopped" once `stopping` is set.
  HttpResult perform(const HttpRequest& request, const std::atomic<bool>& stopping);

 private:
  struct Transfer;
  using Handle = void*;  // CURL*

  Handle take_handle();
  void give_back(Handle handle);
  // One hop; the address of the next one where the answer is a redirect that is followed.
  HttpResult hop(Handle handle,
                 const HttpRequest& request,
                 bool redirected,
                 const std::atomic<bool>& stopping,
                 std::string* next);
  void prepare(Handle handle, const HttpRequest& request, Transfer* transfer) const;
  HttpResult follow(const HttpRequest& request, const std::atomic<bool>& stopping);

  HttpOptions options_;
  Clock& clock_;
  Family<Counter> calls_;
  Histogram seconds_;
  std::mutex mutex_;
  std::vector<Handle> idle_;
};

}  // namespace encours::egress
