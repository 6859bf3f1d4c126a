#include "common/sim/scheduler.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "common/base/check.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace encours::sim {
namespace {

constexpr std::size_t kStackBytes = 1 << 20;

// The address sanitizer has to be told that the stack is another one.
void begin_switch(void** fake, const void* stack, std::size_t size) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_start_switch_fiber(fake, stack, size);
#else
  static_cast<void>(fake);
  static_cast<void>(stack);
  static_cast<void>(size);
#endif
}

void end_switch(void* fake, const void** stack, std::size_t* size) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(fake, stack, size);
#else
  static_cast<void>(fake);
  static_cast<void>(stack);
  static_cast<void>(size);
#endif
}

}  // namespace

Scheduler::~Scheduler() {
  for (const auto& fiber : fibers_) {
    if (!fiber->over_) kill(*fiber);
  }
  // What is due to a killed fiber is its end; nobody else runs any more.
  for (const auto& fiber : fibers_) {
    if (!fiber->over_) resume(*fiber);
  }
  for (char* stack : free_stacks_) ::munmap(stack, kStackBytes);
}

bool Scheduler::later(const Event& a, const Event& b) {
  if (a.due_ms != b.due_ms) return a.due_ms > b.due_ms;
  if (a.draw != b.draw) return a.draw > b.draw;
  return a.number > b.number;
}

void Scheduler::add(Event event) {
  event.due_ms = std::max(event.due_ms, now_ms_);
  event.draw = static_cast<std::uint32_t>(random_.next());
  event.number = events_added_++;
  events_.push_back(std::move(event));
  std::push_heap(events_.begin(), events_.end(), later);
}

char* Scheduler::take_stack() {
  if (free_stacks_.empty()) {
    void* made = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ENCOURS_CHECK(made != MAP_FAILED, "there is memory for a fiber's stack");
    return static_cast<char*>(made);
  }
  char* stack = free_stacks_.back();
  free_stacks_.pop_back();
  return stack;
}

FiberPtr Scheduler::spawn(std::string name, Action body) {
  const auto fiber = std::make_shared<Fiber>();
  fiber->name_ = std::move(name);
  fiber->body_ = std::move(body);
  fiber->stack_ = take_stack();
  ::getcontext(&fiber->context_);
  fiber->context_.uc_stack.ss_sp = fiber->stack_;
  fiber->context_.uc_stack.ss_size = kStackBytes;
  fiber->context_.uc_link = nullptr;
  fibers_.push_back(fiber);
  add({now_ms_, 0, 0, fiber, fiber->turn_, nullptr});
  // makecontext passes ints: this pointer goes in two halves.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&fiber->context_, reinterpret_cast<void (*)()>(&Scheduler::enter), 2,
                static_cast<unsigned>(self), static_cast<unsigned>(self >> 32));
  return fiber;
}

void Scheduler::enter(unsigned low, unsigned high) {
  auto& self = *reinterpret_cast<Scheduler*>((static_cast<std::uintptr_t>(high) << 32) | low);
  Fiber& fiber = *self.running_;
  end_switch(nullptr, &self.loop_stack_, &self.loop_stack_size_);
  try {
    if (!fiber.killed_) fiber.body_();
  } catch (const Killed&) {
    // All that it owned is gone now.
  }
  fiber.over_ = true;
  fiber.body_ = nullptr;
  begin_switch(nullptr, self.loop_stack_, self.loop_stack_size_);
  ::swapcontext(&fiber.context_, &self.loop_);
}

void Scheduler::resume(Fiber& fiber) {
  running_ = &fiber;
  void* fake = nullptr;
  begin_switch(&fake, fiber.stack_, kStackBytes);
  ::swapcontext(&loop_, &fiber.context_);
  end_switch(fake, nullptr, nullptr);
  running_ = nullptr;
  if (fiber.over_ && fiber.stack_ != nullptr) {
    free_stacks_.push_back(fiber.stack_);
    fiber.stack_ = nullptr;
  }
}

// To the loop, and back when it is this fiber's turn again.
void Scheduler::leave(Fiber& fiber) {
  begin_switch(&fiber.fake_stack_, loop_stack_, loop_stack_size_);
  ::swapcontext(&fiber.context_, &loop_);
  end_switch(fiber.fake_stack_, &loop_stack_, &loop_stack_size_);
  if (fiber.killed_) throw Killed();
}

void Scheduler::wait_until(std::int64_t due_ms, bool idle) {
  ENCOURS_CHECK(running_ != nullptr, "only a fiber waits");
  Fiber& fiber = *running_;
  ENCOURS_CHECK(!fiber.killed_, "what a killed fiber destroys must not wait");
  if (!idle && fiber.fault_ && --fiber.waits_to_fault_ == 0) {
    std::exchange(fiber.fault_, nullptr)();
    if (fiber.killed_) throw Killed();
  }
  ++fiber.turn_;
  add({due_ms, 0, 0, fiber.shared_from_this(), fiber.turn_, nullptr});
  leave(fiber);
}

void Scheduler::sleep_until(std::int64_t due_ms) {
  do {
    wait_until(due_ms);
  } while (now_ms_ < due_ms);
}

void Scheduler::wake(Fiber& fiber) {
  if (fiber.over_) return;
  add({now_ms_, 0, 0, fiber.shared_from_this(), fiber.turn_, nullptr});
}

void Scheduler::kill(Fiber& fiber) {
  if (fiber.over_ || fiber.killed_) return;
  fiber.killed_ = true;
  fiber.frozen_until_ms_ = 0;
  if (&fiber != running_) wake(fiber);
}

bool Scheduler::step(std::int64_t limit_ms) {
  if (events_.empty() || events_.front().due_ms > limit_ms) return false;
  std::pop_heap(events_.begin(), events_.end(), later);
  Event event = std::move(events_.back());
  events_.pop_back();
  now_ms_ = std::max(now_ms_, event.due_ms);
  if (event.fiber) {
    Fiber& fiber = *event.fiber;
    if (fiber.over_) return true;
    if (fiber.frozen_until_ms_ > now_ms_) {
      event.due_ms = fiber.frozen_until_ms_;
      add(std::move(event));
      return true;
    }
    ++steps_;
    if (event.action) {
      if (!fiber.killed_) event.action();
    } else if (event.turn == fiber.turn_) {
      resume(fiber);
      if (fiber.over_) std::erase(fibers_, event.fiber);
    }
    return true;
  }
  ++steps_;
  event.action();
  return true;
}

bool Scheduler::run(std::int64_t limit_ms, const std::function<bool()>& done) {
  while (!done()) {
    if (!step(limit_ms)) {
      now_ms_ = std::max(now_ms_, limit_ms);
      return done();
    }
  }
  return true;
}

}  // namespace encours::sim
