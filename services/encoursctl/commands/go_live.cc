// tenants go-live: shows what the first day would send, asks what becomes of what is late already,
// and lets messages leave.
#include <charconv>

#include "common/time/instant.h"
#include "encours/dunning/v1alpha1/dunning.pb.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace dunning = encours::dunning::v1alpha1;
namespace ingestion = encours::ingestion::v1alpha1;
using Backlog = ingestion::GoLiveBacklog;

constexpr const char* kQuestion =
    "What becomes of what is late today? first, step=N or none (nothing typed stops here): ";

// "first", "step=3" or "none".
Result<Backlog> backlog_of(const std::string& text) {
  Backlog backlog;
  if (text == "first") {
    backlog.set_choice(Backlog::CHOICE_FIRST_STEP);
    return backlog;
  }
  if (text == "none") {
    backlog.set_choice(Backlog::CHOICE_NONE);
    return backlog;
  }
  int step = 0;
  if (text.rfind("step=", 0) == 0) {
    const char* end = text.data() + text.size();
    const auto [read, failure] = std::from_chars(text.data() + 5, end, step);
    if (failure != std::errc() || read != end) step = 0;
  }
  if (step < 1) {
    return refused("invalid_backlog", "--backlog", "Write first, step=N (N from 1) or none.");
  }
  backlog.set_choice(Backlog::CHOICE_STEP);
  backlog.set_step(step);
  return backlog;
}

class TenantsGoLive final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "tenants", "Tenants, their clocks and what may leave"),
                    "go-live",
                    "Lets messages leave from now on; shows what the first day sends, and asks",
                    "Example: encoursctl tenants go-live --backlog first --tenant acme");
    app.add_flag("--preview", preview_, "Only show what the first day would send");
    app.add_option("--backlog",
                   backlog_,
                   "What becomes of what is late today: first (step), step=N, or none");
    app.add_option("--from", from_, "Instant, e.g. 2026-11-23T08:00:00Z (default: the next tick)");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(const std::string tenant, context.tenant());
    Backlog backlog;
    backlog.set_choice(Backlog::CHOICE_FIRST_STEP);
    if (!backlog_.empty()) {
      ENCOURS_ASSIGN(backlog, backlog_of(backlog_));
    }
    ENCOURS_TRY(show_first_day(context, tenant, backlog));
    if (preview_) {
      context.note("preview, nothing was changed.");
      return kExitDone;
    }
    if (backlog_.empty()) {
      ENCOURS_ASSIGN(const auto answer, asked(context));
      if (!answer) {
        context.note("nothing was changed.");
        return kExitFailed;
      }
      backlog = *answer;
    }
    return go_live(context, tenant, backlog);
  }

 private:
  // What a person answers; nothing where he stops.
  static Result<std::optional<Backlog>> asked(Context& context) {
    const auto& ask = context.environment().ask;
    if (!ask) {
      return refused("missing_flag", "--backlog",
                     "Say what becomes of what is late today: --backlog first, step=N or none.");
    }
    const auto answer = ask(kQuestion);
    if (!answer || answer->empty()) return std::optional<Backlog>();
    ENCOURS_ASSIGN(const Backlog backlog, backlog_of(*answer));
    return std::optional(backlog);
  }

  static Status show_first_day(Context& context, const std::string& tenant,
                               const Backlog& backlog) {
    dunning::PreviewFirstDayRequest request;
    request.set_tenant(tenant);
    request.mutable_backlog()->set_choice(
        static_cast<dunning::Backlog::Choice>(backlog.choice()));
    request.mutable_backlog()->set_step(backlog.step());
    CoverageWatch watch(context);
    const auto day =
        ask_complete<dunning::PreviewFirstDayResponse>(context, request, &watch);
    if (!day) {
      if (day.failure().code != "scenario_not_found") return day.failure();
      context.note("the tenant has no scenario: the first day sends nothing.");
      return {};
    }
    auto printer = context.printer({{"channel"}, {"step"}, {"key"}, {"messages"}, {"accounts"}});
    for (const auto& one : day->counts()) {
      ENCOURS_TRY(printer.row({Cell::word(one.channel()),
                               Cell::number(one.step_number()),
                               Cell::of(one.step()),
                               Cell::number(one.message_count()),
                               Cell::number(one.account_count())}));
    }
    ENCOURS_TRY(printer.end());
    context.note(day->counts().empty() ? "the first day sends nothing."
                                       : "the first day sends the above.");
    return {};
  }

  Result<int> go_live(Context& context, const std::string& tenant, const Backlog& backlog) const {
    ingestion::GoLiveRequest request;
    request.set_tenant(tenant);
    request.set_request_id(context.new_request_id());
    *request.mutable_backlog() = backlog;
    if (!from_.empty()) {
      const auto at = Instant::parse(from_);
      if (!at) {
        return refused("invalid_instant",
                       "--from",
                       "'" + from_ + "' is no instant; write it as 2026-11-23T08:00:00Z.");
      }
      request.mutable_live_from()->set_seconds(at->unix_seconds());
      request.mutable_live_from()->set_nanos(at->nanos_of_second());
    }
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    ENCOURS_ASSIGN(const auto answer, installation->ask<ingestion::GoLiveResponse>(request));
    context.note("live from " + Cell::instant(answer.live_from()).text + ".");
    return kExitDone;
  }

  bool preview_ = false;
  std::string backlog_;
  std::string from_;
};

}  // namespace

std::unique_ptr<Command> make_tenants_go_live() { return std::make_unique<TenantsGoLive>(); }

}  // namespace encours::ctl
