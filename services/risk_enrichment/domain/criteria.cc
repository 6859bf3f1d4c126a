#include "services/risk_enrichment/domain/criteria.h"

#include <algorithm>
#include <array>
#include <span>

#include "common/base/check.h"

namespace encours::risk {
namespace {

__extension__ typedef __int128 Int128;

enum class Way { kNone, kHigherIsBetter, kLowerIsBetter, kRanked };

struct Rule {
  api::Criterion criterion;
  ValueKind kind;
  Way way = Way::kNone;
  // Where classes begin, of a number; the codes from best to worst, of a ranked one.
  std::span<const std::int64_t> bounds = {};
  std::span<const std::string_view> ranks = {};
  // A step down in rank is two classes.
  bool grave = false;
  // The first value is compared with the best.
  bool usually_best = false;
};

constexpr std::array<std::int64_t, 4> kSolvencyBounds{20, 40, 60, 80};
constexpr std::array<std::int64_t, 2> kPaymentBounds{50, 80};
constexpr std::array<std::string_view, 2> kRegisterRanks{kRegisterActive, kRegisterCeased};
constexpr std::array<std::string_view, 4> kInsolvencyRanks{
    kNoInsolvency, "safeguard", "reorganisation", "liquidation"};

constexpr Rule kRules[] = {
    {.criterion = api::CRITERION_REGISTER_STATE,
     .kind = ValueKind::kCode,
     .way = Way::kRanked,
     .ranks = kRegisterRanks,
     .usually_best = true},
    {.criterion = api::CRITERION_ACTIVITY, .kind = ValueKind::kCode},
    {.criterion = api::CRITERION_WORKFORCE_BAND, .kind = ValueKind::kCode},
    {.criterion = api::CRITERION_CREATED_ON, .kind = ValueKind::kDate},
    {.criterion = api::CRITERION_LEGAL_FORM, .kind = ValueKind::kCode},
    {.criterion = api::CRITERION_SOLVENCY_SCORE,
     .kind = ValueKind::kNumber,
     .way = Way::kHigherIsBetter,
     .bounds = kSolvencyBounds},
    {.criterion = api::CRITERION_PAYMENT_INDEX,
     .kind = ValueKind::kNumber,
     .way = Way::kHigherIsBetter,
     .bounds = kPaymentBounds},
    {.criterion = api::CRITERION_RECOMMENDED_CREDIT,
     .kind = ValueKind::kMoney,
     .way = Way::kHigherIsBetter},
    {.criterion = api::CRITERION_LIENS,
     .kind = ValueKind::kMoney,
     .way = Way::kLowerIsBetter,
     .usually_best = true},
    {.criterion = api::CRITERION_INSOLVENCY,
     .kind = ValueKind::kCode,
     .way = Way::kRanked,
     .ranks = kInsolvencyRanks,
     .grave = true,
     .usually_best = true},
    {.criterion = api::CRITERION_TURNOVER, .kind = ValueKind::kMoney, .way = Way::kHigherIsBetter},
};

const Rule& rule_of(api::Criterion criterion) {
  const auto* const found =
      std::find_if(std::begin(kRules), std::end(kRules), [criterion](const Rule& one) {
        return one.criterion == criterion;
      });
  ENCOURS_CHECK(found != std::end(kRules), "every criterion has its rule");
  return *found;
}

api::Severity of_classes(std::int64_t classes_worse) {
  if (classes_worse >= 2) return api::SEVERITY_CRITICAL;
  return classes_worse == 1 ? api::SEVERITY_WARNING : api::SEVERITY_INFO;
}

std::int64_t class_of(const Rule& rule, std::int64_t number) {
  return std::count_if(rule.bounds.begin(), rule.bounds.end(), [number](std::int64_t bound) {
    return bound <= number;
  });
}

// A code that has no rank is unknown to this build: it is no worse than any.
std::int64_t rank_of(const Rule& rule, std::string_view code) {
  const auto found = std::find(rule.ranks.begin(), rule.ranks.end(), code);
  return found == rule.ranks.end() ? 0 : found - rule.ranks.begin();
}

std::int64_t money_classes_worse(Way way, std::int64_t before, std::int64_t after) {
  const Int128 larger = way == Way::kHigherIsBetter ? before : after;
  const Int128 smaller = way == Way::kHigherIsBetter ? after : before;
  if (smaller >= larger) return 0;
  // Out of nothing any debt is worse; how much so is seen only beside what it was.
  if (way == Way::kLowerIsBetter && before <= 0) return 1;
  if (smaller * 2 < larger || smaller <= 0) return 2;
  return smaller * 5 < larger * 4 ? 1 : 0;
}

api::Severity first_value(const Rule& rule, const api::CriterionValue& after) {
  if (!rule.usually_best) return api::SEVERITY_INFO;
  if (rule.kind == ValueKind::kMoney) {
    return of_classes(money_classes_worse(rule.way, 0, after.money().minor()));
  }
  return of_classes(rank_of(rule, after.code()) * (rule.grave ? 2 : 1));
}

}  // namespace

ValueKind kind_of(api::Criterion criterion) { return rule_of(criterion).kind; }

bool is_insolvency_code(std::string_view code) {
  return std::find(kInsolvencyRanks.begin(), kInsolvencyRanks.end(), code) !=
         kInsolvencyRanks.end();
}

api::Severity severity_of(api::Criterion criterion,
                          const api::CriterionValue* before,
                          const api::CriterionValue* after) {
  ENCOURS_CHECK(before != nullptr || after != nullptr, "a change has a value on one side");
  const Rule& rule = rule_of(criterion);
  if (before == nullptr) return first_value(rule, *after);
  if (rule.way == Way::kNone) return api::SEVERITY_INFO;
  if (after == nullptr) return api::SEVERITY_WARNING;
  switch (rule.kind) {
    case ValueKind::kNumber:
      return of_classes(class_of(rule, before->number()) - class_of(rule, after->number()));
    case ValueKind::kCode:
      return of_classes((rank_of(rule, after->code()) - rank_of(rule, before->code())) *
                        (rule.grave ? 2 : 1));
    case ValueKind::kMoney:
      if (before->money().currency_code() != after->money().currency_code()) {
        return api::SEVERITY_WARNING;
      }
      return of_classes(
          money_classes_worse(rule.way, before->money().minor(), after->money().minor()));
    case ValueKind::kDate:
      return api::SEVERITY_INFO;
  }
  return api::SEVERITY_INFO;
}

bool same_value(const api::CriterionValue& left, const api::CriterionValue& right) {
  return left.SerializeAsString() == right.SerializeAsString();
}

}  // namespace encours::risk
