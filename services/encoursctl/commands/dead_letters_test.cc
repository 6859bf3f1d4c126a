// Goal: refused records are listed, shown with their bytes and replayed. Method: the fake server;
// outputs by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::HasSubstr;

ingestion::DeadLetterView letter() {
  ingestion::DeadLetterView letter;
  letter.set_id("d1");
  letter.set_state(ingestion::DEAD_LETTER_STATE_OPEN);
  letter.mutable_refusal()->set_field("currency");
  letter.mutable_refusal()->set_code("unknown_currency");
  letter.mutable_refusal()->set_message("The currency 'ZZZ' is not known.");
  letter.mutable_position()->set_file_name("a.csv");
  letter.mutable_position()->set_line(3);
  letter.set_replayable(true);
  letter.set_original(std::string("F-1,ZZZ\0\xff", 9));
  auto* hint = letter.add_decoder_hints();
  hint->set_name("header");
  hint->set_value("number,currency");
  return letter;
}

class DeadLettersTest : public ::testing::Test {
 protected:
  DeadLettersTest() {
    terminal_.local_run(server_.address());
    server_.answers.replay = [this](const ingestion::ReplayDeadLettersRequest& request) {
      asked_ = request;
      ingestion::ReplayDeadLettersResponse response;
      for (const auto& id : request.ids()) {
        auto* result = response.add_results();
        result->set_id(id);
        if (id == "bad") {
          result->mutable_refused()->set_code("not_replayable");
          result->mutable_refused()->set_message("Only its beginning is kept.");
        } else {
          result->set_record_id("r-" + id);
        }
      }
      response.mutable_position()->set_clock("wall");
      return response;
    };
    server_.answers.await_position = [this](const portfolio::AwaitPositionRequest&) {
      ++awaited_;
      portfolio::AwaitPositionResponse response;
      response.set_reached(true);
      return response;
    };
  }

  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--tenant", "acme", "dead-letters"});
    return terminal_.run(arguments);
  }

  FakeServer server_;
  Terminal terminal_;
  ingestion::ReplayDeadLettersRequest asked_;
  int awaited_ = 0;
};

TEST_F(DeadLettersTest, List) {
  server_.answers.list_dead_letters = [](const ingestion::ListDeadLettersRequest&) {
    ingestion::ListDeadLettersResponse response;
    *response.add_dead_letters() = letter();
    return response;
  };
  const Ran ran = run({"list"});
  EXPECT_EQ(ran.out,
            "id  recorded_at  state  file   line  field     rule              message\n"
            "d1  -            open   a.csv     3  currency  unknown_currency  "
            "The currency 'ZZZ' is not known.\n");
}

TEST_F(DeadLettersTest, ShowWithItsBytes) {
  server_.answers.get_dead_letter = [](const ingestion::GetDeadLetterRequest& request) {
    EXPECT_EQ(request.id(), "d1");
    ingestion::GetDeadLetterResponse response;
    *response.mutable_dead_letter() = letter();
    return response;
  };
  const std::string path = terminal_.folder() + "/original";
  const Ran ran = run({"show", "d1", "--save-original", path});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\nhint_header          number,currency\n"));
  EXPECT_THAT(ran.out, HasSubstr("\noriginal             F-1,ZZZ?\xEF\xBF\xBD\n"));
  std::ifstream file(path, std::ios::binary);
  const std::string saved{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(saved, letter().original());
  EXPECT_EQ(run({"show", "d1", "--save-original", "/no/such/folder/x"}).code, 1);
}

TEST_F(DeadLettersTest, ReplayWithCorrectedBytes) {
  const Ran ran = run({"replay",
                       "d1",
                       "--original",
                       terminal_.file("fixed", "F-1,EUR"),
                       "--mapping",
                       terminal_.file("m.yaml", "row: invoice")});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(asked_.tenant(), "acme");
  EXPECT_EQ(asked_.corrected_original(), "F-1,EUR");
  EXPECT_EQ(asked_.mapping_yaml(), "row: invoice");
  EXPECT_EQ(asked_.request_id().size(), 36u);
  EXPECT_EQ(awaited_, 1);
  EXPECT_THAT(ran.out, HasSubstr("\nd1  sent    r-d1"));
}

TEST_F(DeadLettersTest, ReplayIsThreeWhereSomeAreRefused) {
  const Ran ran = run({"replay", "d1", "bad", "--output", "csv"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.out,
            "id,result,record_id,field,rule,message\n"
            "d1,sent,r-d1,,,\n"
            "bad,refused,,,not_replayable,Only its beginning is kept.\n");
}

TEST_F(DeadLettersTest, ReplayByFilter) {
  EXPECT_EQ(run({"replay", "--filter", "refusal.code = \"x\""}).code, 0);
  EXPECT_EQ(asked_.filter(), "refusal.code = \"x\"");
  EXPECT_EQ(asked_.ids_size(), 0);
}

TEST_F(DeadLettersTest, ReplayNeedsToKnowWhat) {
  EXPECT_EQ(run({"replay"}).code, 1);
  EXPECT_EQ(run({"replay", "d1", "--filter", "x"}).code, 1);
  EXPECT_EQ(run({"replay", "d1", "d2", "--original", terminal_.file("f", "x")}).code, 1);
  EXPECT_EQ(run({"replay", "d1", "--original", terminal_.file("e", "")}).code, 1);
  EXPECT_EQ(asked_.tenant(), "");
}

}  // namespace
}  // namespace encours::ctl
