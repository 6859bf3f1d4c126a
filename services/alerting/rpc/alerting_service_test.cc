// Goal: every method is guarded, streams too; lists and streams are put together from all
// instances; a stream goes on behind its cursor at any instance and loses nothing when partitions
// move; acknowledgements reach the owner. Method: two real servers on the loopback (Installation);
// the tests wait for messages, never for time.
#include "services/alerting/rpc/alerting_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/testing/guarded.h"
#include "services/alerting/rpc/installation_test.h"

namespace encours::alerting {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using v1alpha1::AcknowledgeAlertRequest;
using v1alpha1::AcknowledgeAlertResponse;
using v1alpha1::ListAlertsRequest;
using v1alpha1::ListAlertsResponse;
using v1alpha1::StreamAlertsRequest;
using v1alpha1::StreamAlertsResponse;

constexpr auto kPatience = std::chrono::seconds(30);

// One open stream; reading waits for the next message.
class Stream {
 public:
  Stream(Instance& instance,
         const std::string& token,
         StreamAlertsRequest request,
         bool forwarded = false) {
    if (forwarded) context_.AddMetadata(rpc::kForwardedKey, "1");
    request.set_tenant(request.tenant().empty() ? "acme" : request.tenant());
    rpc::testing::set_token(&context_, token);
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    reader_ = instance.stub->StreamAlerts(&context_, request);
  }
  ~Stream() {
    context_.TryCancel();
    while (read()) {
    }
    if (!over_) reader_->Finish();
  }
  // False when the stream has ended; then error() says why.
  bool read() {
    if (over_) return false;
    if (reader_->Read(&message)) return true;
    over_ = true;
    const auto status = reader_->Finish();
    if (!status.ok()) error_ = rpc::from_grpc(status, context_);
    return false;
  }
  // The invoices of the next alerts, "F-1 RAISED".
  std::vector<std::string> alerts(std::size_t count) {
    std::vector<std::string> out;
    while (out.size() < count && read()) {
      if (!message.has_alert()) continue;
      out.push_back(message.alert().invoice() +
                    (message.alert().state() == v1alpha1::ALERT_STATE_RAISED ? "" : " changed"));
    }
    return out;
  }
  Error error() {
    while (read()) {
    }
    return error_;
  }
  void cancel() { context_.TryCancel(); }

  StreamAlertsResponse message;

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<StreamAlertsResponse>> reader_;
  bool over_ = false;
  Error error_;
};

struct AlertingServiceTest : testing::Test {
  std::shared_ptr<const TestIssuer> issuer = std::make_shared<TestIssuer>();
  Ledger ledger;
  FakePlacement placement;
  StreamLimits limits;
  std::map<std::string, std::unique_ptr<Instance>> instances;
  // Two accounts of the first instance, then two of the second: partitions 0, 1, 2, 3.
  std::vector<std::string> accounts;
  int records = 0;

  void SetUp() override {
    for (const char* name : {"first", "second"}) start(name);
    for (std::int32_t p = 0; p < kInstalledPartitions; ++p) {
      own(p < 2 ? "first" : "second", p);
      int i = 0;
      while (Ledger::partition_of_account("C-" + std::to_string(i)) != p) ++i;
      accounts.push_back("C-" + std::to_string(i));
    }
  }
  Instance& start(const std::string& name) {
    instances[name] = std::make_unique<Instance>(ledger, placement, issuer, limits);
    return *instances[name];
  }
  Instance& at(const std::string& name) { return *instances.at(name); }
  void own(const std::string& name, std::int32_t partition) {
    for (auto& [other, instance] : instances) instance->board.remove(partition);
    at(name).board.set_running(partition, ledger.stores[static_cast<std::size_t>(partition)]);
    placement.set(partition, at(name).server.address());
  }
  void commit(const stream::Record& record) {
    ledger.take(record);
    for (auto& [name, instance] : instances) instance->board.announce_commit({});
  }
  void tell(const receivables::ReceivableRecord& fact) {
    const Instant at = utc("2024-01-31T23:00:00Z");
    commit(TestWorld().ledger_record(fact, "record-" + std::to_string(++records), at, at));
  }
  // The invoice is named after its partition.
  void overdue(std::int32_t partition, const std::string& invoice) {
    tell(overdue_fact(
        accounts[static_cast<std::size_t>(partition)], invoice, on("2024-01-31"), 100));
  }
  std::string token(const std::string& roles = R"(["collector"])",
                    const std::string& subject = "ada",
                    const std::string& tenants = R"(["acme"])") const {
    return issuer->token(subject, roles, tenants);
  }
  template <class Request, class Response>
  Response call(const std::string& name,
                grpc::Status (v1alpha1::AlertingService::Stub::*method)(grpc::ClientContext*,
                                                                        const Request&,
                                                                        Response*),
                Request request,
                const std::string& with_token = "") {
    request.set_tenant("acme");
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    rpc::testing::set_token(&context, with_token.empty() ? token() : with_token);
    Response response;
    const auto status = (*at(name).stub.*method)(&context, request, &response);
    error = status.ok() ? Error() : rpc::from_grpc(status, context);
    return response;
  }
  ListAlertsResponse list(const std::string& name,
                          const ListAlertsRequest& request = {},
                          const std::string& with_token = "") {
    return call(name, &v1alpha1::AlertingService::Stub::ListAlerts, request, with_token);
  }
  AcknowledgeAlertResponse acknowledge(const std::string& name,
                                       const std::string& account,
                                       const std::string& alert,
                                       const std::string& request_id) {
    AcknowledgeAlertRequest request;
    request.set_account(account);
    request.set_alert(alert);
    request.set_request_id(request_id);
    return call(name, &v1alpha1::AlertingService::Stub::AcknowledgeAlert, request);
  }
  static std::vector<std::string> invoices(const ListAlertsResponse& response) {
    std::vector<std::string> out;
    for (const auto& alert : response.alerts()) out.push_back(alert.invoice());
    return out;
  }
  static StreamAlertsRequest from_first(const std::string& filter = "") {
    StreamAlertsRequest request;
    request.set_start(StreamAlertsRequest::START_EARLIEST);
    request.set_filter(filter);
    return request;
  }

  Error error;
};

TEST_F(AlertingServiceTest, NoMethodAnswersWithoutAToken) {
  EXPECT_THAT(rpc::testing::unguarded_methods(at("first").server.channel(),
                                              {v1alpha1::AlertingService::service_full_name()}),
              IsEmpty());
}

TEST_F(AlertingServiceTest, AnyInstanceListsAll) {
  for (std::int32_t p = 0; p < 4; ++p) overdue(p, "F-" + std::to_string(p));
  for (const char* name : {"first", "second"}) {
    const auto response = list(name);
    EXPECT_EQ(error.code, "");
    EXPECT_THAT(invoices(response), UnorderedElementsAre("F-0", "F-1", "F-2", "F-3"));
    EXPECT_EQ(response.total_size(), 4);
    EXPECT_EQ(response.coverage().partition_count(), 4);
    EXPECT_THAT(response.coverage().missing_partitions(), IsEmpty());
    EXPECT_EQ(response.coverage().position().clock(), kClockName);
    EXPECT_EQ(stream::to_instant(response.coverage().position().instant()),
              utc("2024-02-01T07:00:00Z"));
  }
}

TEST_F(AlertingServiceTest, AListSaysWhatItMissesAndWhereItsSlowestPartStands) {
  overdue(0, "F-0");
  ledger.tick(1, utc("2024-01-31T23:00:00Z"));
  at("second").board.remove(3);
  const auto response = list("first");
  EXPECT_THAT(invoices(response), ElementsAre("F-0"));
  EXPECT_THAT(response.coverage().missing_partitions(), ElementsAre(3));
  EXPECT_EQ(response.coverage().missing_ppm(), 250'000);
  EXPECT_EQ(stream::to_instant(response.coverage().position().instant()),
            utc("2024-01-31T23:00:00Z"));
}

TEST_F(AlertingServiceTest, ARefusedListNamesItsField) {
  ListAlertsRequest request;
  request.set_filter("colour = red");
  list("first", request);
  EXPECT_EQ(error.code, "unknown_field");
  EXPECT_EQ(error.field, "filter");
  request.Clear();
  request.mutable_min_position()->set_clock("tenant/other");
  list("first", request);
  EXPECT_EQ(error.code, "invalid_position");
}

TEST_F(AlertingServiceTest, AnAcknowledgementReachesTheOwnerAndTheStreams) {
  overdue(3, "F-3");
  Stream follower(at("first"), token(), from_first());
  EXPECT_THAT(follower.alerts(1), ElementsAre("F-3"));
  const std::string id = follower.message.alert().id();
  // Partition 3 is the second's; both ways in give the same answer, and one command.
  for (const char* name : {"first", "second", "first"}) {
    const auto response = acknowledge(name, accounts[3], id, "request-1");
    EXPECT_EQ(error.code, "") << error.message;
    EXPECT_EQ(response.alert().state(), v1alpha1::ALERT_STATE_ACKNOWLEDGED);
    EXPECT_EQ(response.alert().changed_by(), "user:ada");
    EXPECT_EQ(response.position().clock(), kClockName);
    EXPECT_EQ(stream::to_instant(response.position().instant()), utc("2024-02-01T07:00:00Z"));
  }
  EXPECT_EQ(at("second").commands.appended, 1);
  EXPECT_EQ(at("first").commands.appended, 0);
  EXPECT_THAT(follower.alerts(1), ElementsAre("F-3 changed"));
}

TEST_F(AlertingServiceTest, ARefusedAcknowledgementNamesItsField) {
  acknowledge("first", accounts[0], "nothing", "request-1");
  EXPECT_EQ(error.code, "alert_not_found");
  EXPECT_EQ(error.field, "alert");
  acknowledge("first", "", "nothing", "request-2");
  EXPECT_EQ(error.code, "missing_field");
  EXPECT_EQ(error.field, "account");
}

TEST_F(AlertingServiceTest, AStreamBringsTheAlertsOfAllInstances) {
  Stream follower(at("first"), token(), {});
  // The first word says where it begins, once the peer is heard of.
  do {
    ASSERT_TRUE(follower.read());
  } while (follower.message.missing_partitions_size() > 0);
  for (std::int32_t p = 0; p < 4; ++p) overdue(p, "F-" + std::to_string(p));
  EXPECT_THAT(follower.alerts(4), UnorderedElementsAre("F-0", "F-1", "F-2", "F-3"));
  tell(settled_fact(accounts[2], "F-2"));
  EXPECT_THAT(follower.alerts(1), ElementsAre("F-2 changed"));
}

TEST_F(AlertingServiceTest, AStreamGoesOnBehindItsCursorAtTheOtherInstance) {
  for (int i = 0; i < 40; ++i) overdue(i % 4, "F-" + std::to_string(i));
  std::vector<std::string> got;
  std::string cursor;
  for (int part = 0; part < 8; ++part) {
    StreamAlertsRequest request = from_first();
    request.set_cursor(cursor);
    Stream follower(at(part % 2 == 0 ? "first" : "second"), token(), request);
    for (const auto& alert : follower.alerts(5)) got.push_back(alert);
    cursor = follower.message.cursor();
  }
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) expected.push_back("F-" + std::to_string(i));
  EXPECT_THAT(got, testing::UnorderedElementsAreArray(expected));
}

TEST_F(AlertingServiceTest, MovedPartitionsAndALostInstanceLoseNothing) {
  Stream follower(at("first"), token(), from_first());
  overdue(2, "F-1");
  EXPECT_THAT(follower.alerts(1), ElementsAre("F-1"));
  // The second dies; while nobody has its partitions, nothing can be committed there.
  at("second").server.server().stop(0);
  for (std::int32_t p : {2, 3}) own("first", p);
  overdue(2, "F-2");
  overdue(3, "F-3");
  EXPECT_THAT(follower.alerts(2), UnorderedElementsAre("F-2", "F-3"));
  // A third comes and takes one over.
  start("third");
  own("third", 2);
  overdue(2, "F-4");
  overdue(3, "F-5");
  EXPECT_THAT(follower.alerts(2), UnorderedElementsAre("F-4", "F-5"));
}

TEST_F(AlertingServiceTest, AStreamIsFilteredAndOnesOwnOnly) {
  receivables::ReceivableRecord fact;
  for (std::int32_t p = 0; p < 4; ++p) {
    fact.set_account(accounts[static_cast<std::size_t>(p)]);
    fact.mutable_account_changed()->set_owner(p % 2 == 0 ? "sue" : "tom");
    tell(fact);
    overdue(p, "F-" + std::to_string(p));
  }
  Stream filtered(at("first"), token(), from_first("invoice = \"F-3\""));
  EXPECT_THAT(filtered.alerts(1), ElementsAre("F-3"));
  Stream hers(at("first"), token(R"(["sales"])", "sue"), from_first());
  EXPECT_THAT(hers.alerts(2), UnorderedElementsAre("F-0", "F-2"));
  EXPECT_THAT(invoices(list("first", {}, token(R"(["sales"])", "sue"))),
              UnorderedElementsAre("F-0", "F-2"));
}

TEST_F(AlertingServiceTest, ARefusedStreamSaysWhy) {
  const auto why = [&](const StreamAlertsRequest& request, const std::string& with_token) {
    return Stream(at("first"), with_token, request).error();
  };
  EXPECT_EQ(why({}, "rubbish").code, "token_refused");
  EXPECT_EQ(why({}, token(R"(["erp"])")).code, "role_not_allowed");
  EXPECT_EQ(why({}, token(R"(["collector"])", "ada", R"(["other"])")).code, "tenant_not_allowed");
  const Error filter = why(from_first("colour = red"), token());
  EXPECT_EQ(filter.code, "unknown_field");
  EXPECT_EQ(filter.field, "filter");
  StreamAlertsRequest resumed;
  resumed.set_cursor(FeedCursor::all(kInstalledPartitions, 0).encode("other"));
  const Error cursor = why(resumed, token());
  EXPECT_EQ(cursor.code, "invalid_cursor");
  EXPECT_EQ(cursor.field, "cursor");
  EXPECT_EQ(at("first").api.hub().counts().readers, 0u);
}

TEST_F(AlertingServiceTest, ADrainedServerEndsItsStreams) {
  Stream follower(at("first"), token(), {});
  ASSERT_TRUE(follower.read());
  at("first").server.guard().drain();
  EXPECT_EQ(follower.error().code, "shutting_down");
  EXPECT_EQ(Stream(at("first"), token(), {}).error().code, "shutting_down");
}

struct FewStreams : AlertingServiceTest {
  FewStreams() {
    limits.max_streams = 3;
    limits.max_streams_per_caller = 2;
  }
};

TEST_F(FewStreams, MoreAreRefusedAndASlotComesBack) {
  auto one = std::make_unique<Stream>(at("first"), token(), StreamAlertsRequest());
  Stream two(at("first"), token(), {});
  ASSERT_TRUE(one->read());
  ASSERT_TRUE(two.read());
  EXPECT_EQ(Stream(at("first"), token(), {}).error().code, "too_many_streams");
  Stream three(at("first"), token(R"(["collector"])", "bob"), {});
  ASSERT_TRUE(three.read());
  EXPECT_EQ(Stream(at("first"), token(R"(["collector"])", "eve"), {}).error().code,
            "too_many_streams");
  one.reset();
  // The slot is free once the server has noticed.
  std::string code = "too_many_streams";
  while (code == "too_many_streams") {
    Stream again(at("first"), token(), {});
    code = again.read() ? "" : again.error().code;
  }
  EXPECT_EQ(code, "");
}

struct FewForwarded : AlertingServiceTest {
  FewForwarded() {
    limits.max_streams_per_caller = 2;
    limits.max_forwarded_per_caller = 1;
  }
};

TEST_F(FewForwarded, StreamsThatSayTheyWerePassedOnHaveALimitOfTheirOwn) {
  Stream passed_on(at("first"), token(), {}, true);
  ASSERT_TRUE(passed_on.read());
  EXPECT_EQ(Stream(at("first"), token(), {}, true).error().code, "too_many_streams");
  // They take no place of the caller's own.
  Stream one(at("first"), token(), {});
  Stream two(at("first"), token(), {});
  EXPECT_TRUE(one.read());
  EXPECT_TRUE(two.read());
  EXPECT_EQ(Stream(at("first"), token(), {}).error().code, "too_many_streams");
  Stream of_another(at("first"), token(R"(["collector"])", "bob"), {}, true);
  EXPECT_TRUE(of_another.read());
}

}  // namespace
}  // namespace encours::alerting
