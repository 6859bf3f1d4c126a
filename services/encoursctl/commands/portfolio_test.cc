// Goal: lists fetch their pages as promised, amounts are exact, partial answers say so. Method: the
// fake server answers pages; whole outputs by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::HasSubstr;
using ::testing::StartsWith;

void set_money(std::int64_t minor, encours::common::v1alpha1::Money* money) {
  money->set_currency_code("EUR");
  money->set_minor(minor);
}

class PortfolioTest : public ::testing::Test {
 protected:
  PortfolioTest() {
    terminal_.local_run(server_.address());
    // Three pages of one invoice: F-0, F-1, F-2; the token is the number of the next one.
    server_.answers.list_invoices = [this](const portfolio::ListInvoicesRequest& request) {
      asked_.push_back(request);
      const int at = request.page_token().empty() ? 0 : std::stoi(request.page_token());
      portfolio::ListInvoicesResponse response;
      auto* invoice = response.add_invoices();
      invoice->set_number("F-" + std::to_string(at));
      invoice->set_state(portfolio::INVOICE_STATE_OPEN);
      set_money(123456, invoice->mutable_open_amount());
      if (at < 2) response.set_next_page_token(std::to_string(at + 1));
      return response;
    };
  }

  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--tenant", "acme"});
    return terminal_.run(arguments);
  }

  FakeServer server_;
  Terminal terminal_;
  std::vector<portfolio::ListInvoicesRequest> asked_;
};

TEST_F(PortfolioTest, AllPagesAreFetched) {
  const Ran ran = run({"invoices",
                       "list",
                       "--filter",
                       "days_late > 30",
                       "--order-by",
                       "due_date desc",
                       "--output",
                       "json"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  ASSERT_EQ(asked_.size(), 3u);
  EXPECT_EQ(asked_[0].filter(), "days_late > 30");
  EXPECT_EQ(asked_[2].order_by(), "due_date desc");
  EXPECT_EQ(asked_[0].page_size(), 1000);
  EXPECT_THAT(ran.out, StartsWith("{\"number\":\"F-0\","));
  EXPECT_THAT(ran.out, HasSubstr("\"number\":\"F-2\""));
  EXPECT_THAT(ran.out, HasSubstr("\"open_amount\":\"1234.56\",\"state\":\"open\""));
}

TEST_F(PortfolioTest, APageSizeAloneStillFetchesAll) {
  EXPECT_EQ(run({"invoices", "list", "--page-size", "1"}).code, 0);
  EXPECT_EQ(asked_.size(), 3u);
  EXPECT_EQ(asked_[0].page_size(), 1);
}

TEST_F(PortfolioTest, APageTokenMeansOnePage) {
  const Ran first = run({"invoices", "list", "--page-size", "1", "--page-token", ""});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(asked_.size(), 1u);
  EXPECT_EQ(first.err, "next page: --page-token 1\n");
  const Ran last = run({"invoices", "list", "--page-size", "1", "--page-token", "2"});
  EXPECT_EQ(last.err, "");
  EXPECT_THAT(last.out, HasSubstr("F-2"));
}

TEST_F(PortfolioTest, APartialAnswerIsAskedForAgain) {
  int calls = 0;
  server_.answers.list_invoices = [&calls](const portfolio::ListInvoicesRequest&) {
    portfolio::ListInvoicesResponse response;
    response.mutable_coverage()->set_partition_count(8);
    if (++calls < 3) response.mutable_coverage()->add_missing_partitions(5);
    return response;
  };
  const Ran ran = run({"invoices", "list"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(calls, 3);
}

TEST_F(PortfolioTest, AnAnswerThatStaysPartialIsPrintedWithAWarningAndExitOne) {
  server_.answers.list_invoices = [](const portfolio::ListInvoicesRequest&) {
    portfolio::ListInvoicesResponse response;
    response.add_invoices()->set_number("F-1");
    response.mutable_coverage()->set_partition_count(8);
    response.mutable_coverage()->add_missing_partitions(5);
    return response;
  };
  const Ran ran = run({"invoices", "list"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("F-1"));
  EXPECT_THAT(ran.err, StartsWith("warning: the answer is partial: 1 of 8 partitions"));
}

TEST_F(PortfolioTest, AgedBalanceHasTheContractsColumns) {
  server_.answers.aged_balance = [](const portfolio::GetAgedBalanceRequest& request) {
    EXPECT_EQ(request.as_of().year(), 2015);
    EXPECT_EQ(request.as_of().month(), 3);
    EXPECT_EQ(request.as_of().day(), 1);
    portfolio::GetAgedBalanceResponse response;
    auto* row = response.add_rows();
    row->set_customer_id("V0038");
    row->set_total(168198);
    row->set_not_due(100000);
    row->set_d1_30(1);
    row->set_d31_60(20);
    row->set_d61_90(300);
    row->set_over_90(67877);
    row->set_d91_120(60000);
    row->set_over_120(7877);
    row->set_unallocated(1050);
    row->set_currency_code("EUR");
    auto* yen = response.add_rows();
    yen->set_customer_id("=V1");
    yen->set_total(500);
    yen->set_currency_code("JPY");
    return response;
  };
  const Ran ran = run({"aged-balance", "--as-of", "2015-03-01", "--output", "csv"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "customer_id,total,not_due,d1_30,d31_60,d61_90,over_90,currency,unallocated,d91_120,"
            "over_120\n"
            "V0038,1681.98,1000.00,0.01,0.20,3.00,678.77,EUR,10.50,600.00,78.77\n"
            "=V1,500,0,0,0,0,0,JPY,0,0,0\n");
}

TEST_F(PortfolioTest, AgedBalanceTableEndsWithTotals) {
  server_.answers.aged_balance = [](const portfolio::GetAgedBalanceRequest& request) {
    EXPECT_TRUE(request.with_totals());
    EXPECT_FALSE(request.has_as_of());
    portfolio::GetAgedBalanceResponse response;
    auto* row = response.add_rows();
    row->set_customer_id("C");
    row->set_total(100);
    row->set_currency_code("EUR");
    *response.add_totals() = *row;
    response.mutable_totals(0)->clear_customer_id();
    return response;
  };
  const Ran ran = run({"aged-balance"});
  EXPECT_EQ(ran.out,
            "customer_id  total  not_due  d1_30  d31_60  d61_90  over_90  currency  unallocated  "
            "d91_120  over_120\n"
            "C             1.00     0.00   0.00    0.00    0.00     0.00  EUR              0.00  "
            "   0.00      0.00\n"
            "total EUR     1.00     0.00   0.00    0.00    0.00     0.00  EUR              0.00  "
            "   0.00      0.00\n");
}

TEST_F(PortfolioTest, AnImpossibleDayIsRefusedHere) {
  const Ran ran = run({"aged-balance", "--as-of", "2015-02-29"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err,
            "error: --as-of: '2015-02-29' is no day; write it as 2026-01-31. (invalid_date)\n");
}

TEST_F(PortfolioTest, CustomersListAndGet) {
  portfolio::CustomerView view;
  view.set_account("C-17");
  view.set_currency_code("EUR");
  set_money(-250, view.mutable_outstanding());
  view.set_overdue_invoice_count(3);
  server_.answers.list_customers = [&view](const portfolio::ListCustomersRequest&) {
    portfolio::ListCustomersResponse response;
    *response.add_customers() = view;
    return response;
  };
  server_.answers.get_customer = [&view](const portfolio::GetCustomerRequest& request) {
    portfolio::GetCustomerResponse response;
    if (request.account() == "C-17") *response.add_customers() = view;
    return response;
  };
  const Ran list = run({"customers", "list", "--output", "csv"});
  EXPECT_THAT(list.out, StartsWith("account,currency,outstanding,not_due,overdue,"));
  EXPECT_THAT(list.out, HasSubstr("\nC-17,EUR,-2.50,,"));
  const Ran get = run({"customers", "get", "C-17"});
  EXPECT_EQ(get.code, 0) << get.err;
  EXPECT_THAT(get.out, HasSubstr("\noutstanding            -2.50\n"));
  EXPECT_THAT(get.out, HasSubstr("\noverdue_invoice_count  3\n"));
  const Ran nobody = run({"customers", "get", "C-18"});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("customer_not_found"));
}

TEST_F(PortfolioTest, TimelineKeepsTheOrderAndTheReasons) {
  server_.answers.timeline = [](const portfolio::GetTimelineRequest& request) {
    EXPECT_EQ(request.account(), "C-17");
    portfolio::GetTimelineResponse response;
    auto* entry = response.add_entries();
    entry->mutable_recorded_at()->set_seconds(1'768'478'400);
    entry->set_kind("invoice_overdue");
    entry->set_document("F-1");
    set_money(5000, entry->mutable_open_amount());
    entry->set_reason("Due on 14 January, 50.00 still open.");
    entry->set_actor("clock");
    return response;
  };
  const Ran ran = run({"timeline", "C-17"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out,
              HasSubstr("2026-01-15T12:00:00Z  -            invoice_overdue  F-1       -       "
                        "      50.00  EUR       Due on 14 January, 50.00 still open.  clock\n"));
}

}  // namespace
}  // namespace encours::ctl
