// SmtpClient: hands a message over to a mail server, and says how that ended.
//
// Done: the server has taken it (250 after the last byte). Failed: it has refused it ("smtp_550"),
// or was not reached, so nothing was taken. Unknown: the whole message was sent and the answer got
// lost; it may have been taken. Built on libcurl, with connections kept open; TLS where the URL is
// smtps:// or `require_tls` is set, certificates always checked. Safe from any thread; a call
// blocks for at most the total time-out.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace encours::egress {

struct SmtpConfig {
  // "smtp://127.0.0.1:1025"; empty: there is no server.
  std::string url;
  // File with "user:password"; empty: the server asks for none. Read at each connection.
  std::string login_file;
  // STARTTLS is needed on smtp://.
  bool require_tls = false;
  // Trusted certificates; empty: those of the system.
  std::string ca_file;
  std::int64_t connect_timeout_ms = 5'000;
  std::int64_t total_timeout_ms = 20'000;
};

enum class Handed { kDone, kFailed, kUnknown };

struct HandOver {
  Handed handed = Handed::kFailed;
  // "smtp_550", "not_connected", "timed_out", "answer_lost", "tls_refused"; empty where done.
  std::string code;
  // A sentence without addresses.
  std::string message;
};

class SmtpClient {
 public:
  explicit SmtpClient(SmtpConfig config);
  ~SmtpClient();

  const SmtpConfig& config() const { return config_; }
  // `message` is a whole message of RFC 5322 with lines that end in CR LF.
  HandOver send(const std::string& from, const std::string& to, const std::string& message);

 private:
  class Session;
  std::unique_ptr<Session> take();
  void give_back(std::unique_ptr<Session> session);

  SmtpConfig config_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace encours::egress
