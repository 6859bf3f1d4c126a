#include "common/egress/smtp_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "common/base/check.h"

namespace encours::egress {
namespace {

struct Upload {
  const std::string& bytes;
  std::size_t at = 0;
  bool all_read = false;
};

std::size_t read_upload(char* out, std::size_t size, std::size_t count, void* into) {
  auto& upload = *static_cast<Upload*>(into);
  const std::size_t some = std::min(size * count, upload.bytes.size() - upload.at);
  std::memcpy(out, upload.bytes.data() + upload.at, some);
  upload.at += some;
  if (some == 0) upload.all_read = true;
  return some;
}

HandOver failed(std::string code, std::string message) {
  return {Handed::kFailed, std::move(code), std::move(message)};
}

HandOver outcome_of(CURLcode ended, long answer, const Upload& upload) {
  if (ended == CURLE_OK) return {Handed::kDone, {}, {}};
  if (answer >= 400) {
    return failed("smtp_" + std::to_string(answer), "The mail server has refused the message.");
  }
  if (upload.all_read) {
    return {Handed::kUnknown, "answer_lost", "The message was sent and no answer has come."};
  }
  switch (ended) {
    case CURLE_OPERATION_TIMEDOUT:
      return failed("timed_out", "The mail server did not answer in time.");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
      return failed("tls_refused", "No safe connection to the mail server could be made.");
    case CURLE_LOGIN_DENIED:
      return failed("login_denied", "The mail server has refused our login.");
    default:
      return failed("not_connected", "The mail server could not be reached.");
  }
}

struct Recipients {
  explicit Recipients(const std::string& to) : list(curl_slist_append(nullptr, to.c_str())) {}
  ~Recipients() { curl_slist_free_all(list); }
  Recipients(const Recipients&) = delete;
  Recipients& operator=(const Recipients&) = delete;
  curl_slist* list;
};

}  // namespace

// One connection, used by one call at a time.
class SmtpClient::Session {
 public:
  Session() : curl_(curl_easy_init()) { ENCOURS_CHECK(curl_ != nullptr, "libcurl starts"); }
  ~Session() { curl_easy_cleanup(curl_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  HandOver send(const SmtpConfig& config, const std::string& from, const std::string& to,
                const std::string& message) {
    curl_easy_reset(curl_);
    Upload upload{message};
    const Recipients recipients("<" + to + ">");
    const std::string sender = "<" + from + ">";
    curl_easy_setopt(curl_, CURLOPT_URL, config.url.c_str());
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, recipients.list);
    curl_easy_setopt(curl_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl_, CURLOPT_READFUNCTION, read_upload);
    curl_easy_setopt(curl_, CURLOPT_READDATA, &upload);
    const auto connect_ms = static_cast<long>(config.connect_timeout_ms);
    const auto total_ms = static_cast<long>(config.total_timeout_ms);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, total_ms);
    if (config.require_tls) curl_easy_setopt(curl_, CURLOPT_USE_SSL, CURLUSESSL_ALL);
    if (!config.ca_file.empty()) curl_easy_setopt(curl_, CURLOPT_CAINFO, config.ca_file.c_str());
    const std::string login = login_of(config);
    if (!login.empty()) curl_easy_setopt(curl_, CURLOPT_USERPWD, login.c_str());
    const CURLcode ended = curl_easy_perform(curl_);
    long answer = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &answer);
    return outcome_of(ended, answer, upload);
  }

 private:
  static std::string login_of(const SmtpConfig& config) {
    std::string login;
    if (config.login_file.empty()) return login;
    std::ifstream in(config.login_file);
    std::getline(in, login);
    return login;
  }

  CURL* curl_;
};

SmtpClient::SmtpClient(SmtpConfig config) : config_(std::move(config)) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  ENCOURS_CHECK(started == CURLE_OK, "libcurl starts");
}

SmtpClient::~SmtpClient() = default;

HandOver SmtpClient::send(const std::string& from, const std::string& to,
                          const std::string& message) {
  if (config_.url.empty()) return failed("no_server", "No mail server is configured.");
  auto session = take();
  HandOver done = session->send(config_, from, to, message);
  // A connection that has failed is not used again.
  if (done.handed == Handed::kDone) give_back(std::move(session));
  return done;
}

std::unique_ptr<SmtpClient::Session> SmtpClient::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Session>();
  auto session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void SmtpClient::give_back(std::unique_ptr<Session> session) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(session));
}

}  // namespace encours::egress
