#include "services/encoursctl/commands/publish.h"

#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/encoursctl/commands/paging.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;

constexpr int kPageSize = 100;

}  // namespace

Result<int> publish_text(Context& context, const TextToPublish& what) {
  ENCOURS_ASSIGN(Installation * installation, context.installation());
  ingestion::PublishSettingRequest request;
  ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
  request.set_request_id(context.new_request_id());
  request.set_kind(what.kind);
  request.set_name(what.name);
  request.mutable_text()->set_media_type("application/yaml");
  request.mutable_text()->set_text(what.text);
  request.set_validate_only(what.check_only);
  ENCOURS_ASSIGN(const auto answer,
                 installation->ask<ingestion::PublishSettingResponse>(request));
  auto printer = context.printer({{"kind"}, {"name"}, {"version"}});
  ENCOURS_TRY(printer.row(
      {Cell::of(what.kind), Cell::of(what.name), Cell::number(answer.sequence())}));
  ENCOURS_TRY(printer.end());
  if (what.check_only) context.note("it is good; nothing was changed");
  return kExitDone;
}

Result<int> list_versions(Context& context, const std::string& kind) {
  ENCOURS_ASSIGN(Installation * installation, context.installation());
  ingestion::ListSettingsRequest request;
  ENCOURS_ASSIGN(*request.mutable_tenant(), context.tenant());
  request.set_kind(kind);
  request.set_history(true);
  request.set_page_size(kPageSize);
  auto printer = context.printer({{"name"}, {"version"}, {"current"}, {"published"}, {"by"}});
  do {
    ENCOURS_ASSIGN(const auto page, installation->ask<ingestion::ListSettingsResponse>(request));
    for (const auto& one : page.settings()) {
      ENCOURS_TRY(printer.row({Cell::of(one.name()),
                               Cell::number(one.sequence()),
                               Cell::of(one.current() ? "yes" : ""),
                               Cell::instant(one.recorded_at()),
                               Cell::of(one.actor())}));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  ENCOURS_TRY(printer.end());
  return kExitDone;
}

}  // namespace encours::ctl
