#include "services/encoursctl/commands/late_refusals.h"

#include "services/encoursctl/commands/paging.h"
#include "services/encoursctl/commands/wait.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;

constexpr int kPageSize = 1000;

ImportRefusal refusal_of(const ingestion::DeadLetterView& letter) {
  ImportRefusal refusal;
  refusal.set_file_name(letter.position().file_name());
  refusal.set_line(letter.position().line());
  refusal.set_field(letter.refusal().field());
  refusal.set_code(letter.refusal().code());
  refusal.set_message(letter.refusal().message());
  return refusal;
}

Error incomplete(const std::string& tenant) {
  return error(Reaction::kRetry,
               "dead_letters_incomplete",
               "The file is in, but not all records that were refused later are known. "
               "'encoursctl dead-letters list --tenant " +
                   tenant + "' has them once all partitions answer.");
}

}  // namespace

Result<std::vector<ImportRefusal>> late_refusals(Context& context,
                                                 const std::string& tenant,
                                                 const ImportSummary& summary) {
  std::vector<ImportRefusal> refusals;
  if (summary.position().clock().empty()) return refusals;
  const Status seen = wait_for_letters(context, tenant, summary.position());
  if (!seen) return seen.failure().code == "stalled" ? incomplete(tenant) : seen.failure();
  ingestion::ListDeadLettersRequest request;
  request.set_tenant(tenant);
  request.set_filter("position.import_id = \"" + summary.import_id() + "\"");
  request.set_order_by("position.line");
  *request.mutable_min_position() = summary.position();
  ENCOURS_ASSIGN(const int code,
                 walk_pages<ingestion::ListDeadLettersResponse>(
                     context,
                     PageFlags{},
                     kPageSize,
                     request,
                     [&](const ingestion::ListDeadLettersResponse& page) -> Status {
                       for (const auto& letter : page.dead_letters()) {
                         refusals.push_back(refusal_of(letter));
                       }
                       return {};
                     }));
  if (code == kExitDone) return refusals;
  return incomplete(tenant);
}

}  // namespace encours::ctl
