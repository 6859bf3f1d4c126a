// scores show|explain|scorecard: how each account pays, what its score is made of, and by which
// weights.
#include "encours/scoring/v1alpha1/scoring.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/local_file.h"
#include "services/encoursctl/commands/paging.h"
#include "services/encoursctl/commands/publish.h"

namespace encours::ctl {
namespace {

namespace scoring = encours::scoring::v1alpha1;

constexpr int kPageSize = 1000;
constexpr const char* kGroupHelp = "Scores: how each account pays, and why";

std::vector<Column> score_columns() {
  return {{"account"},
          {"score"},
          {"payment_index"},
          {"own_index"},
          {"segment_index"},
          {"paid_invoice_count"},
          {"days_beyond_terms"},
          {"as_of"},
          {"settings_version", true},
          {"computed_at", true},
          {"name", true}};
}

Cell hundredths_if(bool known, std::int64_t value) {
  return known ? Cell::hundredths(value) : Cell::absent();
}

bool has_payment_index(const scoring::Score& score) {
  return score.has_own_index_hundredths() || score.has_segment_index_hundredths();
}

std::vector<Cell> score_cells(const scoring::Score& score) {
  return {
      Cell::of(score.account()),
      Cell::hundredths(score.score_hundredths()),
      hundredths_if(has_payment_index(score), score.payment_index_hundredths()),
      hundredths_if(score.has_own_index_hundredths(), score.own_index_hundredths()),
      hundredths_if(score.has_segment_index_hundredths(), score.segment_index_hundredths()),
      Cell::number(score.paid_invoice_count()),
      hundredths_if(score.has_days_beyond_terms_hundredths(), score.days_beyond_terms_hundredths()),
      Cell::date(score.as_of()),
      Cell::number(score.settings_version()),
      Cell::instant(score.computed_at()),
      Cell::of(score.name())};
}

std::string filter_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

class ScoresShow final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "scores", kGroupHelp),
                    "show",
                    "Scores of all accounts, or of one",
                    "Example: encoursctl scores show --filter 'score_hundredths < 5000' "
                    "--tenant acme");
    app.add_option("ACCOUNT", account_, "One account; all without it");
    pages_.describe_filter(app, "score_hundredths < 5000");
    pages_.describe_order(app, "score_hundredths, account");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    if (!account_.empty() && !pages_.filter.empty()) {
      return refused("conflicting_flags", "--filter", "Name an account or a filter, not both.");
    }
    scoring::ListScoresRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_filter(account_.empty() ? pages_.filter : "account = " + filter_text(account_));
    request.set_order_by(pages_.order_by);
    auto printer = context.printer(score_columns());
    std::int64_t shown = 0;
    ENCOURS_ASSIGN(const int code,
                   walk_pages<scoring::ListScoresResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const scoring::ListScoresResponse& page) -> Status {
                         for (const auto& score : page.scores()) {
                           ENCOURS_TRY(printer.row(score_cells(score)));
                           ++shown;
                         }
                         return {};
                       }));
    if (!account_.empty() && shown == 0 && code == 0) {
      return refused("score_not_found", "ACCOUNT", "There is no score of '" + account_ + "'.");
    }
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  std::string account_;
  PageFlags pages_;
};

// One list for all parts of an answer: the score, its factors, the invoices behind its index.
std::vector<Column> part_columns() {
  return {{"part"},
          {"name"},
          {"value"},
          {"weight_millionths"},
          {"contribution"},
          {"source"},
          {"as_of"},
          {"due_date"},
          {"settled_on"},
          {"days_beyond_terms"},
          {"points"},
          {"amount"},
          {"currency"}};
}

std::vector<Cell> score_part(const scoring::Score& score) {
  std::vector<Cell> cells(part_columns().size());
  cells[0] = Cell::of("score");
  cells[1] = Cell::of(score.account());
  cells[2] = Cell::hundredths(score.score_hundredths());
  cells[6] = Cell::date(score.as_of());
  return cells;
}

// What the payment index is made of, where it is not a factor of its own.
std::vector<Cell> index_part(const char* name, std::int64_t hundredths) {
  std::vector<Cell> cells(part_columns().size());
  cells[0] = Cell::of("index");
  cells[1] = Cell::of(name);
  cells[2] = Cell::hundredths(hundredths);
  return cells;
}

std::vector<Cell> factor_part(const scoring::Factor& factor) {
  std::vector<Cell> cells(part_columns().size());
  cells[0] = Cell::of("factor");
  cells[1] = Cell::of(factor.name());
  cells[2] = Cell::hundredths(factor.value_hundredths());
  cells[3] = Cell::number(factor.weight_millionths());
  cells[4] = Cell::hundredths(factor.contribution_hundredths());
  cells[5] = Cell::of(factor.provider().empty() ? "own history" : factor.provider());
  cells[6] = Cell::date(factor.as_of());
  return cells;
}

std::vector<Cell> invoice_part(const scoring::PaidInvoice& invoice) {
  std::vector<Cell> cells(part_columns().size());
  cells[0] = Cell::of("invoice");
  cells[1] = Cell::of(invoice.invoice());
  cells[7] = Cell::date(invoice.due_date());
  cells[8] = Cell::date(invoice.settled_on());
  cells[9] = Cell::number(invoice.days_beyond_terms());
  cells[10] = Cell::hundredths(invoice.points_hundredths());
  cells[11] = Cell::amount(invoice.weight_minor(), invoice.currency_code());
  cells[12] = Cell::of(invoice.currency_code());
  return cells;
}

class ScoresExplain final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "scores", kGroupHelp),
                    "explain",
                    "One score with its factors and the newest paid invoices behind it",
                    "Example: encoursctl scores explain C-17 --tenant acme");
    app.add_option("ACCOUNT", account_, "The creditor's customer number")->required();
  }

  Result<int> run(Context& context) override {
    scoring::ExplainScoreRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_account(account_);
    CoverageWatch watch(context);
    ENCOURS_ASSIGN(const auto answer,
                   ask_complete<scoring::ExplainScoreResponse>(context, request, &watch));
    auto printer = context.printer(part_columns());
    const auto& score = answer.score();
    ENCOURS_TRY(printer.row(score_part(score)));
    for (const auto& factor : score.factors()) ENCOURS_TRY(printer.row(factor_part(factor)));
    if (score.has_own_index_hundredths()) {
      ENCOURS_TRY(printer.row(index_part("own_index", score.own_index_hundredths())));
    }
    if (score.has_segment_index_hundredths()) {
      ENCOURS_TRY(printer.row(index_part("segment_index", score.segment_index_hundredths())));
    }
    for (const auto& invoice : answer.paid_invoices()) {
      ENCOURS_TRY(printer.row(invoice_part(invoice)));
    }
    ENCOURS_TRY(printer.end());
    return watch.exit_code();
  }

 private:
  std::string account_;
};

class ScoresScorecard final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "scores", kGroupHelp),
                    "scorecard",
                    "Publishes what a score is made of, and by which weights, from a YAML file",
                    "Example: encoursctl scores scorecard scorecard.yaml --tenant acme");
    app.add_option("FILE", file_, "YAML of the scorecard")->required();
    app.add_flag("--check", check_, "Only check it");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(const std::string text, read_local_file(file_, "FILE"));
    return publish_text(context, {"scorecard", "default", text, check_});
  }

 private:
  std::string file_;
  bool check_ = false;
};

}  // namespace

std::unique_ptr<Command> make_scores_show() { return std::make_unique<ScoresShow>(); }
std::unique_ptr<Command> make_scores_explain() { return std::make_unique<ScoresExplain>(); }
std::unique_ptr<Command> make_scores_scorecard() { return std::make_unique<ScoresScorecard>(); }

}  // namespace encours::ctl
