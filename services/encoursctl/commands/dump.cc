// dump: the canonical dump, by which two runs are compared byte for byte.
//
// Lines of text, whatever --output says: "table<TAB>service<TAB>table<TAB>key<TAB>row", by service,
// table and key; then "topic<TAB>topic<TAB>key<TAB>record", by topic and key, the records of a key
// in their order. It fails rather than print a part: every partition of every service must run, and
// run on the same instances before and after.
#include <algorithm>
#include <map>
#include <utility>

#include "common/service/dump.h"
#include "encours/stream/v1alpha1/runtime_service.pb.h"
#include "services/encoursctl/commands/all.h"
#include "services/encoursctl/commands/fleet.h"

namespace encours::ctl {
namespace {

namespace runtime = encours::stream::v1alpha1;

constexpr int kAttempts = 3;

struct Row {
  std::string table;
  std::string key;
  std::string line;

  friend auto operator<=>(const Row&, const Row&) = default;
};

class Dump final : public Command {
 public:
  void describe(CLI::App& root) override {
    auto& app = add(root,
                    "dump",
                    "The canonical dump of tables and topics, as lines of text",
                    "Neither flag means both. --tenant leaves out what is of other tenants.\n"
                    "Example: encoursctl dump --tenant acme > acme.dump");
    app.add_flag("--tables", tables_, "The rows of all services");
    app.add_flag("--topics", topics_, "The records of the topics that carry decisions");
    app.add_option("--service", service_, "Rows of one service, and the topics as it knows them");
  }

  Result<int> run(Context& context) override {
    const bool both = tables_ == topics_;
    for (int attempt = 1;; ++attempt) {
      ENCOURS_ASSIGN(const Fleet before, await_complete_fleet(context, service_));
      std::vector<std::string> lines;
      Status read;
      if (both || tables_) read = read_tables(context, before, &lines);
      if (read && (both || topics_)) read = read_topics(context, before.front().service, &lines);
      if (!read && (attempt == kAttempts || !worth_another_try(read.failure()))) {
        return read.failure();
      }
      ENCOURS_ASSIGN(const Fleet after, await_complete_fleet(context, service_));
      if (read && same_placement(before, after)) return print(context, lines);
      if (attempt == kAttempts) {
        return error(Reaction::kRetry,
                     "fleet_moving",
                     "Partitions keep moving between instances. Ask again when they have settled.");
      }
    }
  }

 private:
  static Result<int> print(Context& context, const std::vector<std::string>& lines) {
    context.progress().clear();
    for (const auto& line : lines) context.out() << line << "\n";
    context.out().flush();
    if (context.out().good()) return kExitDone;
    return error(Reaction::kFatal, "output_closed", "The output can't be written.");
  }

  static Status read_tables(Context& context, const Fleet& fleet, std::vector<std::string>* lines) {
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    runtime::DumpTableRequest request;
    request.set_tenant(context.flags().tenant);
    std::map<std::string, std::vector<Row>> by_service;
    for (const auto& member : fleet) {
      if (!member.status) continue;
      auto& rows = by_service[member.service];
      ENCOURS_TRY(installation->stream_at<runtime::DumpTableResponse>(
          member.address, request, [&](const runtime::DumpTableResponse& row) -> Status {
            rows.push_back({row.table(), row.key(), row.text()});
            context.progress().show("reading " + member.service + ": " +
                                    grouped(static_cast<std::int64_t>(rows.size())) + " rows");
            return {};
          }));
    }
    for (auto& [service, rows] : by_service) {
      std::sort(rows.begin(), rows.end());
      for (auto& row : rows) lines->push_back("table\t" + service + "\t" + row.line);
    }
    return {};
  }

  static Status read_topics(Context& context,
                            const std::string& service,
                            std::vector<std::string>* lines) {
    for (const auto& topic : dumped_topics()) {
      ENCOURS_TRY(read_topic(context, service, std::string(topic.topic), lines));
    }
    return {};
  }

  // Any instance of any service reads all partitions of a topic; the records of a key stand on one
  // of them.
  static Status read_topic(Context& context,
                           const std::string& service,
                           const std::string& topic,
                           std::vector<std::string>* lines) {
    ENCOURS_ASSIGN(Installation * installation, context.installation());
    runtime::DumpTopicRequest request;
    request.set_topic(topic);
    request.set_tenant(context.flags().tenant);
    using Key = std::pair<std::string, std::int32_t>;
    std::map<Key, std::vector<std::string>> by_key;
    ENCOURS_TRY(installation->on_any(
        service, installation->patience().read_ms, [&](const std::string& address) -> Status {
          by_key.clear();
          std::int64_t records = 0;
          return installation->stream_at<runtime::DumpTopicResponse>(
              address, request, [&](const runtime::DumpTopicResponse& record) -> Status {
                by_key[{record.key(), record.partition()}].push_back(record.text());
                context.progress().show("reading " + topic + ": " + grouped(++records) +
                                        " records");
                return {};
              });
        }));
    for (const auto& [key, records] : by_key) {
      for (const auto& record : records) lines->push_back("topic\t" + record);
    }
    return {};
  }

  std::string service_;
  bool tables_ = false;
  bool topics_ = false;
};

}  // namespace

std::unique_ptr<Command> make_dump() { return std::make_unique<Dump>(); }

}  // namespace encours::ctl
