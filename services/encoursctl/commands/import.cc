// import FILE...: files in, one after the other; ends when portfolio has seen all of them.
#include <filesystem>
#include <utility>

#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/import_file.h"
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

  Result<int> run(Context& context) override {
    std::vector<ingestion::ImportHeader> headers;
    for (const auto& file : files_) {
      ENCOURS_ASSIGN(headers.emplace_back(), header_of(context, file));
    }
    Printer refusals = context.printer({{"file"}, {"line"}, {"field"}, {"rule"}, {"message"}});
    Position position;
    bool any_refused = false;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      ImportedFile file(context, files_[i], headers[i], [&](const ImportRefusal& refusal) {
        return print_refusal(context, files_[i], refusal, &refusals);
      });
      ENCOURS_ASSIGN(const ImportSummary summary, file.run());
      ENCOURS_TRY(print_summary(context, files_[i], summary));
      position = Position(later(position, summary.position()));
      any_refused = any_refused || summary.records_refused() > 0;
    }
    if (context.format() == OutputFormat::kCsv) ENCOURS_TRY(refusals.end());
    if (!position.clock().empty()) {
      ENCOURS_TRY(wait_for_portfolio(context, headers.front().tenant(), position));
    }
    return any_refused ? kExitRefused : kExitDone;
  }

 private:
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
