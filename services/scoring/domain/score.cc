#include "services/scoring/domain/score.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "services/scoring/domain/days.h"
#include "services/scoring/domain/index.h"

namespace encours::scoring {
namespace {

namespace api = encours::scoring::v1alpha1;

constexpr const char* kPaymentIndex = "payment_index";
constexpr const char* kSolvencyScore = "solvency_score";
constexpr const char* kExternalIndex = "external_payment_index";
constexpr std::int64_t kWhole = 1'000'000;

// Shares of `total` in proportion to `parts`, whose sum over `denominator` rounds to it.
std::vector<std::int64_t> largest_remainder(const std::vector<Int128>& parts,
                                            Int128 denominator,
                                            std::int64_t total) {
  std::vector<std::int64_t> shares;
  std::vector<std::size_t> order(parts.size());
  std::iota(order.begin(), order.end(), 0);
  for (const Int128 part : parts) shares.push_back(static_cast<std::int64_t>(part / denominator));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return parts[left] % denominator > parts[right] % denominator;
  });
  std::int64_t left = total - std::accumulate(shares.begin(), shares.end(), std::int64_t{0});
  for (std::size_t i = 0; i < order.size() && left > 0; ++i, --left) ++shares[order[i]];
  ENCOURS_CHECK(left == 0, "rounding moves a sum by less than one for each part");
  return shares;
}

api::Factor factor_of(const char* name, const api::OutsideFigure& figure) {
  api::Factor factor;
  factor.set_name(name);
  factor.set_value_hundredths(figure.value() * 100);
  factor.set_provider(figure.provider());
  if (const auto day = Date::parse(figure.as_of())) set_date(*day, factor.mutable_as_of());
  return factor;
}

// Weights by name; only names that this build knows.
std::map<std::string, std::int64_t> weights_of(const api::Scorecard* scorecard) {
  if (scorecard == nullptr) return {{kPaymentIndex, 1}};
  std::map<std::string, std::int64_t> weights;
  for (const auto& one : scorecard->weights()) {
    if (one.weight() > 0) weights[one.factor()] += one.weight();
  }
  return weights;
}

std::vector<api::Factor> known_factors(const ScoreInputs& inputs,
                                       std::optional<std::int64_t> payment_index) {
  std::vector<api::Factor> known;
  // In the order of their names.
  if (inputs.history.has_external_payment_index()) {
    known.push_back(factor_of(kExternalIndex, inputs.history.external_payment_index()));
  }
  if (payment_index) {
    api::Factor& factor = known.emplace_back();
    factor.set_name(kPaymentIndex);
    factor.set_value_hundredths(*payment_index);
  }
  if (inputs.history.has_solvency_score()) {
    known.push_back(factor_of(kSolvencyScore, inputs.history.solvency_score()));
  }
  return known;
}

// Weighs the factors; the sum of their contributions, or nothing where none has a weight.
std::optional<std::int64_t> weigh(const api::Scorecard* scorecard,
                                  std::vector<api::Factor>* factors) {
  auto weights = weights_of(scorecard);
  std::erase_if(*factors, [&](const api::Factor& one) { return weights[one.name()] == 0; });
  if (factors->empty()) return std::nullopt;
  std::vector<Int128> parts;
  std::vector<Int128> millionths;
  Int128 sum = 0;
  Int128 whole = 0;
  for (const auto& factor : *factors) {
    const Int128 weight = weights[factor.name()];
    parts.push_back(weight * factor.value_hundredths());
    millionths.push_back(weight * kWhole);
    sum += parts.back();
    whole += weight;
  }
  const std::int64_t score = rounded_quotient(sum, whole);
  const auto contributions = largest_remainder(parts, whole, score);
  const auto shares = largest_remainder(millionths, whole, kWhole);
  for (std::size_t i = 0; i < factors->size(); ++i) {
    (*factors)[i].set_contribution_hundredths(contributions[i]);
    (*factors)[i].set_weight_millionths(shares[i]);
  }
  return score;
}

}  // namespace

std::optional<api::Score> make_score(const ScoreInputs& inputs) {
  const auto& paid = inputs.history.history();
  const std::int32_t count = inputs.scorecard == nullptr ? 0 : inputs.scorecard->shrinkage_count();
  std::optional<std::int64_t> own;
  if (paid.has_own_index_hundredths()) own = paid.own_index_hundredths();
  const auto payment_index = shrunk_index(paid.paid_invoice_count(),
                                          own,
                                          inputs.segment_index,
                                          count > 0 ? count : kUsualShrinkageCount);
  auto factors = known_factors(inputs, payment_index);
  const auto score = weigh(inputs.scorecard, &factors);
  if (!score) return std::nullopt;
  api::Score result;
  result.set_score_hundredths(*score);
  result.set_payment_index_hundredths(payment_index.value_or(0));
  if (own) result.set_own_index_hundredths(*own);
  if (inputs.segment_index) result.set_segment_index_hundredths(*inputs.segment_index);
  result.set_paid_invoice_count(paid.paid_invoice_count());
  if (paid.has_median_days_hundredths()) {
    result.set_days_beyond_terms_hundredths(paid.median_days_hundredths());
  }
  std::stable_sort(factors.begin(), factors.end(), [](const auto& left, const auto& right) {
    return left.contribution_hundredths() > right.contribution_hundredths();
  });
  for (auto& factor : factors) *result.add_factors() = std::move(factor);
  return result;
}

bool same_figures(const api::Score& left, const api::Score& right) {
  const auto figures = [](api::Score score) {
    score.clear_name();
    score.clear_tenant();
    score.clear_account();
    score.clear_as_of();
    score.clear_settings_version();
    score.clear_computed_at();
    return score.SerializeAsString();
  };
  return figures(left) == figures(right);
}

}  // namespace encours::scoring
