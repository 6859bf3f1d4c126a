// encours-sample: writes the sample portfolio as files. Wiring only.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "deploy/sample/outside.h"
#include "deploy/sample/portfolio.h"
#include "deploy/sample/states.h"

namespace encours::sample {
namespace {

using Files = std::map<std::string, std::string>;

constexpr const char* kHelp =
    R"(Writes to DIR:
  events.jsonl        one event a line as proto3 JSON, in the order in which they were recorded
  outside.json        the companies, and the procedure that the simulated providers report of each
  named_accounts.tsv  accounts with a story: account, name, what there is to see
  states.tsv          each state that there is: its name, how many, an account that shows it
The same options give the same bytes.)";

std::string events_text(const Sample& sample) {
  std::string text;
  for (const Entry& entry : sample.entries) text += to_json(entry.event) + "\n";
  return text;
}

std::string outside_text(const Sample& sample, Date end) {
  nlohmann::ordered_json companies = nlohmann::ordered_json::array();
  std::map<std::string, std::vector<std::string>> accounts;
  for (const Account& account : sample.accounts) {
    if (!account.siren.empty()) accounts[account.siren].push_back(account.id);
  }
  for (const auto& [siren, ids] : accounts) {
    companies.push_back(
        {{"siren", siren}, {"accounts", ids}, {"procedure", word_of(procedure_on(siren, end))}});
  }
  nlohmann::ordered_json all = {{"day", end.to_string()}, {"companies", std::move(companies)}};
  return all.dump(1) + "\n";
}

std::string named_text() {
  std::string text = "account\tname\twhat\n";
  int number = 0;
  for (const NamedAccount& named : named_accounts()) {
    text += account_id(++number) + "\t" + std::string(named.name) + "\t" +
            std::string(named.story) + "\n";
  }
  return text;
}

std::string states_text(const Sample& sample, Date end) {
  std::string text = "state\tcount\taccount\n";
  for (const auto& [name, state] : states_of(sample, end)) {
    text += name + "\t" + std::to_string(state.count) + "\t" + state.account + "\n";
  }
  return text;
}

Files files_of(const Options& options) {
  const Sample sample = generate(options);
  return {{"events.jsonl", events_text(sample)},
          {"outside.json", outside_text(sample, options.end)},
          {"named_accounts.tsv", named_text()},
          {"states.tsv", states_text(sample, options.end)}};
}

bool write(const std::filesystem::path& folder, const Files& files) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  for (const auto& [name, text] : files) {
    std::ofstream file(folder / name, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (file.fail()) {
      std::cerr << "error: '" << (folder / name).string() << "' can't be written.\n";
      return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace encours::sample

int main(int argc, char** argv) {
  using namespace encours::sample;
  Options options;
  std::string end = options.end.to_string();
  std::string folder;
  CLI::App app("A portfolio of customers that do not exist, as events of their creditor's systems.",
               "encours-sample");
  app.footer(kHelp);
  app.add_option("--seed", options.seed, "Another one gives another portfolio (default 1)");
  app.add_option("--accounts", options.accounts, "60 to 5,000 customers (default 2,000)");
  app.add_option("--months", options.months, "12 to 60 months (default 24)");
  app.add_option("--end", end, "The last day (default " + end + ")");
  app.add_option("--out", folder, "Folder to write to; made where it is not there")->required();
  CLI11_PARSE(app, argc, argv);
  const auto day = encours::Date::parse(end);
  if (day) options.end = *day;
  const encours::Status status = day ? check_options(options) : encours::Status(day.failure());
  if (!status) {
    std::cerr << "error: " << status.failure().field << ": " << status.failure().message << "\n";
    return 1;
  }
  return write(folder, files_of(options)) ? 0 : 1;
}
