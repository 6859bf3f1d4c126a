// Goal: a good token gives its caller; any token that is wrong in one way is refused.
// Method: tokens signed in the test by OpenSSL keys, each with one thing changed; a manual clock.
#include "common/rpc/identity.h"

#include <gtest/gtest.h>

#include "common/rpc/testing/tokens.h"

namespace encours::rpc {
namespace {

using encours::common::v1alpha1::ROLE_COLLECTOR;
using encours::common::v1alpha1::ROLE_ERP;
using encours::common::v1alpha1::ROLE_SALES;
using encours::common::v1alpha1::ROLE_SERVICE;
using testing::base64url;
using testing::claims;
using testing::jwks;
using testing::TestIssuer;
using testing::TestKey;
using testing::TestKeyKind;
using testing::write_file;

constexpr std::int64_t kNow = 1'768'478'400;  // 2026-01-15T12:00:00Z
const char* const kEcHeader = R"({"alg":"ES256","kid":"ec"})";
const char* const kRsaHeader = R"({"alg":"RS256","kid":"rsa"})";

class TokenVerifierTest : public ::testing::Test {
 protected:
  TokenVerifierTest() : clock_(Instant::from_unix_seconds(kNow)) {
    write_file(issuer_.jwks_file(), jwks({ec_.jwk("ec"), rsa_.jwk("rsa")}));
    open({TokenAlgorithm::kEs256, TokenAlgorithm::kRs256});
  }

  void open(std::set<TokenAlgorithm> algorithms) {
    IdentityConfig config;
    config.jwks_file = issuer_.jwks_file();
    config.issuer = testing::kIssuer;
    config.audience = testing::kAudience;
    config.algorithms = std::move(algorithms);
    auto verifier = TokenVerifier::open(config, clock_);
    ASSERT_TRUE(verifier.ok()) << describe(verifier.failure());
    verifier_ = std::move(verifier).value();
  }

  // "ok", or the code of the refusal.
  std::string judge(const std::string& token) {
    const Result<Caller> caller = verifier_->verify(token);
    return caller.ok() ? "ok" : caller.failure().code;
  }
  std::string judge_claims(const std::string& payload) {
    return judge(ec_.token(kEcHeader, payload));
  }
  static std::string good_claims(std::int64_t expires_at = kNow + 600) {
    return claims("ada", R"(["collector","sales","wizard"])", R"(["acme","beta"])", expires_at);
  }

  ManualClock clock_;
  TestIssuer issuer_;
  TestKey ec_{TestKeyKind::kEc};
  // Made once: an RSA key takes long.
  inline static const TestKey rsa_{TestKeyKind::kRsa};
  std::unique_ptr<TokenVerifier> verifier_;
};

TEST_F(TokenVerifierTest, GoodTokenGivesItsCaller) {
  for (const std::string& token :
       {ec_.token(kEcHeader, good_claims()), rsa_.token(kRsaHeader, good_claims())}) {
    const Result<Caller> caller = verifier_->verify_header("Bearer " + token);
    ASSERT_TRUE(caller.ok()) << describe(caller.failure());
    EXPECT_EQ(caller->subject, "ada");
    EXPECT_EQ(caller->roles, (std::set<Role>{ROLE_COLLECTOR, ROLE_SALES}));
    EXPECT_EQ(caller->expires_at, Instant::from_unix_seconds(kNow + 600));
    EXPECT_TRUE(caller->may_see("acme"));
    EXPECT_FALSE(caller->may_see("other"));
    EXPECT_FALSE(caller->sees_all_tenants());
    EXPECT_EQ(caller->actor(), "user:ada");
  }
}

TEST_F(TokenVerifierTest, StarIsEveryTenantAndActorsSayWhatTheyAre) {
  const Result<Caller> all =
      verifier_->verify(ec_.token(kEcHeader, claims("s", R"(["service"])", R"(["*"])", kNow + 1)));
  ASSERT_TRUE(all.ok());
  EXPECT_TRUE(all->may_see("anybody"));
  EXPECT_EQ(all->roles, std::set<Role>{ROLE_SERVICE});
  EXPECT_EQ(all->actor(), "service:s");
  const Result<Caller> erp =
      verifier_->verify(ec_.token(kEcHeader, claims("sap", R"(["erp"])", R"(["a"])", kNow + 1)));
  ASSERT_TRUE(erp.ok());
  EXPECT_EQ(erp->actor(), "erp:sap");
  EXPECT_EQ(role_word(ROLE_ERP), "erp");
}

TEST_F(TokenVerifierTest, TimesHaveSixtySecondsOfSkew) {
  EXPECT_EQ(judge_claims(good_claims(kNow + 1)), "ok");
  EXPECT_EQ(judge_claims(good_claims(kNow - 59)), "ok");
  EXPECT_EQ(judge_claims(good_claims(kNow - 60)), "token_expired");
  EXPECT_EQ(judge_claims(good_claims(0)), "token_expired");

  const auto with_start = [](std::int64_t not_before) {
    std::string payload = good_claims();
    payload.pop_back();
    return payload + R"(,"nbf":)" + std::to_string(not_before) + "}";
  };
  EXPECT_EQ(judge_claims(with_start(kNow + 60)), "ok");
  EXPECT_EQ(judge_claims(with_start(kNow + 61)), "token_not_yet_valid");

  const std::string token = ec_.token(kEcHeader, good_claims());
  EXPECT_EQ(judge(token), "ok");
  clock_.set_now(Instant::from_unix_seconds(kNow + 660));
  EXPECT_EQ(judge(token), "token_expired");
}

TEST_F(TokenVerifierTest, RefusesEveryOtherAlgorithm) {
  EXPECT_EQ(judge(base64url(R"({"alg":"none","kid":"ec"})") + "." + base64url(good_claims()) + "."),
            "token_refused");
  for (const char* algorithm : {"none", "None", "HS256", "ES384", "PS256", "es256", ""}) {
    const std::string header = std::string(R"({"kid":"ec","alg":")") + algorithm + "\"}";
    EXPECT_EQ(judge(ec_.token(header, good_claims())), "token_refused") << algorithm;
  }
  EXPECT_EQ(judge(ec_.token(R"({"kid":"ec"})", good_claims())), "token_refused");
  // The key named is of the other kind.
  EXPECT_EQ(judge(rsa_.token(R"({"alg":"RS256","kid":"ec"})", good_claims())), "token_refused");
  EXPECT_EQ(judge(ec_.token(R"({"alg":"ES256","kid":"rsa"})", good_claims())), "token_refused");
  // A good signature by the key named, but the header says another algorithm than the key's.
  EXPECT_EQ(judge(rsa_.token(R"({"alg":"ES256","kid":"rsa"})", good_claims())), "token_refused");
  EXPECT_EQ(judge(ec_.token(R"({"alg":"RS256","kid":"ec"})", good_claims())), "token_refused");
  // An extension that must be understood is not.
  EXPECT_EQ(judge(ec_.token(R"({"alg":"ES256","kid":"ec","crit":["b64"]})", good_claims())),
            "token_refused");

  open({TokenAlgorithm::kEs256});
  EXPECT_EQ(judge(rsa_.token(kRsaHeader, good_claims())), "token_refused");
  EXPECT_EQ(judge(ec_.token(kEcHeader, good_claims())), "ok");
}

TEST_F(TokenVerifierTest, RefusesForeignKeys) {
  const TestKey foreign(TestKeyKind::kEc);
  EXPECT_EQ(judge(foreign.token(kEcHeader, good_claims())), "token_refused");
  EXPECT_EQ(judge(ec_.token(R"({"alg":"ES256","kid":"other"})", good_claims())), "token_refused");
  EXPECT_EQ(judge(ec_.token(R"({"alg":"ES256"})", good_claims())), "token_refused");

  write_file(issuer_.jwks_file(), jwks({foreign.jwk("ec")}));
  EXPECT_EQ(judge(foreign.token(kEcHeader, good_claims())), "ok") << "the new file holds at once";
  EXPECT_EQ(judge(ec_.token(kEcHeader, good_claims())), "token_refused");
}

TEST_F(TokenVerifierTest, RefusesWhatWasTamperedWith) {
  const std::string token = ec_.token(kEcHeader, good_claims());
  const auto first = token.find('.');
  const auto second = token.rfind('.');
  const std::string richer = claims("ada", R"(["admin"])", R"(["*"])", kNow + 600);
  EXPECT_EQ(judge(token.substr(0, first) + "." + base64url(richer) + token.substr(second)),
            "token_refused");
  for (const std::size_t at : {std::size_t{0}, first + 5, second + 5}) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(judge(changed), "token_refused") << at;
  }
  EXPECT_EQ(judge(token + "="), "token_refused");
  EXPECT_EQ(judge(token + ".e30"), "token_refused");
  EXPECT_EQ(judge(token.substr(0, second)), "token_refused");
  EXPECT_EQ(judge(token.substr(0, second + 1)), "token_refused");
  EXPECT_EQ(judge(std::string(9000, 'A')), "token_refused");
  EXPECT_EQ(judge(""), "token_refused");
}

TEST_F(TokenVerifierTest, RefusesOtherIssuersAudiencesAndShapes) {
  const std::string rest = R"("sub":"a","roles":[],"tenants":[],"exp":4102444800})";
  EXPECT_EQ(judge_claims(R"({"iss":"https://idp.test","aud":"encours",)" + rest), "ok");
  EXPECT_EQ(judge_claims(R"({"iss":"https://idp.test","aud":["x","encours"],)" + rest), "ok");
  for (const char* start : {R"({"iss":"https://evil.test","aud":"encours",)",
                            R"({"aud":"encours",)",
                            R"({"iss":"https://idp.test","aud":"other",)",
                            R"({"iss":"https://idp.test","aud":[],)",
                            R"({"iss":"https://idp.test","aud":["encours",1],)",
                            R"({"iss":"https://idp.test",)"}) {
    EXPECT_EQ(judge_claims(start + rest), "token_refused") << start;
  }
  const std::string head = R"({"iss":"https://idp.test","aud":"encours",)";
  for (const char* tail : {R"("sub":"a","roles":[],"tenants":[]})",
                           R"("sub":"a","roles":[],"tenants":[],"exp":"9"})",
                           R"("sub":"a","roles":[],"tenants":[],"exp":-1})",
                           R"("sub":"a","roles":[],"tenants":[],"exp":1e300})",
                           R"("sub":"","roles":[],"tenants":[],"exp":4102444800})",
                           R"("sub":"a b","roles":[],"tenants":[],"exp":4102444800})",
                           R"("sub":"a","roles":"admin","tenants":[],"exp":4102444800})",
                           R"("sub":"a","roles":[],"tenants":"*","exp":4102444800})",
                           R"("sub":"a","roles":[],"tenants":[],"nbf":"x","exp":4102444800})"}) {
    EXPECT_EQ(judge_claims(head + tail), "token_refused") << tail;
  }
  EXPECT_EQ(judge_claims("[]"), "token_refused");
  EXPECT_EQ(judge_claims("{"), "token_refused");
}

TEST_F(TokenVerifierTest, ReadsTheHeaderOfTheCall) {
  const std::string token = ec_.token(kEcHeader, good_claims());
  EXPECT_TRUE(verifier_->verify_header("bearer " + token).ok());
  EXPECT_EQ(verifier_->verify_header("").failure().code, "token_missing");
  for (const std::string& header : {std::string("Bearer "), "Basic " + token, token}) {
    EXPECT_EQ(verifier_->verify_header(header).failure().code, "token_refused") << header;
  }
}

TEST(TokenVerifier, OpenNeedsItsSettings) {
  ManualClock clock;
  const TestIssuer issuer;
  EXPECT_EQ(TokenVerifier::open({issuer.jwks_file(), "", "a"}, clock).failure().field, "issuer");
  EXPECT_EQ(TokenVerifier::open({issuer.jwks_file(), "i", ""}, clock).failure().field, "audience");
  const Error unread = TokenVerifier::open({"/no/such", "i", "a"}, clock).failure();
  EXPECT_EQ(unread.code, "unreadable_file");
  EXPECT_NE(unread.message.find("/no/such"), std::string::npos) << unread.message;
}

}  // namespace
}  // namespace encours::rpc
