// Goal: a disk that is full ends the process, whatever it was writing, and costs nothing but time
// once there is room again (row 22). Method: a small disk of the test's own below the folder of an
// instance, filled with a file. It needs root.
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>

#include "tests/fault/run.h"

namespace encours::test {
namespace {

namespace fs = std::filesystem;

// A disk of the test's own below the folder of an instance.
class FullDisk : public FaultTest {
 protected:
  void TearDown() override {
    oracle.reset();
    if (!mounted_.empty()) ::umount2(mounted_.c_str(), MNT_DETACH);
    run.reset();
  }

  void install_on_disk(const char* size) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root may mount a disk of its own";
    ASSERT_NO_FATAL_FAILURE(install());
    const fs::path dir = run->data_dir("a");
    fs::create_directories(dir);
    if (::mount("tmpfs", dir.c_str(), "tmpfs", 0, size) != 0) {
      GTEST_SKIP() << "no disk can be mounted here: " << std::strerror(errno);
    }
    mounted_ = dir;
  }
  void resize(const char* size) {
    ASSERT_EQ(::mount("tmpfs", mounted_.c_str(), "tmpfs", MS_REMOUNT, size), 0);
  }

  // Goes on up to a cut, then ends: its rows stand in the logs of its stores, and the next start
  // makes a table of them.
  void work_until(std::size_t cut) {
    ASSERT_GOOD(run->feed(workload.cuts[cut].records));
    run->start("a");
    ASSERT_GOOD(oracle->await_outputs(kLivenessMs, workload.cuts[cut]));
    ASSERT_TRUE(run->stop_all(kPatienceMs));
  }

  // Takes all of the disk but so much; free() gives it back.
  void fill_but(std::int64_t left_bytes) {
    struct statvfs disk {};
    ASSERT_EQ(::statvfs(mounted_.c_str(), &disk), 0);
    const auto free_bytes = static_cast<std::int64_t>(disk.f_bavail * disk.f_bsize);
    std::ofstream file(mounted_ / "filler", std::ios::binary);
    const std::string block(1 << 16, 'x');
    for (std::int64_t left = free_bytes - left_bytes; left > 0;) {
      const auto size = std::min<std::int64_t>(left, static_cast<std::int64_t>(block.size()));
      file.write(block.data(), size);
      left -= size;
    }
    file.close();
    ASSERT_TRUE(file.good());
  }

  // It has ended by itself for want of space: with its line, or by an assertion of RocksDB, which
  // Debian builds with assertions on (a second failure while the first one is cleaned up).
  void expect_ended_for_space(Process& process) {
    const auto ended = process.await_end(kPatienceMs);
    ASSERT_TRUE(ended.has_value()) << "it goes on";
    if (ended->signal == SIGABRT && !process.lines_with("tally: ./file/").empty()) return;
    ASSERT_NO_FATAL_FAILURE(expect_refusal(process, "disk_full"));
    const std::string line = process.lines_with("fatal ")[0];
    const auto end = line.find(": No space left on device.");
    ASSERT_NE(end, line.npos) << line;
    hit_.insert(fs::path(line.substr(0, end)).extension());
  }

  // It ends again as long as the disk is full, and goes on when there is room.
  void expect_exact_once_free() {
    ASSERT_NO_FATAL_FAILURE(expect_ended_for_space(run->start("a")));
    free();
    run->start("a");
    expect_exact();
  }
  void free() {
    fs::remove(mounted_ / "filler");
    ASSERT_NO_FATAL_FAILURE(resize(kAmple));
  }

  // Kinds of the files that had no room.
  std::set<std::string> hit_;

  // A store lays hands on 18 MiB for its log when it can.
  static constexpr const char* kAmple = "size=600m";
  fs::path mounted_;
};
using FullDiskLong = FullDisk;

// The logs of some stores have room, those of others have not: of one and the same transaction.
TEST_F(FullDisk, Row22InTheStoresLog) {
  ASSERT_NO_FATAL_FAILURE(install_on_disk("size=70m"));
  if (IsSkipped()) return;
  ASSERT_GOOD(run->feed_all());
  ASSERT_NO_FATAL_FAILURE(
      expect_refusal(run->start("a"), "disk_full", ".log: No space left on device"));
  expect_exact_once_free();
}

// An open makes a table of what stands in the store's log.
TEST_F(FullDiskLong, Row22InAFlush) {
  ASSERT_NO_FATAL_FAILURE(install_on_disk(kAmple));
  if (IsSkipped()) return;
  ASSERT_NO_FATAL_FAILURE(work_until(workload.cuts.size() / 2));
  ASSERT_NO_FATAL_FAILURE(fill_but(4096));
  ASSERT_GOOD(run->feed_all());
  ASSERT_NO_FATAL_FAILURE(
      expect_refusal(run->start("a"), "disk_full", ".sst: No space left on device"));
  expect_exact_once_free();
}

// Small tables that are merged all the time; the disk is full sooner or later, wherever that is.
TEST_F(FullDiskLong, Row22AtAnyMoment) {
  ASSERT_NO_FATAL_FAILURE(install_on_disk(kAmple));
  if (IsSkipped()) return;
  run->set("TALLY_WRITE_BUFFER_KIB", "2048");
  ASSERT_NO_FATAL_FAILURE(work_until(8));
  int ends = 0;
  for (std::size_t cut = 9; cut < 15; ++cut) {
    ASSERT_NO_FATAL_FAILURE(fill_but(draw(1, 10) * 4096));
    Process& process = run->start("a");
    ASSERT_GOOD(run->feed(workload.cuts[cut].records));
    await(kPatienceMs, [&] {
      return !process.alive() || oracle->await_outputs(0, workload.cuts[cut]).ok();
    });
    if (process.alive()) {
      process.kill();
      ASSERT_TRUE(process.await_end(kPatienceMs));
    } else {
      ASSERT_NO_FATAL_FAILURE(expect_ended_for_space(process));
      ++ends;
    }
    ASSERT_NO_FATAL_FAILURE(free());
  }
  std::cout << ends << " ends; no room in";
  for (const auto& kind : hit_) std::cout << " " << kind;
  std::cout << std::endl;
  EXPECT_GE(ends, 1);
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  expect_exact();
}

}  // namespace
}  // namespace encours::test
