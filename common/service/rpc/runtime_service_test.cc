// Goal: no method of the API that every process has answers without a token; verify runs what it is
// asked or says why not, also twice at once; status tells what the board knows. Method: a real
// server on the loopback, a store on disk, and a log whose replays the test can interrupt.
//
//   changelog p-0: 1 rec    the store holds the row that it says
#include "common/service/rpc/runtime_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "common/documents/test_folder.h"
#include "common/rpc/status.h"
#include "common/rpc/testing/guarded.h"
#include "common/service/testing/test_parts.h"
#include "common/service/verify.h"

namespace encours {
namespace {

namespace api = encours::stream::v1alpha1;
namespace fs = std::filesystem;
using stream::TopicPartition;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kKey = "\x20k";

// The changelog of one partition; other topics are empty.
class OneRecordLog final : public testing::NoLog {
 public:
  class Replay final : public stream::LogReplay {
   public:
    explicit Replay(OneRecordLog& log) : log_(log) {}
    Result<Range> range(const TopicPartition& at) override {
      return Range{0, at == log_.changelog ? 1 : 0};
    }
    Result<std::int64_t> stable_end(const TopicPartition& at) override {
      return range(at).value().high;
    }
    Status replay(const TopicPartition& at, std::int64_t, std::int64_t,
                  const std::function<Status(const stream::LogRecord&)>& take,
                  const std::function<Status()>&) override {
      if (const auto hook = std::exchange(log_.on_replay, {})) ENCOURS_TRY(hook());
      if (at != log_.changelog) return {};
      stream::LogRecord record;
      record.key = kKey;
      record.value = "v";
      return take(record);
    }

   private:
    OneRecordLog& log_;
  };

  Result<std::unique_ptr<stream::LogReplay>> make_replay() override {
    return std::unique_ptr<stream::LogReplay>(std::make_unique<Replay>(*this));
  }

  const TopicPartition changelog{"encours.sample.changelog", 0};
  // Called once, in the middle of a replay.
  std::function<Status()> on_replay;
};

// A stage that is never asked: the clocks of status are those of the last one.
class IdleStage final : public stream::Stage {
 public:
  std::string name() const override { return "idle"; }
  std::vector<stream::StageInput> inputs() const override { return {{.topic = "in"}}; }
  std::vector<TableInfo> tables() const override { return {}; }
  Result<stream::Effects> decide(const stream::View& view, const stream::Record&,
                                 const stream::Settings&) const override {
    return stream::Effects(view);
  }
};

class RuntimeServiceTest : public ::testing::Test {
 protected:
  RuntimeServiceTest() {
    process_.config.data_dir = folder_.path();
    const auto memory = StoreMemory::with_limits(8 << 20, 8 << 20);
    store_ = Store::open(folder_.path() / "store", {"test", "sample", 0}, memory).value();
    EXPECT_TRUE(store_->write({{kKey, "v"}}, 1, 0).ok());
    process_.board.set_running(0, store_);
    server_.server().add<api::RuntimeService>(handlers_);
    server_.start();
    stub_ = api::RuntimeService::NewStub(server_.channel());
  }
  ~RuntimeServiceTest() override { server_.server().stop(0); }

  void sign(grpc::ClientContext* context) const {
    rpc::testing::set_token(context, server_.issuer().token("ada", R"(["admin"])", R"(["*"])"));
  }

  struct Verified {
    std::vector<std::string> checks;
    std::vector<std::string> findings;
    Error error;
  };
  Verified verify(const std::vector<std::string>& checks, const std::string& tenant = "") {
    api::VerifyRequest request;
    for (const auto& check : checks) request.add_checks(check);
    request.set_tenant(tenant);
    grpc::ClientContext context;
    sign(&context);
    const auto reader = stub_->Verify(&context, request);
    Verified out;
    api::VerifyResponse part;
    while (reader->Read(&part)) {
      if (part.has_finding()) out.findings.push_back(part.finding().message());
      for (const auto& check : part.summary().checks()) out.checks.push_back(check);
    }
    const auto status = reader->Finish();
    if (!status.ok()) out.error = rpc::from_grpc(status, context);
    return out;
  }
  bool nothing_is_left() const {
    const auto left = folder_.path() / "sample" / "verify";
    return !fs::exists(left) || fs::is_empty(left);
  }

  static stream::Topology topology() {
    stream::Topology topology;
    topology.service = "sample";
    topology.partitions = 1;
    topology.stages = {std::make_shared<IdleStage>()};
    return topology;
  }

  TestFolder folder_;
  rpc::testing::TestServer server_{{api::RuntimeService::service_full_name()}};
  std::shared_ptr<Store> store_;
  OneRecordLog log_;
  rpc::testing::FakePlacement placement_;
  testing::TestParts process_{server_, topology(), placement_, log_};
  RuntimeHandlers handlers_{process_.parts, nullptr};
  std::unique_ptr<api::RuntimeService::Stub> stub_;
};

TEST_F(RuntimeServiceTest, NoMethodAnswersWithoutAToken) {
  EXPECT_THAT(rpc::testing::unguarded_methods(server_.channel(),
                                              {api::RuntimeService::service_full_name()}),
              IsEmpty());
}

TEST_F(RuntimeServiceTest, VerifyRefusesACheckThatNobodyKnows) {
  const Verified ran = verify({"changelog", "ledgersums"});
  EXPECT_EQ(ran.error.code, "unknown_check");
  EXPECT_EQ(ran.error.field, "checks");
  EXPECT_THAT(ran.error.message, HasSubstr("'ledgersums'"));
  for (const auto& known : verify_checks(true)) EXPECT_THAT(ran.error.message, HasSubstr(known));
  EXPECT_THAT(ran.checks, IsEmpty());
}

TEST_F(RuntimeServiceTest, VerifyLeavesOutACheckThatOtherServicesHave) {
  const Verified ran = verify({"changelog", "ledger_sums"});
  EXPECT_EQ(ran.error.code, "") << ran.error.message;
  EXPECT_THAT(ran.checks, ElementsAre("changelog"));
}

TEST_F(RuntimeServiceTest, VerifyRefusesATenant) {
  const Verified ran = verify({}, "acme");
  EXPECT_EQ(ran.error.code, "unsupported_filter");
  EXPECT_EQ(ran.error.field, "tenant");
  EXPECT_THAT(ran.error.message, HasSubstr("whole partitions"));
}

TEST_F(RuntimeServiceTest, VerifyComparesTheStoreWithItsChangelog) {
  EXPECT_THAT(verify({"changelog"}).findings, IsEmpty());
  ASSERT_TRUE(store_->write({{kKey, "w"}}, 1, 0).ok());
  EXPECT_EQ(verify({"changelog"}).findings.size(), 1u);
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(RuntimeServiceTest, TwoVerifiesAtOnceLeaveEachOtherAlone) {
  Verified second;
  log_.on_replay = [&]() -> Status {
    second = verify({"changelog"});
    return {};
  };
  const Verified first = verify({"changelog"});
  for (const auto& ran : {first, second}) {
    EXPECT_EQ(ran.error.code, "") << ran.error.message;
    EXPECT_THAT(ran.checks, ElementsAre("changelog"));
    EXPECT_THAT(ran.findings, IsEmpty());
  }
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(RuntimeServiceTest, AVerifyThatFailsLeavesNothing) {
  log_.on_replay = []() -> Status { return error(Reaction::kRetry, "broken", "Broken."); };
  EXPECT_NE(verify({"changelog"}).error.code, "");
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(RuntimeServiceTest, WhatAKilledVerifyLeftIsClearedAtTheStart) {
  fs::create_directories(folder_.path() / "sample" / "verify" / "1");
  ASSERT_TRUE(clear_verify_folders(process_.config, process_.topology).ok());
  EXPECT_TRUE(nothing_is_left());
  EXPECT_TRUE(clear_verify_folders(process_.config, process_.topology).ok());
}

TEST_F(RuntimeServiceTest, StatusTellsWhatTheBoardKnows) {
  const auto status = [this] {
    grpc::ClientContext context;
    sign(&context);
    api::GetStatusResponse response;
    EXPECT_TRUE(stub_->GetStatus(&context, {}, &response).ok());
    return response;
  };
  process_.board.set_inputs(0, {{{"in", 0}, 4, 9}, {{"encours.erp.acme", 3}, 2, std::nullopt}});
  const auto running = status();
  ASSERT_EQ(running.tasks_size(), 1);
  EXPECT_EQ(running.tasks(0).state(), api::TASK_STATE_RUNNING);
  ASSERT_EQ(running.tasks(0).inputs_size(), 2);
  EXPECT_EQ(running.tasks(0).inputs(0).topic(), "in");
  EXPECT_EQ(running.tasks(0).inputs(0).next_offset(), 4);
  EXPECT_EQ(running.tasks(0).inputs(0).end_offset(), 9);
  EXPECT_EQ(running.tasks(0).inputs(1).partition(), 3);
  EXPECT_EQ(running.tasks(0).inputs(1).end_offset(), -1);
  process_.board.set_recycling(0, "The coordinator has gone.");
  process_.board.set_inputs(0, {{{"in", 0}, 4, 9}});
  const auto recycling = status();
  EXPECT_EQ(recycling.tasks(0).state(), api::TASK_STATE_RECYCLING);
  EXPECT_EQ(recycling.tasks(0).reason(), "The coordinator has gone.");
  EXPECT_EQ(recycling.tasks(0).inputs_size(), 0);
}

}  // namespace
}  // namespace encours
