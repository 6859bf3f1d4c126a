// Installation: the servers of one installation of Encours, and calls to them.
//
// It is opened on a list of servers (the local run's file) or on one server that is asked for the
// others (RuntimeService.ListEndpoints). A request's type says which method is meant and which
// service has it; each instance of a service answers for all, so where one is down the next is
// asked. Reads are tried again for seconds, writes for minutes, always with the same request_id:
// the server keeps the outcome under it, so nothing is done twice. Messages are handled through
// their base class; ask() and stream_at() give them their types. One thread, except for stop
// functions; the clock outlives it.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"

namespace encours::rpc {
class Client;
}

namespace encours::ctl {

// One process of a service.
struct Instance {
  // "ingestion"; empty where the server did not say what it is.
  std::string service;
  // "host:port"
  std::string address;
};

// How long a command goes on trying.
struct Patience {
  std::int64_t read_ms = 15'000;
  std::int64_t write_ms = 120'000;
  // One attempt; servers limit themselves to less.
  std::int64_t attempt_ms = 40'000;
  std::int64_t min_pause_ms = 200;
  std::int64_t max_pause_ms = 2'000;
  // An import or a wait ends when nothing has moved for this long.
  std::int64_t stall_ms = 600'000;
};

struct InstallationConfig {
  // The instances, where they are known; else `seed` is asked.
  std::vector<Instance> instances;
  std::string seed;
  std::string token_file;
  // TLS where it is set.
  std::string ca_file;
  Patience patience;
  // Hears what is being waited for; may be empty.
  std::function<void(const std::string&)> on_wait;
};

class Installation {
 public:
  using Message = google::protobuf::Message;
  // Asked now and then during a stream; true ends it. From any thread.
  using StopFunction = std::function<bool()>;

  static Result<std::unique_ptr<Installation>> open(InstallationConfig config, Clock& clock);
  ~Installation();

  // ask<ListInvoicesResponse>(request): of any instance of the service that has the method.
  template <class Response, class Request>
  Result<Response> ask(const Request& request) {
    Response response;
    ENCOURS_TRY(call(request, &response));
    return response;
  }

  // One attempt, of one instance.
  template <class Response, class Request>
  Result<Response> ask_at(const std::string& address,
                          const Request& request,
                          std::int64_t timeout_ms) {
    Response response;
    ENCOURS_TRY(call_at(address, request, &response, timeout_ms));
    return response;
  }

  // A server stream, one attempt: `on_message(const Response&) -> Status`, whose failure ends it.
  template <class Response, class Request, class OnMessage>
  Status stream_at(const std::string& address,
                   const Request& request,
                   OnMessage on_message,
                   StopFunction stop = {}) {
    Response response;
    return read_stream(
        address, request, &response, [&] { return on_message(response); }, stop);
  }

  // Instances of one service, or of all where `service` is empty; asked for where they are not
  // known yet. Never empty on success.
  Result<std::vector<Instance>> instances(const std::string& service);
  // Forgets what the seed said of its peers, so that they are asked for again.
  void forget_instances();

  // Tries `attempt(address)` on the instances of a service in turn until it succeeds, fails for
  // good, or `patience_ms` have passed.
  Status on_any(const std::string& service,
                std::int64_t patience_ms,
                const std::function<Status(const std::string& address)>& attempt);

  // The channel and token of an address; for the streams of this folder.
  Result<rpc::Client*> client(const std::string& address);

  const Patience& patience() const { return config_.patience; }
  Clock& clock() const { return clock_; }
  const std::string& token_file() const { return config_.token_file; }

 private:
  Installation(InstallationConfig config, Clock& clock);

  Status call(const Message& request, Message* response);
  Status call_at(const std::string& address,
                 const Message& request,
                 Message* response,
                 std::int64_t timeout_ms);
  Status read_stream(const std::string& address,
                     const Message& request,
                     Message* response,
                     const std::function<Status()>& on_message,
                     const StopFunction& stop);
  Status discover();
  // On one address after the other, from the one that answered last; the last failure.
  Status round(const std::string& service,
               const std::function<Status(const std::string&)>& attempt);

  InstallationConfig config_;
  Clock& clock_;
  std::vector<Instance> instances_;
  std::map<std::string, std::unique_ptr<rpc::Client>> clients_;  // By address.
  std::map<std::string, std::string> last_good_;                 // Service -> address.
};

// True for failures after which another instance, or the same one later, may answer.
bool worth_another_try(const Error& failure);

// The failure of a write: one whose deadline passed may have been done, and asking again with its
// request id tells. Others stay as they are.
Error failure_of_write(Error failure);

}  // namespace encours::ctl
