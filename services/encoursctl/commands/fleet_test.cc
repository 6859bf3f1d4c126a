// Goal: status tells every instance; dump and verify stand for the whole or fail. Method: a fake
// server for each service, of two partitions each; whole outputs by hand.
#include "services/encoursctl/commands/fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::HasSubstr;
using ::testing::Not;

FleetMember member(const std::string& service, const std::vector<int>& running) {
  FleetMember member{service, service + ":1", runtime::GetStatusResponse(), ""};
  for (const int p : running) {
    auto* task = member.status->add_tasks();
    task->set_partition(p);
    task->set_state(runtime::TASK_STATE_RUNNING);
  }
  return member;
}

// The services that a case is not about are complete.
Fleet with_the_others(Fleet fleet) {
  for (const char* service : {"dunning", "risk-enrichment", "scoring"}) {
    fleet.push_back(member(service, {0, 1}));
  }
  return fleet;
}

TEST(Fleet, IsCompleteWhenEachPartitionOfEachServiceRunsOnce) {
  EXPECT_TRUE(check_complete(with_the_others({member("ingestion", {0, 1}),
                                              member("portfolio", {1}),
                                              member("portfolio", {0}),
                                              member("alerting", {0, 1})}))
                  .ok());
}

TEST(Fleet, OneServiceIsCompleteWithoutTheOthers) {
  EXPECT_TRUE(check_complete({member("dunning", {0, 1})}, "dunning").ok());
  EXPECT_FALSE(check_complete({member("dunning", {1})}, "dunning").ok());
}

TEST(Fleet, SaysWhatIsMissing) {
  const auto message = [](const Fleet& fleet) {
    return check_complete(with_the_others(fleet)).failure().message;
  };
  EXPECT_THAT(check_complete({}).failure().message, HasSubstr("No partition runs anywhere."));
  EXPECT_THAT(message({member("ingestion", {0, 1}), member("portfolio", {0, 1})}),
              HasSubstr("alerting: partition 0 runs nowhere."));
  EXPECT_THAT(
      message({member("ingestion", {0, 1}), member("portfolio", {0}), member("alerting", {0, 1})}),
      HasSubstr("portfolio: partition 1 runs nowhere."));
  EXPECT_THAT(message({member("ingestion", {0, 1}),
                       member("ingestion", {0}),
                       member("portfolio", {0, 1}),
                       member("alerting", {0, 1})}),
              HasSubstr("ingestion: partition 0 runs on two instances."));
}

class FleetTest : public ::testing::Test {
 protected:
  FleetTest() {
    std::vector<Instance> instances;
    for (std::size_t i = 0; i < kServices.size(); ++i) {
      serve(kServices[i], &servers_[i]);
      instances.push_back({kServices[i], servers_[i].address()});
    }
    terminal_.local_run(instances);
  }

  void serve(const std::string& service, FakeServer* server) {
    server->answers.get_status = [this, service](const runtime::GetStatusRequest&) {
      return status_of(service);
    };
    server->answers.dump_table = [service](const runtime::DumpTableRequest&,
                                           const auto& write) -> Status {
      // Partition 1 first, and keys whose order is not that of their text.
      for (const std::string key : {"k2", "k1"}) {
        runtime::DumpTableResponse row;
        row.set_table("rows");
        row.set_key(key);
        row.set_text("rows\t" + key + "\tof " + service);
        write(row);
      }
      return {};
    };
    server->answers.verify = [this](const runtime::VerifyRequest& request,
                                    const auto& write) -> Status {
      asked_checks_ = request.checks_size();
      runtime::VerifyResponse last;
      last.mutable_summary()->add_checks("changelog");
      last.mutable_summary()->set_partition_count(2);
      last.mutable_summary()->set_items_checked(1500);
      write(last);
      return {};
    };
  }

  // Whichever service is asked: all of them can read the topics.
  template <class TopicAnswer>
  void answer_topics(const TopicAnswer& answer) {
    for (auto& server : servers_) server.answers.dump_topic = answer;
  }

  runtime::GetStatusResponse status_of(const std::string& service) const {
    runtime::GetStatusResponse status;
    status.set_service(service);
    status.set_instance("1");
    status.set_ready(true);
    status.set_settings_version(4);
    for (int p = 0; p < 2; ++p) {
      auto* task = status.add_tasks();
      task->set_partition(p);
      const bool restoring = service == "portfolio" && p == 1 && portfolio_restores_;
      task->set_state(restoring ? runtime::TASK_STATE_RESTORING : runtime::TASK_STATE_RUNNING);
      if (restoring) {
        task->set_restore_done_records(30);
        task->set_restore_total_records(40);
        continue;
      }
      if (portfolio_recycles_ && service == "portfolio") {
        task->set_state(runtime::TASK_STATE_RECYCLING);
        task->set_reason("The coordinator has gone.");
        continue;
      }
      auto* input = task->add_inputs();
      input->set_topic("encours.receivables");
      input->set_partition(p);
      input->set_next_offset(7);
      input->set_end_offset(service == "alerting" ? -1 : 7 + 10 * p);
      auto* clock = task->add_clocks();
      clock->set_clock("tenant/acme");
      clock->mutable_instant()->set_seconds(1'768'478'400 + p * 60);
    }
    return status;
  }

  const std::vector<std::string> kServices = {"ingestion", "portfolio",       "alerting",
                                              "dunning",   "risk-enrichment", "scoring"};
  FakeServer servers_[6];
  Terminal terminal_;
  bool portfolio_restores_ = false;
  bool portfolio_recycles_ = false;
  int asked_checks_ = -1;
};

TEST_F(FleetTest, StatusShowsInstancesAndClocks) {
  const Ran ran = terminal_.run({"status"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\nportfolio        ready  1         " + servers_[1].address()));
  // The least over the partitions of each service.
  EXPECT_THAT(ran.out,
              HasSubstr("\ntenant/acme  2026-01-15T12:00:00Z  2026-01-15T12:00:00Z  "
                        "2026-01-15T12:00:00Z  2026-01-15T12:00:00Z  2026-01-15T12:00:00Z  "
                        "2026-01-15T12:00:00Z\n"));
}

TEST_F(FleetTest, StatusOfARestoringInstance) {
  portfolio_restores_ = true;
  const Ran table = terminal_.run({"status"});
  EXPECT_EQ(table.code, 1);
  EXPECT_THAT(table.out, HasSubstr("\nportfolio        starting  1"));
  EXPECT_THAT(table.out, HasSubstr("75 %"));
}

TEST_F(FleetTest, StatusForMachines) {
  servers_[2].stop();
  const Ran ran = terminal_.run({"status", "--output", "json"});
  EXPECT_EQ(ran.code, 1);
  std::istringstream lines(ran.out);
  std::vector<nlohmann::json> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(objects.size(), 6u);
  EXPECT_EQ(objects[0]["service"], "alerting");
  EXPECT_EQ(objects[0]["state"], "unreachable");
  EXPECT_EQ(objects[0]["ready"], false);
  EXPECT_EQ(objects[3]["service"], "portfolio");
  EXPECT_EQ(objects[3]["ready"], true);
  EXPECT_EQ(objects[3]["partitions_running"], nlohmann::json({0, 1}));
  EXPECT_EQ(objects[3]["clocks"]["tenant/acme"], "2026-01-15T12:00:00Z");
}

TEST_F(FleetTest, StatusSaysHowFarBehindOnlyWhereThatIsKnown) {
  portfolio_restores_ = true;
  const Ran ran = terminal_.run({"status", "--output", "json"});
  std::istringstream lines(ran.out);
  std::map<std::string, nlohmann::json> found;
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    found[object["service"]] = object;
  }
  EXPECT_EQ(found["ingestion"]["behind_records"], 10);
  EXPECT_EQ(found["ingestion"]["tasks"][1]["inputs"][0]["end_offset"], 17);
  // An end that is not known yet, and a task that restores.
  EXPECT_EQ(found["alerting"]["behind_records"], nullptr);
  EXPECT_EQ(found["alerting"]["tasks"][1]["inputs"][0]["end_offset"], nullptr);
  EXPECT_EQ(found["portfolio"]["behind_records"], nullptr);
}

TEST_F(FleetTest, StatusOfARecyclingInstanceSaysWhy) {
  portfolio_recycles_ = true;
  const Ran ran = terminal_.run({"status", "--output", "csv"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("recycling,behind_records"));
  EXPECT_THAT(ran.out, HasSubstr(",0,0,,2,,4,"));
  EXPECT_THAT(ran.out, HasSubstr("The coordinator has gone."));
}

TEST_F(FleetTest, StatusThatIsRefusedSaysWhy) {
  servers_[0].answers.get_status =
      [](const runtime::GetStatusRequest&) -> Result<runtime::GetStatusResponse> {
    return refused("role_not_allowed", "", "Your token has no role for this.");
  };
  const Ran ran = terminal_.run({"status"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("role_not_allowed"));
}

TEST_F(FleetTest, DumpIsSortedAndKeepsTheOrderOfEachKey) {
  answer_topics([](const runtime::DumpTopicRequest& request, const auto& write) -> Status {
    if (request.topic() != "encours.alerts") return {};
    for (const std::string line : {"b\tsecond", "a\tone", "b\tfirst", "a\ttwo"}) {
      runtime::DumpTopicResponse record;
      record.set_key(line.substr(0, 1));
      record.set_text(request.topic() + "\t" + line);
      write(record);
    }
    return {};
  });
  const Ran ran = terminal_.run({"dump"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "table\talerting\trows\tk1\tof alerting\n"
            "table\talerting\trows\tk2\tof alerting\n"
            "table\tdunning\trows\tk1\tof dunning\n"
            "table\tdunning\trows\tk2\tof dunning\n"
            "table\tingestion\trows\tk1\tof ingestion\n"
            "table\tingestion\trows\tk2\tof ingestion\n"
            "table\tportfolio\trows\tk1\tof portfolio\n"
            "table\tportfolio\trows\tk2\tof portfolio\n"
            "table\trisk-enrichment\trows\tk1\tof risk-enrichment\n"
            "table\trisk-enrichment\trows\tk2\tof risk-enrichment\n"
            "table\tscoring\trows\tk1\tof scoring\n"
            "table\tscoring\trows\tk2\tof scoring\n"
            "topic\tencours.alerts\ta\tone\n"
            "topic\tencours.alerts\ta\ttwo\n"
            "topic\tencours.alerts\tb\tsecond\n"
            "topic\tencours.alerts\tb\tfirst\n");
  const Ran tables = terminal_.run({"dump", "--tables"});
  EXPECT_THAT(tables.out, Not(HasSubstr("topic\t")));
  const Ran topics = terminal_.run({"dump", "--topics"});
  EXPECT_THAT(topics.out, Not(HasSubstr("table\t")));
}

TEST_F(FleetTest, DumpOfOneServiceNeedsNoOther) {
  servers_[0].stop();
  const Ran ran = terminal_.run({"dump", "--tables", "--service", "dunning"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "table\tdunning\trows\tk1\tof dunning\n"
            "table\tdunning\trows\tk2\tof dunning\n");
}

TEST_F(FleetTest, DumpReadsEachTopicOfTheDump) {
  std::vector<std::string> asked;
  answer_topics([&asked](const runtime::DumpTopicRequest& request, const auto&) -> Status {
    asked.push_back(request.topic() + " of " + request.tenant());
    return {};
  });
  EXPECT_EQ(terminal_.run({"dump", "--topics", "--tenant", "acme"}).code, 0);
  EXPECT_THAT(
      asked,
      ::testing::UnorderedElementsAre("encours.receivables of acme",
                                      "encours.alerts of acme",
                                      "encours.risk of acme",
                                      "encours.scores of acme",
                                      "encours.dunning of acme",
                                      "encours.dead-letters of acme"));
}

TEST_F(FleetTest, DumpOfAPartFailsAndPrintsNothing) {
  portfolio_restores_ = true;
  const Ran ran = terminal_.run({"dump"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("portfolio: partition 1 runs nowhere."));
}

TEST_F(FleetTest, DumpBeginsAgainWhenAStreamBreaks) {
  int calls = 0;
  servers_[0].answers.dump_table = [&calls](const runtime::DumpTableRequest&,
                                            const auto& write) -> Status {
    runtime::DumpTableResponse row;
    row.set_table("rows");
    row.set_text("rows\tk\tr");
    write(row);
    if (++calls == 1) return error(Reaction::kRetry, "shutting_down", "Going down.");
    return {};
  };
  const Ran ran = terminal_.run({"dump", "--tables"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(calls, 2);
  EXPECT_THAT(ran.out, HasSubstr("table\tingestion\trows\tk\tr\ntable\tportfolio"));
}

TEST_F(FleetTest, VerifyWithoutFindings) {
  const Ran ran = terminal_.run({"verify"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "no findings\n");
  EXPECT_THAT(ran.err,
              HasSubstr("portfolio: changelog over 2 partitions, 1 500 items, 0 findings\n"));
}

TEST_F(FleetTest, VerifyWithAFindingIsOne) {
  servers_[1].answers.verify = [](const runtime::VerifyRequest&, const auto& write) -> Status {
    runtime::VerifyResponse finding;
    finding.mutable_finding()->set_check("ledger_sums");
    finding.mutable_finding()->set_partition(1);
    finding.mutable_finding()->set_message("The balance says 5.00, the items 6.00.");
    write(finding);
    runtime::VerifyResponse last;
    last.mutable_summary()->set_findings(1);
    write(last);
    return {};
  };
  const Ran ran = terminal_.run({"verify", "--output", "csv"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out,
            "service,check,partition,message\n"
            "portfolio,ledger_sums,1,\"The balance says 5.00, the items 6.00.\"\n");
}

TEST_F(FleetTest, VerifyOfWhatNobodyChecksIsNoSuccess) {
  const Ran ran = terminal_.run({"verify", "--check", "changelog", "--check", "ledger_sums"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, Not(HasSubstr("no findings")));
  EXPECT_THAT(ran.err, HasSubstr("No service has run the check 'ledger_sums'."));
}

TEST_F(FleetTest, VerifyOfACheckThatIsUnknownSaysWhatTheServerSays) {
  servers_[0].answers.verify = [](const runtime::VerifyRequest&, const auto&) -> Status {
    return refused("unknown_check", "checks", "There is no check 'ledgersums'.");
  };
  const Ran ran = terminal_.run({"verify", "--check", "ledgersums"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, Not(HasSubstr("no findings")));
  EXPECT_THAT(ran.err, HasSubstr("There is no check 'ledgersums'."));
}

TEST_F(FleetTest, VerifyOfOneTenantIsRefused) {
  const Ran ran = terminal_.run({"verify", "--tenant", "acme"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(asked_checks_, -1);
  EXPECT_THAT(ran.err, HasSubstr("whole partitions"));
}

TEST_F(FleetTest, VerifyThatBreaksOffIsNoSuccess) {
  servers_[1].answers.verify = [](const runtime::VerifyRequest&, const auto&) -> Status {
    return {};
  };
  const Ran ran = terminal_.run({"verify", "--check", "changelog"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("without a summary"));
  EXPECT_EQ(asked_checks_, 1);
}

}  // namespace
}  // namespace encours::ctl
