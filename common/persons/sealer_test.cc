// Goal: what is sealed for one person opens for that person only, and never twice the same.
// Method: seal, then open with each part of the scope, the key or the bytes changed in turn.
#include "common/persons/sealer.h"

#include <gtest/gtest.h>

#include <fstream>

namespace encours {
namespace {

const PersonScope kAda{"acme", "C1", "ada"};

TEST(Sealer, OpensWhatItSealed) {
  const Sealer sealer = Sealer::for_test();
  const auto key = sealer.make_wrapped_key(kAda);
  ASSERT_TRUE(key.ok());
  const auto sealed = sealer.seal(*key, kAda, "", "ada@example.org");
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->find("ada@"), std::string::npos);
  EXPECT_EQ(*sealer.open(*key, kAda, "", *sealed), "ada@example.org");
  EXPECT_NE(*sealer.seal(*key, kAda, "", "ada@example.org"), *sealed);
}

TEST(Sealer, RefusesAnythingThatDoesNotBelongTogether) {
  const Sealer sealer = Sealer::for_test();
  const auto key = sealer.make_wrapped_key(kAda);
  const auto other_key = sealer.make_wrapped_key({"acme", "C1", "bob"});
  const auto sealed = sealer.seal(*key, kAda, "r1", "text");
  EXPECT_FALSE(sealer.open(*other_key, kAda, "r1", *sealed).ok());
  EXPECT_FALSE(sealer.open(*key, {"other", "C1", "ada"}, "r1", *sealed).ok());
  EXPECT_FALSE(sealer.open(*key, {"acme", "C2", "ada"}, "r1", *sealed).ok());
  EXPECT_FALSE(sealer.open(*key, kAda, "r2", *sealed).ok());
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    std::string broken = *sealed;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    EXPECT_FALSE(sealer.open(*key, kAda, "r1", broken).ok()) << "byte " << i;
  }
  EXPECT_FALSE(sealer.open(*key, kAda, "r1", "short").ok());
}

TEST(Sealer, ReadsItsKeyFromAFileAndRefusesAnother) {
  const std::string path = ::testing::TempDir() + "/kek";
  std::ofstream(path) << std::string(64, 'a') << "\n";
  EXPECT_TRUE(Sealer::from_key_file(path).ok());
  std::ofstream(path, std::ios::trunc) << "too short";
  EXPECT_FALSE(Sealer::from_key_file(path).ok());
  EXPECT_FALSE(Sealer::from_key_file(path + ".absent").ok());
}

}  // namespace
}  // namespace encours
