// Goal: only sound signature keys are taken, signatures are judged right, a new file is seen.
// Method: the examples of RFC 7515 (appendices A.2 and A.3) as an independent source, files that
// are broken in one way each, and files that are replaced while a KeyFile looks at them.
#include "common/rpc/jwks.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/rpc/base64url.h"
#include "common/rpc/testing/tokens.h"

namespace encours::rpc {
namespace {

using testing::jwks;
using testing::TestIssuer;
using testing::TestKey;
using testing::TestKeyKind;
using testing::write_file;

// {"iss":"joe", ...} of RFC 7515 A.2 and A.3.
const std::string kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

const std::string kRfcEcKey = R"({"kty":"EC","crv":"P-256","kid":"a3",)"
                              R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                              R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
const std::string kRfcEcSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

const std::string kRfcRsaKey =
    R"({"kty":"RSA","kid":"a2","e":"AQAB","n":")"
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4"
    "QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdb"
    "BYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-D"
    "WNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
    "\"}";
const std::string kRfcRsaSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5ju"
    "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07"
    "Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipU"
    "TI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

TEST(KeySet, JudgesTheSignaturesOfRfc7515) {
  const Result<KeySet> keys = KeySet::parse(jwks({kRfcEcKey, kRfcRsaKey}));
  ASSERT_TRUE(keys.ok()) << describe(keys.failure());

  const VerifyKey* elliptic = keys->find("a3");
  ASSERT_NE(elliptic, nullptr);
  EXPECT_EQ(elliptic->algorithm(), TokenAlgorithm::kEs256);
  const std::string ec_signed = "eyJhbGciOiJFUzI1NiJ9." + kPayload;
  const std::string ec_signature = *base64url_decode(kRfcEcSignature);
  EXPECT_TRUE(elliptic->verifies(ec_signed, ec_signature));
  EXPECT_FALSE(elliptic->verifies(ec_signed + "A", ec_signature));
  EXPECT_FALSE(elliptic->verifies(ec_signed, ec_signature.substr(1)));
  EXPECT_FALSE(elliptic->verifies(ec_signed, std::string(64, '\0')));
  EXPECT_FALSE(elliptic->verifies(ec_signed, ""));

  const VerifyKey* rsa = keys->find("a2");
  ASSERT_NE(rsa, nullptr);
  EXPECT_EQ(rsa->algorithm(), TokenAlgorithm::kRs256);
  const std::string rsa_signed = "eyJhbGciOiJSUzI1NiJ9." + kPayload;
  EXPECT_TRUE(rsa->verifies(rsa_signed, *base64url_decode(kRfcRsaSignature)));
  EXPECT_FALSE(rsa->verifies(rsa_signed, ec_signature));
}

TEST(KeySet, LeavesOutWhatIsNoSignatureKey) {
  const std::string secret = R"({"kty":"oct","kid":"s","k":"c2VjcmV0"})";
  const std::string encryption = R"({"kty":"EC","crv":"P-256","use":"enc","kid":"e"})";
  const std::string other_curve = R"({"kty":"EC","crv":"P-384","kid":"p"})";
  const std::string other_padding = R"({"kty":"RSA","alg":"PS256","kid":"r"})";
  const Result<KeySet> keys =
      KeySet::parse(jwks({secret, encryption, other_curve, other_padding, kRfcEcKey}));
  ASSERT_TRUE(keys.ok()) << describe(keys.failure());
  for (const char* kid : {"s", "e", "p", "r"}) EXPECT_EQ(keys->find(kid), nullptr) << kid;
  EXPECT_NE(keys->find("a3"), nullptr);
}

TEST(KeySet, RefusesABrokenFile) {
  const std::string off_the_curve = R"({"kty":"EC","crv":"P-256","kid":"off",)"
                                    R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                                    R"("y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})";
  const std::string without_kid = R"({"kty":"EC","crv":"P-256"})";
  const std::string small_rsa = TestKey(TestKeyKind::kSmallRsa).jwk("small");
  const std::string only_secret = jwks({R"({"kty":"oct","kid":"s","k":"c2VjcmV0"})"});
  for (const std::string& text : {std::string(),
                                  std::string("{"),
                                  std::string("[]"),
                                  std::string(R"({"keys":1})"),
                                  jwks({}),
                                  only_secret,
                                  jwks({"1"}),
                                  jwks({off_the_curve}),
                                  jwks({without_kid}),
                                  jwks({small_rsa}),
                                  jwks({kRfcEcKey, kRfcEcKey})}) {
    const Result<KeySet> keys = KeySet::parse(text);
    ASSERT_FALSE(keys.ok()) << text;
    EXPECT_EQ(keys.failure().code, "invalid_jwks");
  }
}

TEST(Base64Url, OneTextForOneValue) {
  EXPECT_EQ(base64url_decode(""), "");
  EXPECT_EQ(base64url_decode("Zg"), "f");
  EXPECT_EQ(base64url_decode("Zm9vYmFy"), "foobar");
  EXPECT_EQ(base64url_decode("-_8"), "\xFB\xFF");
  for (const char* bad : {"Z", "Zg==", "Zh", "Zm9=", "Zm 9", "+/8", "Zm9v\n"}) {
    EXPECT_EQ(base64url_decode(bad), std::nullopt) << bad;
  }
}

TEST(KeyFile, TakesANewFileAndKeepsTheOldKeysWhenItIsBroken) {
  const TestIssuer issuer;
  const TestKey next(TestKeyKind::kEc);
  std::vector<std::string> problems;
  KeyFile file(issuer.jwks_file(), [&](const Error& why) { problems.push_back(why.code); });
  ASSERT_TRUE(file.load().ok());
  const auto first = file.current();
  EXPECT_NE(first->find("test"), nullptr);
  EXPECT_EQ(file.current(), first) << "an unchanged file is not read again";

  write_file(issuer.jwks_file(), "{ broken");
  EXPECT_EQ(file.current(), first);
  EXPECT_EQ(file.current(), first);
  EXPECT_EQ(problems, std::vector<std::string>{"invalid_jwks"});

  std::filesystem::remove(issuer.jwks_file());
  EXPECT_EQ(file.current(), first);
  EXPECT_EQ(file.current(), first);
  EXPECT_EQ(problems, (std::vector<std::string>{"invalid_jwks", "unreadable_file"}));

  write_file(issuer.jwks_file(), jwks({next.jwk("next")}));
  EXPECT_NE(file.current()->find("next"), nullptr);
  EXPECT_EQ(file.current()->find("test"), nullptr);
}

TEST(KeyFile, LoadFailsWithoutAFile) {
  KeyFile file("/no/such/jwks.json", {});
  const Status loaded = file.load();
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.failure().code, "unreadable_file");
}

}  // namespace
}  // namespace encours::rpc
