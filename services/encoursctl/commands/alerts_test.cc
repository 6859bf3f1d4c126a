// Goal: alerts are listed and acknowledged, and tail goes on behind its cursor without missing or
// repeating anything. Method: the fake server ends streams at chosen moments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Write = std::function<bool(const alerting::StreamAlertsResponse&)>;

alerting::Alert alert(const std::string& id) {
  alerting::Alert alert;
  alert.set_id(id);
  alert.set_account("C-17");
  alert.set_invoice("F-1");
  alert.mutable_day()->set_year(2026);
  alert.mutable_day()->set_month(1);
  alert.mutable_day()->set_day(15);
  alert.mutable_amount()->set_currency_code("EUR");
  alert.mutable_amount()->set_minor(5000);
  alert.set_kind(alerting::ALERT_KIND_OVERDUE);
  alert.set_state(alerting::ALERT_STATE_RAISED);
  return alert;
}

void write_alert(const Write& write, int number) {
  alerting::StreamAlertsResponse message;
  *message.mutable_alert() = alert("a" + std::to_string(number));
  message.set_cursor("c" + std::to_string(number));
  write(message);
}

class AlertsTest : public ::testing::Test {
 protected:
  AlertsTest() { terminal_.local_run(server_.address()); }

  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--tenant", "acme"});
    return terminal_.run(arguments);
  }

  FakeServer server_;
  Terminal terminal_;
};

TEST_F(AlertsTest, List) {
  server_.answers.list_alerts = [](const alerting::ListAlertsRequest& request) {
    EXPECT_EQ(request.filter(), "state = RAISED");
    alerting::ListAlertsResponse response;
    *response.add_alerts() = alert("a1");
    return response;
  };
  const Ran ran = run({"alerts", "list", "--filter", "state = RAISED"});
  EXPECT_EQ(ran.out,
            "day         account  invoice  amount  currency  kind     state   id\n"
            "2026-01-15  C-17     F-1       50.00  EUR       overdue  raised  a1\n");
}

TEST_F(AlertsTest, EachPageHasItsOwnPatience) {
  ManualClock clock;
  terminal_.clock = &clock;
  terminal_.patience.min_pause_ms = 0;  // Nobody but the server moves this clock.
  int second_pages = 0;
  server_.answers.list_alerts = [&](const alerting::ListAlertsRequest& request) {
    alerting::ListAlertsResponse response;
    response.mutable_coverage()->set_partition_count(4);
    if (request.page_token().empty()) {
      clock.advance(std::chrono::milliseconds(terminal_.patience.read_ms));
      *response.add_alerts() = alert("a1");
      response.set_next_page_token("second");
    } else if (++second_pages == 1) {
      response.mutable_coverage()->add_missing_partitions(3);
    } else {
      *response.add_alerts() = alert("a2");
    }
    return response;
  };
  const Ran ran = run({"alerts", "list"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(second_pages, 2);
  EXPECT_THAT(ran.out, HasSubstr("raised  a2\n"));
}

TEST_F(AlertsTest, AckOfWhatIsNotFoundInAPartialAnswerSaysWhatIsMissing) {
  ManualClock clock;
  terminal_.clock = &clock;
  server_.answers.list_alerts = [&](const alerting::ListAlertsRequest&) {
    clock.advance(std::chrono::milliseconds(terminal_.patience.read_ms));
    alerting::ListAlertsResponse response;
    response.mutable_coverage()->set_partition_count(4);
    response.mutable_coverage()->add_missing_partitions(3);
    return response;
  };
  const Ran ran = run({"alerts", "ack", "a1"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("1 of 4 partitions did not answer"));
  EXPECT_THAT(ran.err, HasSubstr("answer_incomplete"));
}

TEST_F(AlertsTest, AckLooksTheAccountUp) {
  std::string filter;
  server_.answers.list_alerts = [&filter](const alerting::ListAlertsRequest& request) {
    filter = request.filter();
    alerting::ListAlertsResponse response;
    if (filter == "id = \"a1\"") *response.add_alerts() = alert("a1");
    return response;
  };
  std::vector<alerting::AcknowledgeAlertRequest> asked;
  server_.answers.acknowledge = [&asked](const alerting::AcknowledgeAlertRequest& request) {
    asked.push_back(request);
    alerting::AcknowledgeAlertResponse response;
    *response.mutable_alert() = alert(request.alert());
    response.mutable_alert()->set_state(alerting::ALERT_STATE_ACKNOWLEDGED);
    return response;
  };
  const Ran ran = run({"alerts", "ack", "a1"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("acknowledged"));
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].account(), "C-17");
  EXPECT_EQ(asked[0].request_id().size(), 36u);
  const Ran named = run({"alerts", "ack", "a2", "a3", "--account", "C-9"});
  EXPECT_EQ(named.code, 0) << named.err;
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[2].account(), "C-9");
  const Ran unknown = run({"alerts", "ack", "q\"x"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_EQ(filter, "id = \"q\\\"x\"");
}

TEST_F(AlertsTest, TailGoesOnBehindItsCursor) {
  std::vector<std::string> begins;
  server_.answers.stream_alerts = [&begins](const alerting::StreamAlertsRequest& request,
                                            const Write& write) -> Status {
    begins.push_back(request.cursor() + "/" + std::to_string(request.start()));
    if (begins.size() == 1) {
      write_alert(write, 1);
      return error(Reaction::kRetry, "shutting_down", "Going down.");
    }
    if (begins.size() == 2) {
      alerting::StreamAlertsResponse quiet;
      quiet.set_cursor("c5");
      write(quiet);
      return {};  // The connection was old.
    }
    write_alert(write, 6);
    write_alert(write, 7);
    return {};
  };
  const Ran ran = run({"alerts", "tail", "--from-start", "--count", "3", "--output", "json"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  // START_EARLIEST is 2; with a cursor the start is not said.
  EXPECT_EQ(begins, (std::vector<std::string>{"/2", "c1/0", "c5/0"}));
  EXPECT_THAT(ran.out, StartsWith("{\"day\":\"2026-01-15\",\"account\":\"C-17\""));
  EXPECT_THAT(ran.out, HasSubstr("\"cursor\":\"c7\"}\n"));
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 3);
  EXPECT_THAT(ran.err, HasSubstr("go on with --cursor c7\n"));
}

TEST_F(AlertsTest, TailEndsOnInterrupt) {
  terminal_.on_output = [this] { terminal_.interrupted = true; };
  server_.answers.stream_alerts = [](const alerting::StreamAlertsRequest& request,
                                     const Write& write) -> Status {
    EXPECT_EQ(request.cursor(), "c9");
    write_alert(write, 10);
    alerting::StreamAlertsResponse quiet;
    while (write(quiet)) {
    }
    return {};
  };
  const Ran ran = run({"alerts", "tail", "--cursor", "c9"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "2026-01-15  C-17          F-1                      50.00  EUR       overdue   "
            "raised        a10\n");
  EXPECT_EQ(ran.err, "go on with --cursor c10\n");
}

TEST_F(AlertsTest, TailOfNobodyEndsAfterItsPatience) {
  terminal_.local_run("127.0.0.1:1");
  EXPECT_EQ(run({"alerts", "tail"}).code, 1);
}

}  // namespace
}  // namespace encours::ctl
