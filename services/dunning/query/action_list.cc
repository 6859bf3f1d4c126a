#include "services/dunning/query/action_list.h"

#include <utility>

#include "common/stream/view.h"
#include "services/dunning/domain/tables.h"

namespace encours::dunning {
namespace {

std::string owner_of(const RowReader& rows, const std::string& tenant,
                     const std::string& account) {
  const stream::View view(rows, scope_of(tenant, account));
  const auto row = view.get(kAccountTable);
  return row ? row->owner() : std::string();
}

}  // namespace

std::string ActionsMethod::tie(const View& action) { return KeyWriter().text(action.id()).take(); }

Status ActionsMethod::each(const RowReader& rows, const query::ListQuestion& question,
                           const std::function<void(View&&)>& visit) {
  const std::string prefix =
      KeyWriter().byte(kActionTable.id).text(question.tenant).take();
  std::string account;
  bool visible = !question.only_owner;
  rows.scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view value) {
    auto row = stream::View::parse<state::ActionRow>(value);
    // Actions of one account stand side by side, so its owner is looked up once.
    if (question.only_owner && account != row.action().account()) {
      account = row.action().account();
      visible = question.shows(owner_of(rows, question.tenant, account));
    }
    if (visible) visit(std::move(*row.mutable_action()));
    return true;
  });
  return {};
}

}  // namespace encours::dunning
