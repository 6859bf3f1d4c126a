// Fault points: named places where a test makes the process die, stop or misbehave on purpose.
//
// ENCOURS_FAULT is a list, by commas, of chains: "name:n:action[>name:n:action...]". A fault fires
// at the n-th passage of the point `name` with action kill (SIGKILL), stop (SIGSTOP), exit,
// stall<ms> (its thread alone stands still) or pass (nothing but its line); the next one of its
// chain counts passages only from then on, so that a process can be stopped, woken and stopped
// again at a known place. ENCOURS_MUTATION="rule" breaks one rule of the protocol, so that a test
// can show that it would notice; "rule+rule" both, where either of two rules would do. All is
// compiled out of a release (ENCOURS_FAULT_POINTS), where it costs nothing. Safe from any thread.
#pragma once

#include <string_view>

namespace encours {

#ifdef ENCOURS_FAULT_POINTS
void pass_fault_point(std::string_view name);
bool mutation_is_on(std::string_view rule);
// Within a test, in place of ENCOURS_MUTATION; empty: all rules hold again. Before threads start.
void set_mutation(std::string_view rule);
#else
inline void pass_fault_point(std::string_view) {}
constexpr bool mutation_is_on(std::string_view) { return false; }
inline void set_mutation(std::string_view) {}
#endif

}  // namespace encours
