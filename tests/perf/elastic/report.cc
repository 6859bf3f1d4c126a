#include "tests/perf/elastic/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace encours::perf {
namespace {

using Json = nlohmann::ordered_json;

Json milliseconds(std::int64_t us) { return static_cast<double>(us / 100) / 10; }

// The least value that so many of a thousand don't exceed; null of none.
Json percentile(std::vector<std::int64_t> all_us, std::size_t per_mille) {
  if (all_us.empty()) return nullptr;
  const std::size_t at = (all_us.size() - 1) * per_mille / 1000;
  std::nth_element(all_us.begin(), all_us.begin() + static_cast<std::ptrdiff_t>(at), all_us.end());
  return milliseconds(all_us[at]);
}

Json shown(const QueryFigures& one) {
  Json json;
  json["asked"] = one.asked;
  json["complete"] = one.complete;
  json["partial"] = one.partial;
  json["wrong"] = one.wrong;
  json["errors"] = one.errors;
  const double answered = static_cast<double>(one.complete) / static_cast<double>(one.asked);
  json["share_complete"] = one.asked == 0 ? Json() : Json(answered);
  json["p50_ms"] = percentile(one.took_us, 500);
  json["p99_ms"] = percentile(one.took_us, 990);
  return json;
}

void add(const QueryFigures& one, QueryFigures* sum) {
  sum->asked += one.asked;
  sum->complete += one.complete;
  sum->partial += one.partial;
  sum->wrong += one.wrong;
  for (const auto& [code, count] : one.errors) sum->errors[code] += count;
  sum->took_us.insert(sum->took_us.end(), one.took_us.begin(), one.took_us.end());
}

Json shown(const PhaseQueries& queries) {
  QueryFigures both = queries.of_one;
  add(queries.of_all, &both);
  Json json = shown(both);
  json["of_one"] = shown(queries.of_one);
  json["of_all"] = shown(queries.of_all);
  return json;
}

Json per_event_us(double cpu_seconds, std::int64_t events) {
  if (events == 0) return nullptr;
  return cpu_seconds * 1e6 / static_cast<double>(events);
}

}  // namespace

std::string phase_line(const Phase& phase, const OutputFigures& outputs,
                       const PhaseQueries& queries) {
  Json json;
  json["phase"] = phase.name;
  json["promised_gap_ms"] = phase.promised_gap_ms == 0 ? Json() : Json(phase.promised_gap_ms);
  json["longest_gap_ms"] = milliseconds(outputs.longest_gap_us);
  json["gap_partition"] = outputs.gap_partition;
  json["moves"] = outputs.moves;
  json["settled_ms"] = phase.settled_ms;
  json["seconds"] = phase.seconds;
  json["published"] = phase.published;
  json["outputs"] = outputs.outputs;
  json["output_p50_ms"] = percentile(outputs.delays_us, 500);
  json["output_p99_ms"] = percentile(outputs.delays_us, 990);
  json["cpu_us_per_event"] = per_event_us(phase.cpu_seconds, outputs.outputs);
  json["queries"] = shown(queries);
  return json.dump();
}

std::string run_line(const Plan& plan, int session_timeout_ms, std::int64_t published,
                     const std::vector<Phase>& phases,
                     const std::vector<OutputFigures>& outputs,
                     const std::vector<PhaseQueries>& queries, const Verdict& verdict) {
  Json json;
  json["run"] = {{"seed", plan.seed},
                 {"partitions", plan.partitions},
                 {"customers", plan.customers},
                 {"per_second", plan.per_second},
                 {"queries_per_second", plan.queries_per_second},
                 {"session_timeout_ms", session_timeout_ms}};
  double cpu_seconds = 0;
  for (const Phase& phase : phases) cpu_seconds += phase.cpu_seconds;
  std::int64_t read = 0;
  for (const OutputFigures& one : outputs) read += one.outputs;
  PhaseQueries all;
  for (const PhaseQueries& one : queries) {
    add(one.of_one, &all.of_one);
    add(one.of_all, &all.of_all);
  }
  json["published"] = published;
  json["outputs"] = read;
  json["lost"] = verdict.lost;
  json["doubled"] = verdict.doubled;
  json["wrong"] = verdict.wrong;
  json["first_finding"] = verdict.first;
  json["cpu_us_per_event"] = per_event_us(cpu_seconds, read);
  json["queries"] = shown(all);
  return json.dump();
}

}  // namespace encours::perf
