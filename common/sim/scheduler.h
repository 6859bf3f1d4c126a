// Scheduler: a world in one thread. Fibers and events take turns in virtual time, by a seed.
//
// A fiber stands for a process of its own: it runs until it waits, and it may be frozen (as by
// SIGSTOP) or killed (as by SIGKILL) where it waits. A killed fiber's stack is unwound by a Killed
// token, so that what it owns is freed; nothing that it calls meanwhile may wait. Events are what
// happens outside of a fiber's stack: a request that arrives, a time-out, the threads of a client.
// What is due at one instant comes in an order drawn from the seed. Virtual time stands still while
// anything runs. One thread; fibers and events are gone before the scheduler.
#pragma once

#include <ucontext.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/sim/random.h"

namespace encours::sim {

// Thrown through the stack of a fiber that is killed; caught where the fiber began.
struct Killed {};

class Fiber : public std::enable_shared_from_this<Fiber> {
 public:
  const std::string& name() const { return name_; }
  // Killed, or returned.
  bool is_over() const { return over_; }
  bool is_killed() const { return killed_; }

 private:
  friend class Scheduler;
  std::string name_;
  std::function<void()> body_;
  ucontext_t context_ = {};
  char* stack_ = nullptr;
  void* fake_stack_ = nullptr;
  bool over_ = false;
  bool killed_ = false;
  std::int64_t frozen_until_ms_ = 0;
  std::uint64_t waits_to_fault_ = 0;
  std::function<void()> fault_;
  // Raised with each wait, so that a wake-up for an earlier one is known.
  std::uint64_t turn_ = 0;
};

using FiberPtr = std::shared_ptr<Fiber>;

class Scheduler {
 public:
  using Action = std::function<void()>;

  explicit Scheduler(std::uint64_t seed) : random_(seed) {}
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  std::int64_t now_ms() const { return now_ms_; }
  Random& random() { return random_; }
  std::uint64_t steps() const { return steps_; }

  FiberPtr spawn(std::string name, Action body);
  // Of the fiber that runs: until `due_ms`, or until it is woken.
  void wait_until(std::int64_t due_ms, bool idle = false);
  // The same, whoever wakes it.
  void sleep_until(std::int64_t due_ms);
  void spend(std::int64_t ms) { sleep_until(now_ms_ + ms); }
  void wake(Fiber& fiber);
  // Null while an event runs.
  Fiber* running() { return running_; }

  // At once where it waits.
  void kill(Fiber& fiber);
  void freeze(Fiber& fiber, std::int64_t for_ms) { fiber.frozen_until_ms_ = now_ms_ + for_ms; }
  // The n-th time from now on that it waits for something, idle waits aside: so that every step of
  // its work is as likely as any other. `fault` may kill or freeze it.
  void at_wait(Fiber& fiber, std::uint64_t waits, Action fault) {
    fiber.waits_to_fault_ = waits;
    fiber.fault_ = std::move(fault);
  }
  // Nothing awaits it any more, and it wakes.
  void spare(Fiber& fiber) {
    fiber.fault_ = nullptr;
    fiber.frozen_until_ms_ = now_ms_;
    wake(fiber);
  }

  void at(std::int64_t due_ms, Action action) { at(due_ms, nullptr, std::move(action)); }
  // A thread of the fiber's process: it stands still and dies with it.
  void at(std::int64_t due_ms, FiberPtr process, Action action) {
    add({due_ms, 0, 0, std::move(process), 0, std::move(action)});
  }

  // Runs until `done` holds or virtual time has reached `limit_ms`; returns `done()`.
  bool run(std::int64_t limit_ms, const std::function<bool()>& done);

 private:
  // Of a fiber: its turn, with an action: for its process.
  struct Event {
    std::int64_t due_ms;
    std::uint32_t draw;
    std::uint64_t number;
    FiberPtr fiber;
    std::uint64_t turn;
    Action action;
  };
  static bool later(const Event& a, const Event& b);

  void add(Event event);
  bool step(std::int64_t limit_ms);
  void resume(Fiber& fiber);
  void leave(Fiber& fiber);
  static void enter(unsigned low, unsigned high);
  char* take_stack();

  Random random_;
  std::int64_t now_ms_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t events_added_ = 0;
  std::vector<Event> events_;  // A heap.
  std::vector<FiberPtr> fibers_;
  std::vector<char*> free_stacks_;
  ucontext_t loop_ = {};
  const void* loop_stack_ = nullptr;
  std::size_t loop_stack_size_ = 0;
  Fiber* running_ = nullptr;
};

}  // namespace encours::sim
