// Goal: import keeps its contract: a line per refused record, exit 0, 3 or 1, survival of a server
// that goes away, and an end only when portfolio has followed. Method: the fake server plays the
// door; whole outputs by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::HasSubstr;

using Write = std::function<bool(const ingestion::ImportFileResponse&)>;

void write_refusal(const Write& write,
                   std::int64_t line,
                   const std::string& field,
                   const std::string& code,
                   const std::string& message) {
  ingestion::ImportFileResponse response;
  response.mutable_refusal()->set_line(line);
  response.mutable_refusal()->set_field(field);
  response.mutable_refusal()->set_code(code);
  response.mutable_refusal()->set_message(message);
  write(response);
}

void write_progress(const Write& write, std::int64_t bytes) {
  ingestion::ImportFileResponse response;
  response.mutable_progress()->set_bytes_read(bytes);
  response.mutable_progress()->set_records_taken(1);
  write(response);
}

// 2026-01-`day`T00:00:00Z of the clock of acme.
void set_position(int day, encours::common::v1alpha1::Position* position) {
  position->set_clock("tenant/acme");
  position->mutable_instant()->set_seconds(1'767'225'600 + (day - 1) * 86'400);
}

void write_summary(const Write& write, std::int64_t taken, std::int64_t refused, int day) {
  ingestion::ImportFileResponse response;
  auto& summary = *response.mutable_summary();
  summary.set_import_id("i-1");
  summary.set_records_taken(taken);
  summary.set_records_refused(refused);
  if (taken > 0) {
    summary.mutable_first_day()->set_year(2026);
    summary.mutable_first_day()->set_month(1);
    summary.mutable_first_day()->set_day(1);
    *summary.mutable_last_day() = summary.first_day();
    summary.mutable_last_day()->set_day(day);
  }
  set_position(day, summary.mutable_position());
  write(response);
}

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() {
    terminal_.local_run(server_.address());
    server_.answers.import_file = [this](const ImportedBytes& imported, const Write& write) {
      imports_.push_back(imported);
      write_summary(write, 2, 0, 5);
      return Status();
    };
    server_.answers.await_position = [this](const portfolio::AwaitPositionRequest& request) {
      awaited_.push_back(request.position().instant().seconds());
      portfolio::AwaitPositionResponse response;
      response.set_reached(true);
      return response;
    };
    server_.answers.list_dead_letters = [this](const ingestion::ListDeadLettersRequest& request) {
      letters_asked_.push_back(request);
      return letters_;
    };
  }

  void add_letter(std::int64_t line, const std::string& field, const std::string& code) {
    auto& letter = *letters_.add_dead_letters();
    letter.mutable_position()->set_line(line);
    letter.mutable_refusal()->set_field(field);
    letter.mutable_refusal()->set_code(code);
    letter.mutable_refusal()->set_message("Why.");
  }

  Ran import(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"import", "--tenant", "acme"});
    return terminal_.run(arguments);
  }

  FakeServer server_;
  Terminal terminal_;
  std::vector<ImportedBytes> imports_;
  std::vector<std::int64_t> awaited_;
  ingestion::ListDeadLettersResponse letters_;
  std::vector<ingestion::ListDeadLettersRequest> letters_asked_;
};

TEST_F(ImportTest, SendsTheFileWithItsMapping) {
  const std::string content(1'300'000, 'x');  // More than two chunks.
  const auto file = terminal_.file("data/invoices.csv", content);
  const auto mapping = terminal_.file("m.yaml", "row: invoice\n");
  const Ran ran = import({file, "--mapping", mapping, "--source", "sap"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  ASSERT_EQ(imports_.size(), 1u);
  const auto& header = imports_[0].header;
  EXPECT_EQ(header.tenant(), "acme");
  EXPECT_EQ(header.file_name(), "invoices.csv");
  EXPECT_EQ(header.format(), ingestion::IMPORT_FORMAT_CSV);
  EXPECT_EQ(header.mapping_yaml(), "row: invoice\n");
  EXPECT_EQ(header.source(), "sap");
  EXPECT_EQ(header.size_bytes(), 1'300'000);
  // sha256sum of 1,300,000 letters x.
  EXPECT_EQ(header.sha256(), "c9ad2eacb2ff33f9858199d274431d03155661e5abe2a1843cdeb447587a9490");
  EXPECT_EQ(header.request_id().size(), 36u);
  EXPECT_TRUE(imports_[0].bytes == content);
  EXPECT_EQ(ran.out, file + ": 2 taken, 0 refused, facts from 2026-01-01 to 2026-01-05\n");
  EXPECT_EQ(awaited_, std::vector<std::int64_t>{1'767'571'200});  // 2026-01-05
}

TEST_F(ImportTest, ALinePerRefusedRecordAndExitThree) {
  server_.answers.import_file = [](const ImportedBytes&, const Write& write) {
    write_refusal(write, 3, "currency", "unknown_currency", "The currency 'ZZZ' is not known.");
    write_refusal(write, 9, "", "unreadable_row", "The row has 4 columns, not 5.");
    write_summary(write, 7, 2, 5);
    return Status();
  };
  const auto file = terminal_.file("a.csv", "x");
  const Ran ran = import({file});
  EXPECT_EQ(ran.code, 3) << ran.err;
  EXPECT_EQ(ran.out,
            file + ":3: currency: unknown_currency: The currency 'ZZZ' is not known.\n" + file +
                ":9: -: unreadable_row: The row has 4 columns, not 5.\n" + file +
                ": 7 taken, 2 refused, facts from 2026-01-01 to 2026-01-05\n");
}

TEST_F(ImportTest, WhatALaterStageRefusedIsToldAndCountedByLine) {
  server_.answers.import_file = [](const ImportedBytes&, const Write& write) {
    write_refusal(write, 3, "currency", "unknown_currency", "The currency 'ZZZ' is not known.");
    write_summary(write, 7, 1, 5);
    return Status();
  };
  add_letter(3, "currency", "unknown_currency");  // The door has told this one.
  add_letter(5, "id", "conflicting_duplicate");
  add_letter(5, "amount", "conflicting_duplicate");
  const auto file = terminal_.file("a.csv", "x");
  const Ran ran = import({file});
  EXPECT_EQ(ran.code, 3) << ran.err;
  EXPECT_EQ(ran.out,
            file + ":3: currency: unknown_currency: The currency 'ZZZ' is not known.\n" + file +
                ":5: id: conflicting_duplicate: Why.\n" + file +
                ":5: amount: conflicting_duplicate: Why.\n" + file +
                ": 6 taken, 2 refused, facts from 2026-01-01 to 2026-01-05\n");
  ASSERT_EQ(letters_asked_.size(), 2u);
  EXPECT_EQ(letters_asked_[0].page_size(), 1);  // Whether all has come.
  EXPECT_EQ(letters_asked_[0].min_position().instant().seconds(), 1'767'571'200);  // 2026-01-05
  EXPECT_EQ(letters_asked_[1].filter(), "position.import_id = \"i-1\"");
  EXPECT_EQ(letters_asked_[1].min_position().instant().seconds(), 1'767'571'200);
}

TEST_F(ImportTest, LettersThatComeLateAreWaitedFor) {
  int asked = 0;
  server_.answers.list_dead_letters =
      [&](const ingestion::ListDeadLettersRequest&) -> Result<ingestion::ListDeadLettersResponse> {
    if (++asked < 3) return error(Reaction::kRetry, "position_not_reached", "Not yet.");
    return letters_;
  };
  add_letter(5, "id", "conflicting_duplicate");
  terminal_.patience.read_ms = 0;
  const auto file = terminal_.file("a.csv", "x");
  const Ran ran = import({file});
  EXPECT_EQ(ran.code, 3) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(":5: id: conflicting_duplicate: Why."));
}

TEST_F(ImportTest, LaterRefusalsThatAreNotAllKnownAreNoSuccess) {
  letters_.mutable_coverage()->set_partition_count(8);
  letters_.mutable_coverage()->add_missing_partitions(5);
  const auto file = terminal_.file("a.csv", "x");
  const Ran ran = import({file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, file + ": 2 taken, 0 refused, facts from 2026-01-01 to 2026-01-05\n");
  EXPECT_THAT(ran.err, HasSubstr("(dead_letters_incomplete)"));
  EXPECT_THAT(ran.err, HasSubstr("encoursctl dead-letters list --tenant acme"));
}

TEST_F(ImportTest, AFailureHidesNothingOfTheFilesThatAreIn) {
  int files = 0;
  server_.answers.import_file = [&files](const ImportedBytes&, const Write& write) -> Status {
    if (++files > 1) return refused("unknown_mapping_key", "mapping", "No such key.");
    write_summary(write, 2, 0, 5);
    return Status();
  };
  const auto first = terminal_.file("a.csv", "x");
  const Ran ran = import({first, terminal_.file("b.csv", "x")});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, first + ": 2 taken, 0 refused, facts from 2026-01-01 to 2026-01-05\n");
  EXPECT_EQ(ran.err, "error: mapping: No such key. (unknown_mapping_key)\n");
}

TEST_F(ImportTest, RefusalsAsJsonAndCsv) {
  server_.answers.import_file = [](const ImportedBytes&, const Write& write) {
    write_refusal(write, 3, "amount", "not_a_number", "No number.");
    write_summary(write, 0, 1, 5);
    return Status();
  };
  const auto file = terminal_.file("a.csv", "x");
  EXPECT_EQ(import({file, "--output", "json"}).out,
            "{\"file\":\"" + file +
                "\",\"line\":3,\"field\":\"amount\",\"rule\":\"not_a_number\",\"message\":"
                "\"No number.\"}\n{\"file\":\"" +
                file +
                "\",\"import_id\":\"i-1\",\"records_taken\":0,\"records_refused\":1,"
                "\"first_day\":null,\"last_day\":null}\n");
  EXPECT_EQ(import({file, "--output", "csv"}).out,
            "file,line,field,rule,message\n" + file + ",3,amount,not_a_number,No number.\n");
}

TEST_F(ImportTest, AnUnreadableFileIsOneRefusedRecord) {
  const auto good = terminal_.file("good.csv", "x");
  const std::string missing = terminal_.folder() + "/missing.csv";
  const Ran ran = import({missing, good});
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(ran.out, HasSubstr(missing + ":0: file: unreadable_file: "));
  EXPECT_THAT(ran.out, HasSubstr(missing + ": 0 taken, 1 refused\n"));
  EXPECT_THAT(ran.out, HasSubstr(good + ": 2 taken"));
  EXPECT_EQ(imports_.size(), 1u);
  EXPECT_EQ(import({terminal_.folder(), "--format", "csv"}).code, 3);  // A folder.
}

TEST_F(ImportTest, AnEmptyFileIsOneRefusedRecordWhoeverSaysSo) {
  const auto file = terminal_.file("empty.csv", "");
  server_.answers.import_file = [](const ImportedBytes&, const Write& write) {
    write_summary(write, 0, 0, 5);
    return Status();
  };
  const Ran silent = import({file});
  EXPECT_EQ(silent.code, 3);
  EXPECT_THAT(silent.out, HasSubstr(file + ":0: file: empty_file: "));
  server_.answers.import_file = [](const ImportedBytes&, const Write& write) {
    write_refusal(write, 0, "", "empty_file", "The file holds no record.");
    write_summary(write, 0, 1, 5);
    return Status();
  };
  const Ran said = import({file});
  EXPECT_EQ(said.code, 3);
  EXPECT_EQ(
      said.out,
      file + ":0: -: empty_file: The file holds no record.\n" + file + ": 0 taken, 1 refused\n");
}

TEST_F(ImportTest, ABrokenOffImportIsSentAgainWithTheSameIdAndToldOnce) {
  server_.answers.import_file = [this](const ImportedBytes& imported,
                                       const Write& write) -> Status {
    imports_.push_back(imported);
    write_progress(write, static_cast<std::int64_t>(imports_.size()));
    write_refusal(write, 2, "amount", "not_a_number", "No number.");
    if (imports_.size() < 3) return error(Reaction::kRetry, "partition_moved", "Moving.");
    write_refusal(write, 4, "amount", "not_a_number", "No number.");
    write_summary(write, 1, 2, 5);
    return {};
  };
  const auto file = terminal_.file("a.csv", "abcdef");
  const Ran ran = import({file});
  EXPECT_EQ(ran.code, 3) << ran.err;
  ASSERT_EQ(imports_.size(), 3u);
  EXPECT_EQ(imports_[2].header.request_id(), imports_[0].header.request_id());
  EXPECT_EQ(imports_[2].bytes, "abcdef");
  EXPECT_EQ(ran.out,
            file + ":2: amount: not_a_number: No number.\n" + file +
                ":4: amount: not_a_number: No number.\n" + file +
                ": 1 taken, 2 refused, facts from 2026-01-01 to 2026-01-05\n");
}

TEST_F(ImportTest, AnOwnerThatStandsStillIsAskedAgainUntilAnotherHasItsPlace) {
  server_.answers.import_file = [this](const ImportedBytes& imported,
                                       const Write& write) -> Status {
    imports_.push_back(imported);
    if (imports_.size() == 1) return error(Reaction::kRetry, "deadline_exceeded", "Too late.");
    write_summary(write, 2, 0, 5);
    return {};
  };
  const Ran ran = import({terminal_.file("a.csv", "x")});
  EXPECT_EQ(ran.code, 0) << ran.err;
  ASSERT_EQ(imports_.size(), 2u);
  EXPECT_EQ(imports_[1].header.request_id(), imports_[0].header.request_id());
}

TEST_F(ImportTest, AnythingElseIsOne) {
  const auto file = terminal_.file("a.csv", "x");
  EXPECT_EQ(import({file, "--mapping", "/no/such"}).code, 1);
  const Ran unknown = import({terminal_.file("data.txt", "x")});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("--format"));
  server_.answers.import_file = [](const ImportedBytes&, const Write&) -> Status {
    return refused("unknown_mapping_key", "mapping", "There is no key 'colums'.");
  };
  const Ran refused_call = import({file});
  EXPECT_EQ(refused_call.code, 1);
  EXPECT_EQ(refused_call.err, "error: mapping: There is no key 'colums'. (unknown_mapping_key)\n");
}

TEST_F(ImportTest, ManyFilesAreWaitedForOnceAtTheLatestPosition) {
  server_.answers.import_file = [this](const ImportedBytes& imported, const Write& write) {
    imports_.push_back(imported);
    write_summary(write, 1, 0, imports_.size() == 1 ? 20 : 10);
    return Status();
  };
  EXPECT_EQ(import({terminal_.file("a.csv", "1"), terminal_.file("b.json", "{}")}).code, 0);
  ASSERT_EQ(imports_.size(), 2u);
  EXPECT_EQ(imports_[1].header.format(), ingestion::IMPORT_FORMAT_JSON);
  EXPECT_NE(imports_[1].header.request_id(), imports_[0].header.request_id());
  EXPECT_EQ(awaited_, std::vector<std::int64_t>{1'768'867'200});  // 2026-01-20
}

TEST_F(ImportTest, ItWaitsForPortfolioAlsoWhileThatIsAway) {
  int calls = 0;
  server_.answers.await_position =
      [&calls](const portfolio::AwaitPositionRequest&) -> Result<portfolio::AwaitPositionResponse> {
    ++calls;
    if (calls == 1) return error(Reaction::kRetry, "position_not_reached", "Not yet.");
    portfolio::AwaitPositionResponse response;
    response.set_reached(calls == 4);
    set_position(calls, response.mutable_coverage()->mutable_position());
    return response;
  };
  terminal_.err_is_terminal = true;
  const Ran ran = import({terminal_.file("a.csv", "1")});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(calls, 4);
}

TEST_F(ImportTest, APortfolioThatStandsStillEndsTheWait) {
  terminal_.patience.stall_ms = 50;
  server_.answers.await_position = [](const portfolio::AwaitPositionRequest&) {
    portfolio::AwaitPositionResponse response;
    set_position(2, response.mutable_coverage()->mutable_position());
    return response;
  };
  const Ran ran = import({terminal_.file("a.csv", "1")});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err,
              HasSubstr("portfolio has seen 2026-01-02T00:00:00Z of 2026-01-05T00:00:00Z"));
}

}  // namespace
}  // namespace encours::ctl
