#include "services/ingestion/domain/control_stage.h"

#include <algorithm>

#include "common/base/hash.h"
#include "common/base/tenant_name.h"
#include "common/stream/decode.h"
#include "common/stream/topology.h"
#include "common/time/civil.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/ingestion/domain/decode/validate.h"
#include "services/ingestion/domain/setting_kinds.h"
#include "services/ingestion/domain/tenant_clock.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {
namespace {

namespace api = encours::ingestion::v1alpha1;
namespace state = encours::state::v1alpha1;
using google::protobuf::Message;
using stream::Effects;
using stream::Record;
using stream::TenantSetting;
using stream::View;

constexpr const char* kSettingsTopic = "encours.settings";

// Hands out sequences and writes settings; one for each decision.
class Writer {
 public:
  Writer(const View& view, Effects* effects) : effects_(*effects) {
    if (const auto head = view.get(kSettingHeadTable)) head_ = *head;
  }

  std::int64_t publish(const std::string& tenant,
                       const std::string& kind,
                       const std::string& name,
                       const SettingContent& content,
                       bool removed = false) {
    head_.set_sequence(head_.sequence() + 1);
    effects_.put(kSettingHeadTable, head_);
    stream::Setting setting;
    setting.set_sequence(head_.sequence());
    setting.set_kind(kind);
    setting.set_name(name);
    setting.set_type(content.type);
    setting.set_body(content.body);
    setting.set_removed(removed);
    auto& fact = effects_.emit(kSettingsTopic, kSettingsKey, setting);
    fact.tenant = tenant;
    fact.to_all_partitions = true;
    return head_.sequence();
  }

  std::int64_t publish(const std::string& tenant,
                       const std::string& kind,
                       const std::string& name,
                       const Message& body) {
    return publish(
        tenant, kind, name, {body.GetDescriptor()->full_name(), Effects::serialise(body)});
  }

 private:
  Effects& effects_;
  state::SettingHeadRow head_;
};

KeyWriter tenant_key(const std::string& tenant) { return std::move(KeyWriter().text(tenant)); }

// A command of one tenant must not speak for another.
Status may_speak_for(const Record& record, const std::string& tenant) {
  if (record.tenant().empty() || record.tenant() == "*" || record.tenant() == tenant) return {};
  return refused("tenant_mismatch",
                 "tenant",
                 "The request names another tenant than the one that may be changed here.");
}

Error not_open() {
  return refused("tenant_not_open", "tenant", "This tenant is not open. Open it first.");
}

// The setting that a tenant is opened with, or what is wrong with it.
Result<TenantSetting> checked(TenantSetting asked) {
  if (asked.clock_mode() != TenantSetting::CLOCK_MODE_WALL &&
      asked.clock_mode() != TenantSetting::CLOCK_MODE_EVENTS) {
    return refused("missing_field", "setting.clock_mode", "Say the clock mode: wall or events.");
  }
  if (asked.time_zone().empty()) asked.set_time_zone(kDefaultTimeZone);
  if (!Zone::load(asked.time_zone()).ok()) {
    return refused("unknown_time_zone",
                   "setting.time_zone",
                   "Give a zone by its IANA name, such as Europe/Paris.");
  }
  if (asked.has_live_from()) {
    return refused("wrong_content",
                   "setting.live_from",
                   "A new tenant sends nothing. Go live by GoLive, which shows what would leave.");
  }
  if (asked.display_name().size() > 256) {
    return refused("text_too_long", "setting.display_name", "Give at most 256 bytes.");
  }
  return asked;
}

// What stays of an open tenant, and what may be said anew. A gap in `asked` means "as it is".
Result<TenantSetting> changed(const TenantSetting& old, const TenantSetting& asked) {
  if (asked.clock_mode() != TenantSetting::CLOCK_MODE_UNSPECIFIED &&
      asked.clock_mode() != old.clock_mode()) {
    return refused("clock_mode_fixed",
                   "setting.clock_mode",
                   "A tenant keeps its clock mode for ever. Open another one for the other mode.");
  }
  if (!asked.time_zone().empty() && asked.time_zone() != old.time_zone()) {
    return refused("time_zone_fixed",
                   "setting.time_zone",
                   "A tenant keeps its time zone: its days and timers are set by it.");
  }
  TenantSetting result = old;
  if (!asked.display_name().empty()) result.set_display_name(asked.display_name());
  return result;
}

Status open_tenant(const View& view, const Record& record, Effects* effects) {
  api::OpenTenantRequest request;
  if (!request.ParseFromString(record.command.body())) {
    return refused("unreadable_command", "", "The request can't be read.");
  }
  if (!is_tenant_name(request.tenant())) {
    return refused("invalid_tenant", "tenant", kTenantNameRule);
  }
  ENCOURS_TRY(may_speak_for(record, request.tenant()));
  auto row = view.get(kTenantTable, tenant_key(request.tenant()));
  const bool is_new = !row.has_value();
  if (is_new) row.emplace();
  ENCOURS_ASSIGN(const TenantSetting setting,
                 is_new ? checked(request.setting()) : changed(row->setting(), request.setting()));
  if (is_new || Effects::serialise(setting) != Effects::serialise(row->setting())) {
    *row->mutable_setting() = setting;
    row->set_sequence(
        Writer(view, effects).publish(request.tenant(), kTenantKind, kTenantKind, setting));
    effects->put(kTenantTable, *row, tenant_key(request.tenant()));
  }
  api::OpenTenantResponse response;
  response.mutable_tenant()->set_tenant(request.tenant());
  *response.mutable_tenant()->mutable_setting() = setting;
  effects->answer(response);
  return {};
}

Status publish_setting(const View& view, const Record& record, Effects* effects) {
  api::PublishSettingRequest request;
  if (!request.ParseFromString(record.command.body())) {
    return refused("unreadable_command", "", "The request can't be read.");
  }
  ENCOURS_TRY(may_speak_for(record, request.tenant()));
  if (!request.tenant().empty() && !view.get(kTenantTable, tenant_key(request.tenant()))) {
    return not_open();
  }
  if (!is_setting_name(request.name())) {
    return refused(
        "invalid_name", "name", "A name has letters, digits and . _ - / : @ only, at most 128.");
  }
  const bool removed = request.has_removal();
  const KeyWriter key =
      std::move(KeyWriter().text(request.tenant()).text(request.kind()).text(request.name()));
  const auto old = view.get(kSettingTable, key);
  SettingContent content;
  if (!removed) {
    ENCOURS_ASSIGN(content, check_setting(request));
  } else if (!old || old->removed()) {
    return refused("unknown_setting", "name", "There is no such setting to end.");
  }
  const Sha256 digest = sha256(content.type + '\0' + content.body);
  const std::string digest_bytes(digest.begin(), digest.end());
  api::PublishSettingResponse response;
  const bool same = old && old->removed() == removed && old->content_digest() == digest_bytes;
  if (same && !request.validate_only()) {
    response.set_sequence(old->sequence());
  } else if (!request.validate_only()) {
    state::SettingRow row;
    row.set_content_digest(digest_bytes);
    row.set_removed(removed);
    row.set_sequence(
        Writer(view, effects)
            .publish(request.tenant(), request.kind(), request.name(), content, removed));
    effects->put(kSettingTable, row, key);
    response.set_sequence(row.sequence());
  }
  effects->answer(response);
  return {};
}

Status check_backlog(const api::GoLiveRequest& request) {
  const auto choice = request.backlog().choice();
  if (choice == api::GoLiveBacklog::CHOICE_UNSPECIFIED) {
    return refused("missing_field",
                   "backlog.choice",
                   "Say what becomes of what is late already: its first step, a chosen step, or "
                   "nothing.");
  }
  const bool by_step = choice == api::GoLiveBacklog::CHOICE_STEP;
  if (by_step != (request.backlog().step() > 0)) {
    return refused(
        "wrong_content", "backlog.step", "Give the step's number with that choice only.");
  }
  return {};
}

// The answer stays with the instant that it was given for.
void set_backlog(const api::GoLiveBacklog& answer, TenantSetting* setting) {
  switch (answer.choice()) {
    case api::GoLiveBacklog::CHOICE_FIRST_STEP:
      setting->set_backlog(TenantSetting::BACKLOG_FIRST_STEP);
      return;
    case api::GoLiveBacklog::CHOICE_STEP:
      setting->set_backlog(TenantSetting::BACKLOG_STEP);
      setting->set_backlog_step(answer.step());
      return;
    default:
      setting->set_backlog(TenantSetting::BACKLOG_NONE);
  }
}

Status go_live(const View& view, const Record& record, Effects* effects) {
  api::GoLiveRequest request;
  if (!request.ParseFromString(record.command.body())) {
    return refused("unreadable_command", "", "The request can't be read.");
  }
  ENCOURS_TRY(may_speak_for(record, request.tenant()));
  auto row = view.get(kTenantTable, tenant_key(request.tenant()));
  if (!row) return not_open();
  if (row->setting().clock_mode() == TenantSetting::CLOCK_MODE_EVENTS) {
    return refused("live_already",
                   "tenant",
                   "A tenant in events mode is live from its first fact, towards simulators only.");
  }
  if (row->setting().has_live_from()) {
    return refused("live_already", "tenant", "This tenant is live.");
  }
  // Nothing that was planned in the past may leave now.
  Instant from = record.at;
  if (request.has_live_from()) from = std::max(from, stream::to_instant(request.live_from()));
  api::GoLiveResponse response;
  stream::set_timestamp(from, response.mutable_live_from());
  if (!request.preview()) {
    ENCOURS_TRY(check_backlog(request));
    Writer writer(view, effects);
    *row->mutable_setting()->mutable_live_from() = response.live_from();
    set_backlog(request.backlog(), row->mutable_setting());
    row->set_sequence(writer.publish(request.tenant(), kTenantKind, kTenantKind, row->setting()));
    effects->put(kTenantTable, *row, tenant_key(request.tenant()));
  }
  effects->answer(response);
  return {};
}

void answer_with(const std::string& clock, Instant at, std::size_t ticks, Effects* effects) {
  api::AdvanceClockResponse response;
  if (at > Instant::min()) {
    response.mutable_position()->set_clock(clock);
    stream::set_timestamp(at, response.mutable_position()->mutable_instant());
  }
  response.set_tick_count(static_cast<std::int64_t>(ticks));
  effects->answer(response);
}

Status advance_clock(const View& view, const Record& record, Effects* effects) {
  api::AdvanceClockRequest request;
  if (!request.ParseFromString(record.command.body())) {
    return refused("unreadable_command", "", "The request can't be read.");
  }
  ENCOURS_TRY(may_speak_for(record, request.tenant()));
  const auto tenant = view.get(kTenantTable, tenant_key(request.tenant()));
  if (!tenant) return not_open();
  if (tenant->setting().clock_mode() != TenantSetting::CLOCK_MODE_EVENTS) {
    return refused("wall_clock",
                   "tenant",
                   "This tenant lives in wall time: nobody moves its clock. Only tenants in "
                   "events mode have one of their own.");
  }
  ENCOURS_ASSIGN(const Zone zone, Zone::load(tenant->setting().time_zone()));
  const auto row = view.get(kTenantClockTable, tenant_key(request.tenant()));
  const Instant known = row ? stream::to_instant(row->last_tick()) : Instant::min();
  ENCOURS_ASSIGN(auto instants, clock_move(request, zone, known));
  const std::string clock = stream::kTenantClockPrefix + request.tenant();
  if (instants.empty()) {
    answer_with(clock, known, 0, effects);
    return {};
  }
  const Instant last = instants.back();
  state::TenantClockRow moved;
  stream::set_timestamp(last, moved.mutable_last_tick());
  effects->put(kTenantClockTable, moved, tenant_key(request.tenant()));
  answer_with(clock, last, instants.size(), effects);
  const auto head = view.get(kSettingHeadTable);
  effects->clock_moves.push_back(
      {kInboxTopic, clock, std::move(instants), head ? head->sequence() : 0, kClockStage});
  return {};
}

struct Handler {
  const google::protobuf::Descriptor* request;
  Status (*decide)(const View& view, const Record& record, Effects* effects);
};

const std::vector<Handler>& handlers() {
  static const std::vector<Handler> all = {
      {api::OpenTenantRequest::descriptor(), open_tenant},
      {api::PublishSettingRequest::descriptor(), publish_setting},
      {api::GoLiveRequest::descriptor(), go_live},
      {api::AdvanceClockRequest::descriptor(), advance_clock}};
  return all;
}

}  // namespace

std::string ControlStage::name() const { return kControlStage; }

std::vector<stream::StageInput> ControlStage::inputs() const {
  return {{kCommandsTopic, stream::InputKind::kCommands, {}, false}};
}

std::vector<TableInfo> ControlStage::tables() const {
  return {kSettingHeadTable.info(),
          kTenantTable.info(),
          kSettingTable.info(),
          kTenantClockTable.info()};
}

bool ControlStage::takes_command(std::string_view type) const {
  return std::any_of(handlers().begin(), handlers().end(), [&](const Handler& handler) {
    return handler.request->full_name() == type;
  });
}

Result<Effects> ControlStage::decide(const View& view,
                                     const Record& record,
                                     const stream::Settings&) const {
  Effects effects(view);
  for (const Handler& handler : handlers()) {
    if (handler.request->full_name() != record.command.type()) continue;
    const Status done = handler.decide(view, record, &effects);
    if (done.ok()) return effects;
    Effects nothing(view);
    nothing.refuse(done.failure());
    return nothing;
  }
  // Left without a reply, it is answered by the runtime as a command that nobody knows.
  return effects;
}

}  // namespace encours::ingestion
