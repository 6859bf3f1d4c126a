// alerts tail: changes of alerts as they are committed, until Ctrl-C. A stream that ends is opened
// again behind the last cursor, on whatever instance answers, so nothing is missed or told twice.
#include <algorithm>
#include <array>
#include <utility>

#include "encours/alerting/v1alpha1/alerting.pb.h"
#include "services/encoursctl/commands/alert_row.h"
#include "services/encoursctl/commands/all.h"

namespace encours::ctl {
namespace {

namespace alerting = encours::alerting::v1alpha1;

// Columns of the table, whose rows are printed before the next are known.
constexpr std::size_t kTailColumns = 8;
constexpr std::array<std::size_t, kTailColumns> kWidths = {10, 12, 14, 14, 8, 8, 12, 0};
constexpr std::size_t kAmountColumn = 3;

std::string padded(const std::string& text, std::size_t column) {
  const std::string shown = text.empty() ? "-" : printable(text);
  const std::string pad(kWidths[column] - std::min(kWidths[column], shown.size()), ' ');
  return column == kAmountColumn ? pad + shown : shown + pad;
}

class AlertsTail final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "alerts", ""),
                    "tail",
                    "Changes of alerts as they happen, until Ctrl-C",
                    "CSV and JSON rows carry the cursor that brings tail back to behind them.\n"
                    "Example: encoursctl alerts tail --output json --from-start --tenant acme");
    app.add_option("--filter", filter_, "AIP-160 filter, e.g. 'account = \"C-17\"'");
    auto* cursor = app.add_option("--cursor", cursor_, "Goes on behind this cursor");
    app.add_flag("--from-start", from_start_, "Begins with the first change that is kept")
        ->excludes(cursor);
    app.add_option("--count", count_, "Ends after so many changes")->check(CLI::PositiveNumber);
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(tenant_, context.tenant());
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    context.environment().catch_interrupts();
    std::vector<Column> columns = alert_columns();
    columns.push_back({"cursor", true});
    Printer printer = context.printer(columns);
    const Status outcome = follow(context, *installation, &printer);
    if (!cursor_.empty()) context.note("go on with --cursor " + cursor_);
    ENCOURS_TRY(outcome);
    if (context.format() == OutputFormat::kCsv) ENCOURS_TRY(printer.end());
    return kExitDone;
  }

 private:
  bool done(Context& context) const {
    return context.environment().interrupted() || (count_ > 0 && seen_ >= count_);
  }

  // One stream after the other. What has worked once is waited for longer than a wrong address.
  Status follow(Context& context, Installation& installation, Printer* printer) {
    const Patience& patience = installation.patience();
    while (!done(context)) {
      const std::int64_t patience_ms = connected_ ? patience.stall_ms : patience.read_ms;
      const Status ended =
          installation.on_any("alerting", patience_ms, [&](const std::string& address) -> Status {
            return stream_once(context, installation, address, printer);
          });
      if (done(context)) return {};
      ENCOURS_TRY(ended);
      context.clock().sleep_for(patience.min_pause_ms);
    }
    return {};
  }

  Status stream_once(Context& context,
                     Installation& installation,
                     const std::string& address,
                     Printer* printer) {
    alerting::StreamAlertsRequest request;
    request.set_tenant(tenant_);
    request.set_filter(filter_);
    request.set_cursor(cursor_);
    if (cursor_.empty()) {
      request.set_start(from_start_ ? alerting::StreamAlertsRequest::START_EARLIEST
                                    : alerting::StreamAlertsRequest::START_NOW);
    }
    const Status ended = installation.stream_at<alerting::StreamAlertsResponse>(
        address,
        request,
        [&](const alerting::StreamAlertsResponse& change) {
          return take(context, change, printer);
        },
        context.environment().interrupted);
    if (!ended && (done(context) || ended.failure().code == "count_reached")) return {};
    return ended;
  }

  Status take(Context& context, const alerting::StreamAlertsResponse& change, Printer* printer) {
    connected_ = true;
    context.progress().clear();
    if (change.missing_partitions_size() != missing_) {
      missing_ = change.missing_partitions_size();
      context.note(missing_ == 0 ? "all partitions have a reader again"
                                 : std::to_string(missing_) +
                                       " partitions have no reader now; their changes come later");
    }
    if (change.has_alert()) {
      std::vector<Cell> cells = alert_cells(change.alert());
      cells.push_back(Cell::of(change.cursor()));
      ENCOURS_TRY(print(context, cells, printer));
      ++seen_;
    }
    if (!change.cursor().empty()) cursor_ = change.cursor();
    if (count_ > 0 && seen_ >= count_) return refused("count_reached", "", "");
    return {};
  }

  static Status print(Context& context, const std::vector<Cell>& cells, Printer* printer) {
    if (context.format() != OutputFormat::kTable) {
      ENCOURS_TRY(printer->row(cells));
    } else {
      std::string line;
      for (std::size_t i = 0; i < kTailColumns; ++i) {
        line += (i ? "  " : "") + padded(cells[i].text, i);
      }
      context.out() << line << "\n";
    }
    context.out().flush();
    if (context.out().good()) return {};
    return refused("output_closed", "", "Nobody reads the output any more.");
  }

  std::string tenant_;
  std::string filter_;
  std::string cursor_;
  bool from_start_ = false;
  int count_ = 0;
  int seen_ = 0;
  int missing_ = 0;
  bool connected_ = false;
};

}  // namespace

std::unique_ptr<Command> make_alerts_tail() { return std::make_unique<AlertsTail>(); }

}  // namespace encours::ctl
