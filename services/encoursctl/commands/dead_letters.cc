// dead-letters list|show|replay: what was refused, why, and sending it again.
#include <fstream>
#include <utility>

#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/fields.h"
#include "services/encoursctl/commands/local_file.h"
#include "services/encoursctl/commands/paging.h"
#include "services/encoursctl/commands/wait.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;

constexpr int kPageSize = 1000;
constexpr std::size_t kShownBytes = 4096;
constexpr const char* kGroupHelp = "Refused records: list, look, send again";

std::vector<Column> letter_columns() {
  return {{"id"},
          {"recorded_at"},
          {"state"},
          {"file"},
          {"line"},
          {"field"},
          {"rule"},
          {"message"},
          {"stage", true},
          {"door", true},
          {"content_type", true},
          {"original_size_bytes", true},
          {"original_sha256", true},
          {"replayable", true},
          {"replayed_at", true},
          {"replayed_by", true},
          {"topic", true},
          {"partition", true},
          {"offset", true}};
}

std::vector<Cell> letter_cells(const ingestion::DeadLetterView& letter) {
  const auto& at = letter.position();
  const bool in_topic = !at.topic().empty();
  return {Cell::of(letter.id()),
          Cell::instant(letter.recorded_at()),
          Cell::word(letter.state()),
          Cell::of(at.file_name()),
          at.line() > 0 ? Cell::number(at.line()) : Cell::absent(),
          Cell::of(letter.refusal().field()),
          Cell::of(letter.refusal().code()),
          Cell::of(letter.refusal().message()),
          Cell::of(letter.stage()),
          Cell::of(letter.door()),
          Cell::of(letter.content_type()),
          Cell::number(letter.original_size_bytes()),
          Cell::of(letter.original_sha256()),
          Cell::boolean(letter.replayable()),
          Cell::instant(letter.replayed_at()),
          Cell::of(letter.replayed_by()),
          Cell::of(at.topic()),
          in_topic ? Cell::number(at.partition()) : Cell::absent(),
          in_topic ? Cell::number(at.offset()) : Cell::absent()};
}

class DeadLettersList final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "dead-letters", kGroupHelp),
                    "list",
                    "Refused records, the newest first",
                    "Example: encoursctl dead-letters list --filter 'state = OPEN' --tenant acme");
    pages_.describe_filter(app, "refusal.code = \"unknown_currency\" AND state = OPEN");
    pages_.describe_order(app, "recorded_at desc");
    pages_.describe_pages(app, kPageSize);
  }

  Result<int> run(Context& context) override {
    ingestion::ListDeadLettersRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_filter(pages_.filter);
    request.set_order_by(pages_.order_by);
    auto printer = context.printer(letter_columns());
    ENCOURS_ASSIGN(const int code,
                   walk_pages<ingestion::ListDeadLettersResponse>(
                       context,
                       pages_,
                       kPageSize,
                       request,
                       [&](const ingestion::ListDeadLettersResponse& page) -> Status {
                         for (const auto& letter : page.dead_letters()) {
                           ENCOURS_TRY(printer.row(letter_cells(letter)));
                         }
                         return {};
                       }));
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  PageFlags pages_;
};

class DeadLettersShow final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "dead-letters", kGroupHelp),
                    "show",
                    "One refused record with its original bytes",
                    "Example: encoursctl dead-letters show 3f2a91c0 --save-original row.csv "
                    "--tenant acme");
    app.add_option("ID", id_, "Id, as dead-letters list shows it")->required();
    app.add_option("--save-original", save_to_, "Writes the original bytes to this file");
  }

  Result<int> run(Context& context) override {
    ingestion::GetDeadLetterRequest request;
    ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
    request.set_id(id_);
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    ENCOURS_ASSIGN(const auto answer, installation->ask<ingestion::GetDeadLetterResponse>(request));
    const auto& letter = answer.dead_letter();
    std::vector<Column> columns = letter_columns();
    std::vector<Cell> cells = letter_cells(letter);
    for (const auto& hint : letter.decoder_hints()) {
      columns.push_back({"hint_" + hint.name(), true});
      cells.push_back(Cell::of(hint.value()));
    }
    columns.push_back({"original", true});
    cells.push_back(Cell::of(shown_original(context, letter.original())));
    ENCOURS_TRY(print_fields(context, columns, {cells}));
    if (!save_to_.empty()) ENCOURS_TRY(save(letter.original()));
    return kExitDone;
  }

 private:
  // A table shows the beginning; the other formats have all that is text.
  static std::string shown_original(Context& context, const std::string& original) {
    if (context.format() != OutputFormat::kTable || original.size() <= kShownBytes) return original;
    return original.substr(0, kShownBytes) + "...";
  }

  Status save(const std::string& original) const {
    std::ofstream file(save_to_, std::ios::binary | std::ios::trunc);
    file << original;
    file.close();
    if (file.good()) return {};
    return refused(
        "unwritable_file", "--save-original", "The file '" + save_to_ + "' can't be written.");
  }

  std::string id_;
  std::string save_to_;
};

class DeadLettersReplay final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(command_group(root, "dead-letters", kGroupHelp),
                    "replay",
                    "Sends refused records through the inbox again",
                    "Ends when portfolio has seen them; exit 3 if some were refused at the door.\n"
                    "Example: encoursctl dead-letters replay 3f2a91c0 --original fixed.csv "
                    "--tenant acme");
    auto* ids = app.add_option("ID", ids_, "Ids, as dead-letters list shows them");
    app.add_option("--filter", filter_, "All open ones of an AIP-160 filter instead")
        ->excludes(ids);
    app.add_option("--original", original_, "File with corrected bytes, for one ID");
    app.add_option("--mapping", mapping_, "Mapping (YAML) to read them by from now on");
  }

  Result<int> run(Context& context) override {
    ENCOURS_ASSIGN(auto request, request_of());
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    ENCOURS_ASSIGN(const std::string tenant, context.tenant());
    request.set_tenant(tenant);
    request.set_request_id(context.new_request_id());
    ENCOURS_ASSIGN(const auto answer,
                   installation->ask<ingestion::ReplayDeadLettersResponse>(request));
    ENCOURS_TRY(wait_for_portfolio(context, tenant, answer.position()));
    int code = kExitDone;
    auto printer =
        context.printer({{"id"}, {"result"}, {"record_id"}, {"field"}, {"rule"}, {"message"}});
    for (const auto& result : answer.results()) {
      const bool taken = !result.has_refused();
      if (!taken) code = kExitRefused;
      ENCOURS_TRY(printer.row({Cell::of(result.id()),
                               Cell::of(taken ? "sent" : "refused"),
                               Cell::of(result.record_id()),
                               Cell::of(result.refused().field()),
                               Cell::of(result.refused().code()),
                               Cell::of(result.refused().message())}));
    }
    ENCOURS_TRY(printer.end());
    return code;
  }

 private:
  Result<ingestion::ReplayDeadLettersRequest> request_of() const {
    ingestion::ReplayDeadLettersRequest request;
    if (ids_.empty() && filter_.empty()) {
      return refused("nothing_named", "ID", "Name records by their ids or with --filter.");
    }
    if (!original_.empty() && ids_.size() != 1) {
      return refused("one_id_needed", "--original", "Corrected bytes are for exactly one ID.");
    }
    for (const auto& id : ids_) request.add_ids(id);
    request.set_filter(filter_);
    if (!original_.empty()) {
      ENCOURS_ASSIGN(*request.mutable_corrected_original(),
                     read_local_file(original_, "--original"));
      if (request.corrected_original().empty()) {
        return refused("empty_file", "--original", "The file '" + original_ + "' is empty.");
      }
    }
    if (!mapping_.empty()) {
      ENCOURS_ASSIGN(*request.mutable_mapping_yaml(), read_local_file(mapping_, "--mapping"));
    }
    return request;
  }

  std::vector<std::string> ids_;
  std::string filter_;
  std::string original_;
  std::string mapping_;
};

}  // namespace

std::unique_ptr<Command> make_dead_letters_list() { return std::make_unique<DeadLettersList>(); }
std::unique_ptr<Command> make_dead_letters_show() { return std::make_unique<DeadLettersShow>(); }
std::unique_ptr<Command> make_dead_letters_replay() {
  return std::make_unique<DeadLettersReplay>();
}

}  // namespace encours::ctl
