#include "services/scoring/query/score_list.h"

#include <utility>

#include "common/stream/view.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {

std::string ScoresMethod::tie(const View& score) {
  return KeyWriter().text(score.account()).take();
}

Status ScoresMethod::each(const RowReader& rows,
                          const query::ListQuestion& question,
                          const std::function<void(View&&)>& visit) {
  const std::string prefix = KeyWriter().byte(kScoreTable.id).text(question.tenant).take();
  rows.scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view value) {
    auto score = stream::View::parse<View>(value);
    if (question.only_owner) {
      const stream::View account(rows, scope_of(question.tenant, score.account()));
      const auto payer = account.get(kPayerTable);
      if (!payer || !question.shows(payer->owner())) return true;
    }
    visit(std::move(score));
    return true;
  });
  return {};
}

}  // namespace encours::scoring
