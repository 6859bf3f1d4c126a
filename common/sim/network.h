// Network: the way between clients and the broker, on which requests and answers go astray.
//
// A request takes its time, is lost, or is late: its sender has given up and may have sent another
// one when it arrives. Its answer may be lost; who asked can't tell these apart. What one
// connection carries keeps its order, until it breaks. An instance may be cut off for a while. A
// Connection belongs to one client object: with it go its requests' answers and its timers.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/sim/journal.h"

namespace encours::sim {

// How bad the network is, in requests of a thousand.
struct Weather {
  int lost = 0;
  int answers_lost = 0;
  int late = 0;
  std::int64_t late_ms = 2000;
  std::int64_t way_ms = 2;
};

class Network {
 public:
  Network(Scheduler& scheduler, Journal& journal) : scheduler_(scheduler), journal_(journal) {}

  void set_weather(const Weather& weather) { weather_ = weather; }
  // By the name of the fiber.
  void cut(const std::string& process, std::int64_t until_ms) { cuts_[process] = until_ms; }
  bool is_cut(const std::string& process) const {
    const auto found = cuts_.find(process);
    return found != cuts_.end() && found->second > scheduler_.now_ms();
  }

  // What becomes of a request that is sent now. Not given: it does not happen.
  struct Fate {
    std::optional<std::int64_t> arrives_ms;
    bool answered = true;
    std::optional<std::int64_t> given_up_ms;
  };
  Fate draw(const std::string& process, std::int64_t timeout_ms);
  std::int64_t draw_way() { return scheduler_.random().between(0, weather_.way_ms); }

  Scheduler& scheduler() { return scheduler_; }
  Journal& journal() { return journal_; }

 private:
  Scheduler& scheduler_;
  Journal& journal_;
  Weather weather_;
  std::map<std::string, std::int64_t> cuts_;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  template <class Answer>
  using Done = std::function<void(std::optional<Answer>)>;
  template <class Answer>
  using Respond = std::function<void(Answer)>;
  template <class Answer>
  using Serve = std::function<void(Respond<Answer>)>;

  Connection(Network& network, FiberPtr process)
      : network_(network), process_(std::move(process)) {}

  // `serve` runs when the request arrives, and may answer later; `done` gets the answer, or nothing
  // when it was given up.
  template <class Answer>
  void request(std::int64_t timeout_ms, Serve<Answer> serve, Done<Answer> done);
  // The same, waited for by the running fiber.
  template <class Answer>
  std::optional<Answer> call(std::int64_t timeout_ms, std::function<Answer()> serve);
  // A timer of the client's own.
  void after(std::int64_t ms, std::function<void()> action);
  void close() { closed_ = true; }

  Network& network() { return network_; }
  Scheduler& scheduler() { return network_.scheduler(); }
  Journal& journal() { return network_.journal(); }
  const std::string& process() const { return process_->name(); }
  Fiber& fiber() { return *process_; }

 private:
  template <class Answer>
  void give_up(std::int64_t at_ms, const std::shared_ptr<Done<Answer>>& done);

  Network& network_;
  FiberPtr process_;
  bool closed_ = false;
  // When the last request arrives: a later one does not overtake it.
  std::int64_t last_arrival_ms_ = 0;
};

using ConnectionPtr = std::shared_ptr<Connection>;

template <class Answer>
void Connection::give_up(std::int64_t at_ms, const std::shared_ptr<Done<Answer>>& done) {
  scheduler().at(at_ms, process_, [self = shared_from_this(), done] {
    self->last_arrival_ms_ = 0;  // It breaks; a new one knows nothing of what is on its way.
    if (!self->closed_ && *done) std::exchange(*done, nullptr)(std::nullopt);
  });
}

template <class Answer>
void Connection::request(std::int64_t timeout_ms, Serve<Answer> serve, Done<Answer> done) {
  const auto waiting = std::make_shared<Done<Answer>>(std::move(done));
  Network::Fate fate = network_.draw(process(), timeout_ms);
  if (fate.given_up_ms) give_up<Answer>(*fate.given_up_ms, waiting);
  if (!fate.arrives_ms) return;
  if (!fate.given_up_ms || *fate.arrives_ms < *fate.given_up_ms) {
    last_arrival_ms_ = std::max(last_arrival_ms_, *fate.arrives_ms);
    fate.arrives_ms = last_arrival_ms_;
  }
  scheduler().at(*fate.arrives_ms, [self = shared_from_this(), waiting, answered = fate.answered,
                                    timeout_ms, serve = std::move(serve)] {
    serve([self, waiting, answered, timeout_ms](Answer answer) {
      auto& scheduler = self->scheduler();
      if (!answered) return;
      if (self->network_.is_cut(self->process())) {
        return self->give_up<Answer>(
            scheduler.now_ms() + scheduler.random().between(1, timeout_ms), waiting);
      }
      scheduler.at(scheduler.now_ms() + self->network_.draw_way(), self->process_,
                   [self, waiting, answer = std::move(answer)] {
                     if (!self->closed_ && *waiting) std::exchange(*waiting, nullptr)(answer);
                   });
    });
  });
}

template <class Answer>
std::optional<Answer> Connection::call(std::int64_t timeout_ms, std::function<Answer()> serve) {
  // The answer comes while the fiber waits here, or not at all: it dies with it.
  bool is_done = false;
  std::optional<Answer> result;
  request<Answer>(
      timeout_ms, [serve = std::move(serve)](Respond<Answer> respond) { respond(serve()); },
      [&](std::optional<Answer> answer) {
        is_done = true;
        result = std::move(answer);
        scheduler().wake(*process_);
      });
  while (!is_done) scheduler().wait_until(INT64_MAX);
  return result;
}

}  // namespace encours::sim
