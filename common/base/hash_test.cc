// Goal: ids and partitions stay what they are for ever and agree with the Java client.
// Method: vectors from FIPS 180-4 (SHA-256), from coreutils' sha256sum (stable ids), and from the
// Java client's own tests and Utils.murmur2 (murmur2, partitions); none computed by this code.
#include "common/base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace encours {
namespace {

using namespace std::string_view_literals;

TEST(Sha256, KnownVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, AnyThread) {
  std::vector<std::thread> threads;
  std::vector<std::string> results(8);
  for (size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&results, i] { results[i] = sha256_hex("abc"); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(
      std::set<std::string>(results.begin(), results.end()),
      std::set<std::string>{"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"});
}

// printf '\0\0\0\0\0\0\0\4acme\0\0\0\0\0\0\0\3INV' | sha256sum | cut -c1-32
TEST(StableId, KnownVectors) {
  EXPECT_EQ(stable_id({"acme", "INV"}), "81990b1c4dfa3689526e6c91042a8f04");
  EXPECT_EQ(stable_id({}), "e3b0c44298fc1c149afbf4c8996fb924");
  EXPECT_EQ(stable_id({""}), "af5570f5a1810b7af78caf4bc70a660f");
}

TEST(StableId, PartsAreKeptApart) {
  EXPECT_NE(stable_id({"ab", "c"}), stable_id({"a", "bc"}));
  EXPECT_NE(stable_id({"a", ""}), stable_id({"", "a"}));
  EXPECT_NE(stable_id({"a"}), stable_id({"a", ""}));
  const std::vector<std::string_view> parts{"acme", "INV"};
  EXPECT_EQ(stable_id(parts), stable_id({"acme", "INV"}));
}

TEST(Murmur2, JavaVectors) {
  const auto as_java = [](std::string_view key) { return static_cast<int32_t>(murmur2(key)); };
  EXPECT_EQ(as_java("21"), -973932308);
  EXPECT_EQ(as_java("foobar"), -790332482);
  EXPECT_EQ(as_java("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(as_java("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(as_java("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(as_java("abc"), 479470107);
  EXPECT_EQ(as_java(""), 275646681);
  EXPECT_EQ(as_java("\xff\x80\x00\xfe\x7f"sv), -1362474117);
}

TEST(PartitionOf, JavaDefaultPartitioner) {
  EXPECT_EQ(partition_of("21", 32), 12);
  EXPECT_EQ(partition_of("21", 8), 4);
  EXPECT_EQ(partition_of("foobar", 32), 30);
  EXPECT_EQ(partition_of("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", 8), 5);
  EXPECT_EQ(partition_of("abc", 32), 27);
  EXPECT_EQ(partition_of("anything", 1), 0);
}

TEST(PartitionOfDeathTest, NoPartitions) {
  EXPECT_DEATH(static_cast<void>(partition_of("k", 0)), "at least one partition");
}

}  // namespace
}  // namespace encours
