#include "common/service/rpc/runtime_service.h"

#include <algorithm>

#include "common/service/dump.h"
#include "common/service/verify.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/view.h"

namespace encours {
namespace {

namespace api = encours::stream::v1alpha1;
using rpc::Call;
using stream::View;

// Services that an installation may have; a group without members has no endpoint.
constexpr const char* kServices[] = {"ingestion", "risk-enrichment", "scoring",
                                     "dunning",   "alerting",        "portfolio"};

bool wanted(const google::protobuf::RepeatedField<std::int32_t>& partitions, std::int32_t one) {
  return partitions.empty() ||
         std::find(partitions.begin(), partitions.end(), one) != partitions.end();
}

// "portfolio/1@127.0.0.1:17030" -> service, instance, address.
api::Endpoint endpoint_of(const std::string& service, const kafka::GroupMember& member,
                          const stream::PlacementBook& placement) {
  api::Endpoint endpoint;
  endpoint.set_service(service);
  const auto at = member.client_id.find('@');
  endpoint.set_address(at == std::string::npos ? "" : member.client_id.substr(at + 1));
  endpoint.set_instance(member.instance_id);
  auto* stage = endpoint.add_stages();
  for (const std::int32_t p : placement.owned_by(member.instance_id)) stage->add_partitions(p);
  return endpoint;
}

// As its log says now; that of a service whose name and partitions are given.
Result<stream::PlacementBook> read_placement(stream::LogReplay& replay, const std::string& service,
                                             std::int32_t partitions) {
  stream::Topology topology;
  topology.service = service;
  const stream::TopicPartition at{topology.placement_topic(), 0};
  stream::PlacementBook placement(at.topic, partitions);
  ENCOURS_ASSIGN(const auto range, replay.range(at));
  ENCOURS_ASSIGN(const auto until, replay.stable_end(at));
  ENCOURS_TRY(replay.replay(
      at, range.low, until, [&](const auto& record) { return placement.take(record); },
      [] { return Status(); }));
  return placement;
}

// Table ids below are the runtime's (common/state/rows.h).
constexpr int kFirstServiceTable = 0x20;

// The tenant that a row is about: the first part of most keys, of a timer's key the first part of
// its scope. Of the runtime's other tables each row is of the installation.
bool of_tenant(const TableInfo& table, std::string_view key, const std::string& tenant) {
  if (tenant.empty()) return true;
  KeyReader reader(key.substr(1));
  if (table.id == stream::kTimerTable.id) {
    const bool whole = reader.text() && reader.text() && reader.number();
    const auto scope = reader.text();
    return !whole || !scope || KeyReader(*scope).text() == tenant;
  }
  const bool begins_with_text = !table.key_shape.empty() && table.key_shape[0] == 's';
  if (table.id < kFirstServiceTable || !begins_with_text) return true;
  return reader.text() == tenant;
}

// A record's key is "tenant/entity"; that of a tick is its clock.
bool of_tenant(const std::string& record_key, const std::string& tenant) {
  return tenant.empty() || record_key.starts_with(tenant + "/") ||
         record_key == stream::kTenantClockPrefix + tenant;
}

api::TaskState state_of(stream::TaskState state) {
  switch (state) {
    case stream::TaskState::kRestoring: return api::TASK_STATE_RESTORING;
    case stream::TaskState::kRunning: return api::TASK_STATE_RUNNING;
    case stream::TaskState::kRecycling: return api::TASK_STATE_RECYCLING;
  }
  return api::TASK_STATE_UNSPECIFIED;
}

void add_input(const stream::InputStanding& standing, api::TaskStatus* task) {
  auto* input = task->add_inputs();
  input->set_topic(standing.at.topic);
  input->set_partition(standing.at.partition);
  input->set_next_offset(standing.next);
  input->set_end_offset(standing.end.value_or(-1));
}

// Of a check that only other services have, the summary says that it did not run.
Status check_verify(const api::VerifyRequest& request) {
  const auto known = verify_checks(true);
  for (const auto& check : request.checks()) {
    if (std::find(known.begin(), known.end(), check) != known.end()) continue;
    std::string names;
    for (const auto& name : known) names += (names.empty() ? "" : ", ") + name;
    return refused("unknown_check", "checks", "There is no check '" + check + "'. There are: " +
                                                  names + ".");
  }
  if (request.tenant().empty()) return {};
  return refused("unsupported_filter", "tenant",
                 "verify checks whole partitions, with all tenants in them.");
}

}  // namespace

RuntimeHandlers::RuntimeHandlers(ServiceParts& parts, LedgerCheck ledger_check)
    : parts_(parts), ledger_check_(std::move(ledger_check)), started_at_(parts.clock.now()) {}

grpc::Status RuntimeHandlers::ListEndpoints(grpc::ServerContext* context,
                                            const api::ListEndpointsRequest* request,
                                            api::ListEndpointsResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](Call&) -> Result<api::ListEndpointsResponse> {
    ENCOURS_ASSIGN(const auto admin, kafka::KafkaAdmin::make(parts_.kafka));
    ENCOURS_ASSIGN(const auto replay, parts_.log.make_replay());
    api::ListEndpointsResponse out;
    for (const char* service : kServices) {
      if (!request->service().empty() && request->service() != service) continue;
      ENCOURS_ASSIGN(const auto members, admin->members(service));
      if (members.empty()) continue;
      ENCOURS_ASSIGN(const auto placement,
                     read_placement(*replay, service, parts_.topology.partitions));
      for (const auto& member : members) {
        *out.add_endpoints() = endpoint_of(service, member, placement);
      }
    }
    return out;
  });
}

grpc::Status RuntimeHandlers::GetStatus(grpc::ServerContext* context,
                                        const api::GetStatusRequest* request,
                                        api::GetStatusResponse* response) {
  return parts_.guard.unary(*context, *request, response, [&](Call&) { return status(); });
}

Result<api::GetStatusResponse> RuntimeHandlers::status() {
  api::GetStatusResponse out;
  out.set_service(parts_.topology.service);
  out.set_instance(parts_.config.instance);
  out.set_build_version(ENCOURS_VERSION);
  out.set_decision_version(parts_.topology.decision_version);
  stream::set_timestamp(started_at_, out.mutable_started_at());
  out.set_ready(parts_.board.ready());
  out.set_settings_version(parts_.settings.current()->last_sequence());
  out.set_effects_off(parts_.config.effects != "live");
  for (const auto& [partition, standing] : parts_.board.standings()) {
    auto* task = out.add_tasks();
    task->set_partition(partition);
    const bool running = standing.state == stream::TaskState::kRunning;
    task->set_state(state_of(standing.state));
    task->set_reason(standing.reason);
    task->set_restore_done_records(static_cast<std::int64_t>(standing.restored));
    task->set_restore_total_records(static_cast<std::int64_t>(standing.to_restore));
    for (const auto& input : standing.inputs) add_input(input, task);
    if (running) add_clocks(partition, task);
  }
  return out;
}

// The clocks of the last stage: what it has handled, all stages before it have.
void RuntimeHandlers::add_clocks(std::int32_t partition, api::TaskStatus* task) {
  const auto snapshot = parts_.board.snapshot(partition);
  if (!snapshot) return;
  const std::string stage = parts_.topology.stages.back()->name();
  task->set_stage(stage);
  const std::string prefix = KeyWriter().byte(stream::kClockTable.id).text(stage).take();
  snapshot->scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    const auto row = View::parse<stream::rt::ClockRow>(value);
    auto* clock = task->add_clocks();
    clock->set_clock(KeyReader(key.substr(prefix.size())).text().value_or(""));
    if (row.has_handled()) *clock->mutable_instant() = row.handled();
    return true;
  });
}

grpc::Status RuntimeHandlers::DumpTable(grpc::ServerContext* context,
                                        const api::DumpTableRequest* request,
                                        grpc::ServerWriter<api::DumpTableResponse>* writer) {
  return parts_.guard.server_stream(*context, *request, [&](Call& call) -> Status {
    for (const std::int32_t partition : parts_.board.running()) {
      if (!wanted(request->partitions(), partition)) continue;
      const auto snapshot = parts_.board.snapshot(partition);
      if (!snapshot) continue;
      for (const auto& table : parts_.topology.tables()) {
        const bool asked = request->table().empty() ? table.left_out_because.empty()
                                                    : request->table() == table.name;
        if (!asked) continue;
        Status outcome;
        const std::string prefix(1, static_cast<char>(table.id));
        snapshot->scan(prefix, after_prefix(prefix),
                       [&](std::string_view key, std::string_view value) {
          if (!of_tenant(table, key, request->tenant())) return true;
          auto line = row_line(table, key, value);
          if (!line) {
            outcome = line.failure();
            return false;
          }
          api::DumpTableResponse out;
          out.set_table(std::string(table.name));
          out.set_partition(partition);
          out.set_key(std::string(key));
          out.set_text(*line);
          return writer->Write(out);
        });
        ENCOURS_TRY(outcome);
        ENCOURS_TRY(snapshot->status());
        if (const auto stop = call.stop()) return *stop;
      }
    }
    return {};
  });
}

grpc::Status RuntimeHandlers::DumpTopic(grpc::ServerContext* context,
                                        const api::DumpTopicRequest* request,
                                        grpc::ServerWriter<api::DumpTopicResponse>* writer) {
  return parts_.guard.server_stream(*context, *request, [&](Call& call) -> Status {
    const auto& topics = dumped_topics();
    const auto topic = std::find_if(topics.begin(), topics.end(), [&](const DumpedTopic& one) {
      return one.topic == request->topic();
    });
    if (topic == topics.end()) {
      return refused("unknown_topic", "topic", "The dump does not contain this topic.");
    }
    ENCOURS_ASSIGN(const auto replay, parts_.log.make_replay());
    for (std::int32_t p = 0; p < parts_.topology.partitions; ++p) {
      if (!wanted(request->partitions(), p)) continue;
      const stream::TopicPartition at{request->topic(), p};
      ENCOURS_ASSIGN(const auto range, replay->range(at));
      ENCOURS_TRY(replay->replay(
          at, range.low, range.high,
          [&](const stream::LogRecord& record) -> Status {
            if (!of_tenant(record.key, request->tenant())) return {};
            ENCOURS_ASSIGN(const std::string line, record_line(*topic, record));
            if (line.empty()) return {};
            api::DumpTopicResponse out;
            out.set_topic(record.topic);
            out.set_partition(p);
            out.set_key(record.key);
            out.set_text(line);
            if (!writer->Write(out)) return error(Reaction::kRetry, "caller_gone", "");
            return {};
          },
          [&]() -> Status {
            if (const auto stop = call.stop()) return *stop;
            return {};
          }));
    }
    return {};
  });
}

grpc::Status RuntimeHandlers::Verify(grpc::ServerContext* context,
                                     const api::VerifyRequest* request,
                                     grpc::ServerWriter<api::VerifyResponse>* writer) {
  return parts_.guard.server_stream(*context, *request, [&](Call& call) -> Status {
    ENCOURS_TRY(check_verify(*request));
    api::VerifySummary summary;
    const auto report = [&](const VerifyFinding& finding) {
      api::VerifyResponse out;
      out.mutable_finding()->set_check(finding.check);
      out.mutable_finding()->set_partition(finding.partition);
      out.mutable_finding()->set_message(finding.message);
      summary.set_findings(summary.findings() + 1);
      writer->Write(out);
    };
    for (const auto& check : verify_checks(ledger_check_ != nullptr)) {
      const auto& asked = request->checks();
      if (!asked.empty() && std::find(asked.begin(), asked.end(), check) == asked.end()) continue;
      if (const auto stop = call.stop()) return *stop;
      ENCOURS_ASSIGN(const std::int64_t items, run_check(parts_, ledger_check_, check, report));
      summary.add_checks(check);
      summary.set_items_checked(summary.items_checked() + items);
    }
    summary.set_partition_count(static_cast<std::int32_t>(parts_.board.running().size()));
    api::VerifyResponse last;
    *last.mutable_summary() = summary;
    writer->Write(last);
    return {};
  });
}

}  // namespace encours
