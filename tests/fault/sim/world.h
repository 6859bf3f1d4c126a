// World: one simulated run of the tally, all of it drawn from a seed: input, options, faults.
//
// Instances run the real TaskRunner over a simulated broker; a nemesis kills them wherever they
// wait, lets them stand still beyond their sessions, cuts them off, starts twins of the same name,
// wipes disks and compacts the changelog. After the last heal all must be done in time, and what is
// left behind must be what the model says, byte by byte (judge.h). The same seed gives the same
// history. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/sim/clock.h"
#include "common/sim/log_client.h"
#include "common/sim/stores.h"
#include "common/stream/task_runner.h"
#include "tests/fault/judge.h"

namespace encours::test {

// A workload and what it must lead to. Many worlds share one: making it costs more than a run.
struct Story {
  Workload workload;
  Expected expected;
};

struct Outcome {
  Verdict verdict;
  std::map<std::string_view, std::uint64_t> visits;
  std::vector<std::string> journal;
  std::int64_t virtual_ms = 0;
  std::uint64_t steps = 0;
};

class World {
 public:
  World(std::uint64_t seed, bool keep_journal);
  ~World();

  Outcome run();

 private:
  struct Instance {
    std::string name;
    std::unique_ptr<sim::SimStores> disk;
    sim::FiberPtr process;
    sim::FiberPtr copying;  // Its second thread.
    stream::TaskRunner* runner = nullptr;
    const stream::TaskBoard* board = nullptr;
    // Whether it is to be started again when it ends.
    bool wanted = false;
    bool is_twin = false;
  };
  // What this world's nemesis does, each kind as often as its number says.
  struct Faults {
    int kills = 0;
    int zombies = 0;
    int cuts = 0;
    int twins = 0;
    int wipes = 0;
    int stops = 0;
    int compactions = 0;
  };
  class Observer;
  struct Parts;

  std::int64_t draw(std::int64_t from, std::int64_t to) {
    return scheduler_.random().between(from, to);
  }
  void draw_options();
  void draw_faults();
  void create_topics();
  void feed();
  void feed_some(std::size_t from, std::size_t until);

  Instance& make_instance(const std::string& name);
  sim::ClientSettings settings_of(const Instance& instance) const;
  void start(Instance& instance);
  void run_process(Instance& instance);
  void look_for_cut_ticks(const Instance& instance);
  void end_of_process(Instance& instance, const Status& ended);
  bool is_running(const Instance& instance) const {
    return instance.process && !instance.process->is_over();
  }
  void kill(Instance& instance);
  void restart_later(Instance& instance, std::int64_t after_ms);

  Instance* any_running();
  void strike(const char* kind, int times, void (World::*fault)());
  // At once, or at one of the next steps of its work.
  void hit(Instance& instance, std::function<void()> fault);
  void kill_one();
  void freeze_one();
  void cut_one();
  void start_twin();
  void wipe_one();
  void stop_one();
  void compact();
  void heal();

  bool is_done();
  void note_what_is_missing();
  bool inputs_are_read();
  bool ticks_are_out();
  bool partitions_are_run();
  void stop_all();
  void judge();
  void look_at_moves();
  void read_outputs();

  std::uint64_t seed_;
  sim::Scheduler scheduler_;
  sim::Journal journal_;
  sim::Broker broker_;
  sim::Network network_;
  sim::SimClock clock_;
  std::shared_ptr<const Story> story_;
  Judge judge_;
  stream::Topology topology_;
  stream::RunnerOptions options_;
  sim::ClientSettings settings_;
  Faults faults_;
  std::int64_t heal_ms_ = 0;
  bool healed_ = false;
  bool fed_ = false;
  std::map<std::string, std::unique_ptr<Instance>> instances_;
  std::map<std::int32_t, std::int64_t> out_positions_;
  std::map<std::pair<std::int32_t, std::string>, std::int64_t> out_ticks_;
};

}  // namespace encours::test
