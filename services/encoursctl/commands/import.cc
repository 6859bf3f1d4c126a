// import FILE...: files in, one after the other; ends when portfolio has seen all of them.
#include <filesystem>
#include <set>
#include <tuple>
#include <utility>

#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/import_file.h"
#include "services/encoursctl/commands/late_refusals.h"
#include "services/encoursctl/commands/local_file.h"
#include "services/encoursctl/commands/wait.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;

Result<ingestion::ImportFormat> format_of(const std::string& path, const std::string& flag) {
  std::string word = flag;
  if (word.empty()) word = std::filesystem::path(path).extension().string();
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (word == "csv" || word == ".csv") return ingestion::IMPORT_FORMAT_CSV;
  if (word == "json" || word == ".json" || word == ".jsonl" || word == ".ndjson") {
    return ingestion::IMPORT_FORMAT_JSON;
  }
  return refused(
      "format_needed",
      "--format",
      "What '" + path + "' holds can't be told from its name: say --format csv or json.");
}

// By which a refusal that was told is known again: line, field, rule.
using RefusalKey = std::tuple<std::int64_t, std::string, std::string>;

class Import final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app =
        add(root,
            "import",
            "Takes files in; ends when all of it can be seen",
            "A line per refused record: file:line: field: rule: message (json: an object "
            "each, then one per file).\n"
            "Exit 0 all taken, 3 some or all refused (a file that can't be read or is empty "
            "is one refused record), 1 anything else.\n"
            "The same file again changes nothing.\n"
            "Example: encoursctl import invoices.csv --mapping invoices.yaml --tenant acme");
    app.add_option("FILE", files_, "Files, taken in this order")->required();
    app.add_option("--format", format_, "csv or json (default: by the file's name)")
        ->check(CLI::IsMember({"csv", "json"}));
    app.add_option("--mapping", mapping_, "How the columns of a CSV are read (YAML)");
    app.add_option(
        "--source", source_, "System that the records come from (default: the mapping's)");
  }

  // The files one after the other; then, once all of it can be seen, what became of each.
  Result<int> run(Context& context) override {
    std::vector<ingestion::ImportHeader> headers;
    for (const auto& file : files_) {
      ENCOURS_ASSIGN(headers.emplace_back(), header_of(context, file));
    }
    Printer refusals = context.printer({{"file"}, {"line"}, {"field"}, {"rule"}, {"message"}});
    std::vector<Taken> taken;
    Status done = take_all(context, headers, &taken, &refusals);
    // A failure hides nothing of the files that are in.
    bool any_refused = false;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (done) done = tell_late(context, files_[i], headers[i].tenant(), &taken[i], &refusals);
      ENCOURS_TRY(print_summary(context, files_[i], taken[i].summary));
      any_refused = any_refused || taken[i].summary.records_refused() > 0;
    }
    if (context.format() == OutputFormat::kCsv) ENCOURS_TRY(refusals.end());
    ENCOURS_TRY(done);
    return any_refused ? kExitRefused : kExitDone;
  }

 private:
  // What the door said of one file.
  struct Taken {
    ImportSummary summary;
    std::set<RefusalKey> told;
    // Lines with a refusal: a line is one record, though it may make several events.
    std::set<std::int64_t> lines;
  };

  // `taken` is what the door took, also where a later file or the wait for portfolio fails.
  Status take_all(Context& context,
                  const std::vector<ingestion::ImportHeader>& headers,
                  std::vector<Taken>* taken,
                  Printer* refusals) {
    Position position;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      ENCOURS_ASSIGN(Taken one, take(context, files_[i], headers[i], refusals));
      position = Position(later(position, one.summary.position()));
      taken->push_back(std::move(one));
    }
    if (position.clock().empty()) return {};
    return wait_for_portfolio(context, headers.front().tenant(), position);
  }

  static RefusalKey key_of(const ImportRefusal& refusal) {
    return {refusal.line(), refusal.field(), refusal.code()};
  }

  static Result<Taken> take(Context& context,
                            const std::string& path,
                            const ingestion::ImportHeader& header,
                            Printer* refusals) {
    Taken taken;
    ImportedFile file(context, path, header, [&](const ImportRefusal& refusal) {
      taken.told.insert(key_of(refusal));
      taken.lines.insert(refusal.line());
      return print_refusal(context, path, refusal, refusals);
    });
    ENCOURS_ASSIGN(taken.summary, file.run());
    return taken;
  }

  // Records that the door took and a later stage refused; they count as refused.
  static Status tell_late(Context& context,
                          const std::string& path,
                          const std::string& tenant,
                          Taken* taken,
                          Printer* refusals) {
    // Where the door had too many to tell, what is not told is not late.
    if (taken->summary.refusals_not_shown() > 0) return {};
    ENCOURS_ASSIGN(const auto late, late_refusals(context, tenant, taken->summary));
    for (const auto& refusal : late) {
      if (!taken->told.insert(key_of(refusal)).second) continue;
      ENCOURS_TRY(print_refusal(context, path, refusal, refusals));
      if (!taken->lines.insert(refusal.line()).second) continue;
      taken->summary.set_records_taken(taken->summary.records_taken() - 1);
      taken->summary.set_records_refused(taken->summary.records_refused() + 1);
    }
    return {};
  }

  Result<ingestion::ImportHeader> header_of(Context& context, const std::string& file) const {
    ingestion::ImportHeader header;
    ENCOURS_ASSIGN(const auto format, format_of(file, format_));
    header.set_format(format);
    if (!mapping_.empty()) {
      ENCOURS_ASSIGN(*header.mutable_mapping_yaml(), read_local_file(mapping_, "--mapping"));
    }
    ENCOURS_ASSIGN(*header.mutable_tenant(), context.tenant());
    header.set_request_id(context.new_request_id());
    header.set_source(source_);
    return header;
  }

  static Status print_refusal(Context& context,
                              const std::string& path,
                              const ImportRefusal& refusal,
                              Printer* printer) {
    if (context.format() != OutputFormat::kTable) {
      return printer->row({Cell::of(path),
                           Cell::number(refusal.line()),
                           Cell::of(refusal.field()),
                           Cell::of(refusal.code()),
                           Cell::of(refusal.message())});
    }
    const std::string field = refusal.field().empty() ? "-" : refusal.field();
    context.out() << printable(path + ":" + std::to_string(refusal.line()) + ": " + field + ": " +
                               refusal.code() + ": " + refusal.message())
                  << std::endl;
    if (context.out().good()) return {};
    return error(Reaction::kFatal, "output_closed", "Nobody reads the output any more.");
  }

  static Status print_summary(Context& context,
                              const std::string& path,
                              const ImportSummary& summary) {
    const Cell first = Cell::date(summary.first_day());
    const Cell last = Cell::date(summary.last_day());
    if (context.format() == OutputFormat::kJson) {
      auto printer = context.printer({{"file"},
                                      {"import_id"},
                                      {"records_taken"},
                                      {"records_refused"},
                                      {"first_day"},
                                      {"last_day"}});
      ENCOURS_TRY(printer.row({Cell::of(path),
                               Cell::of(summary.import_id()),
                               Cell::number(summary.records_taken()),
                               Cell::number(summary.records_refused()),
                               first,
                               last}));
      return printer.end();
    }
    std::string line = path + ": " + grouped(summary.records_taken()) + " taken, " +
                       grouped(summary.records_refused()) + " refused";
    if (first.kind == Cell::Kind::kText) line += ", facts from " + first.text + " to " + last.text;
    // Of CSV, standard output has the rows alone.
    auto& out = context.format() == OutputFormat::kTable ? context.out() : context.err();
    out << printable(line) << std::endl;
    if (summary.refusals_not_shown() > 0) {
      context.note(grouped(summary.refusals_not_shown()) +
                   " refused records are not shown; 'encoursctl dead-letters list' has them all.");
    }
    return {};
  }

  std::vector<std::string> files_;
  std::string format_;
  std::string mapping_;
  std::string source_;
};

}  // namespace

std::unique_ptr<Command> make_import() { return std::make_unique<Import>(); }

}  // namespace encours::ctl
