// timeline ACCOUNT: every fact and decision about one customer, in order, each with its reason.
#include "encours/portfolio/v1alpha1/portfolio.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace portfolio = encours::portfolio::v1alpha1;

constexpr int kPageSize = 1000;

std::vector<Column> timeline_columns() {
  return {{"recorded_at"},
          {"occurred_at"},
          {"kind"},
          {"document"},
          {"amount"},
          {"open_amount"},
          {"currency"},
          {"reason"},
          {"actor"},
          {"id", true},
          {"cause", true},
          {"correlation", true},
          {"settings_version", true},
          {"decision_version", true},
          {"file", true},
          {"line", true}};
}

std::vector<Cell> timeline_cells(const portfolio::TimelineEntry& entry) {
  const std::string& currency = entry.amount().currency_code().empty()
                                    ? entry.open_amount().currency_code()
                                    : entry.amount().currency_code();
  const auto& source = entry.source();
  return {Cell::instant(entry.recorded_at()),
          Cell::instant(entry.occurred_at()),
          Cell::of(entry.kind()),
          Cell::of(entry.document()),
          Cell::amount(entry.amount()),
          Cell::amount(entry.open_amount()),
          Cell::of(currency),
          Cell::of(entry.reason()),
          Cell::of(entry.actor()),
          Cell::of(entry.id()),
          Cell::of(entry.cause()),
          Cell::of(entry.correlation()),
          Cell::number(entry.settings_version()),
          Cell::number(entry.decision_version()),
          Cell::of(source.file_name()),
          source.line() > 0 ? Cell::number(source.line()) : Cell::absent()};
}

class Timeline final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(root,
                    "timeline",
                    "Every fact and decision about one customer, with its reason",
                    "Example: encoursctl timeline C-17 --filter 'kind = \"invoice_overdue\"' "
                    "--tenant acme");
    app.add_option("ACCOUNT", account_, "The creditor's customer number")->required();
    pages_.describe_filter(app, "kind = \"invoice_overdue\"");
    pages_.describe_order(app, "recorded_at desc");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    portfolio::GetTimelineRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_account(account_);
    request.set_filter(pages_.filter);
    request.set_order_by(pages_.order_by);
    auto printer = context.printer(timeline_columns());
    ENCOURS_ASSIGN(const int code,
                   walk_pages<portfolio::GetTimelineResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const portfolio::GetTimelineResponse& page) -> Status {
                         for (const auto& entry : page.entries()) {
                           ENCOURS_TRY(printer.row(timeline_cells(entry)));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  std::string account_;
  PageFlags pages_;
};

}  // namespace

std::unique_ptr<Command> make_timeline() { return std::make_unique<Timeline>(); }

}  // namespace encours::ctl
