#include "services/risk_enrichment/providers/sirene/sirene.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "services/risk_enrichment/domain/criteria.h"
#include "services/risk_enrichment/providers/reading.h"

namespace encours::risk {
namespace {

constexpr const char* kUnit = "uniteLegale";
constexpr std::int64_t kNotDiffusible = 301;
constexpr std::int64_t kNotFound = 404;

// INSEE's size classes; "NN" says that it has no employees or that nothing is known.
constexpr std::string_view kNoBand = "NN";
constexpr std::array<std::string_view, 15> kBands{
    "00", "01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53"};

std::optional<std::string> workforce_band(JsonAnswer& json) {
  const std::string path = std::string(kUnit) + ".trancheEffectifsUniteLegale";
  const auto band = json.text(path);
  if (!band || *band == kNoBand) return std::nullopt;
  if (std::find(kBands.begin(), kBands.end(), *band) == kBands.end()) json.refuse(path);
  return band;
}

void read_current_period(JsonAnswer& period, ReadAnswer* read) {
  const auto from = period.date("dateDebut");
  const auto state = period.text("etatAdministratifUniteLegale");
  if (state && *state != kRegisterActive && *state != kRegisterCeased) {
    period.refuse("etatAdministratifUniteLegale");
  }
  add_code(read, api::CRITERION_REGISTER_STATE, state, from);
  auto activity = period.text("activitePrincipaleUniteLegale");
  const auto nomenclature = period.text("nomenclatureActivitePrincipaleUniteLegale");
  // A code means nothing without its nomenclature: two are in use side by side.
  if (activity && nomenclature) {
    add_code(read, api::CRITERION_ACTIVITY, *activity + "/" + *nomenclature, from);
  }
  const auto form = period.text("categorieJuridiqueUniteLegale");
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (form && (form->size() != 4 || !std::all_of(form->begin(), form->end(), is_digit))) {
    period.refuse("categorieJuridiqueUniteLegale");
  }
  add_code(read, api::CRITERION_LEGAL_FORM, form, from);
}

ReadAnswer read_unit(const FetchTarget& target, JsonAnswer& json) {
  const std::string unit = kUnit;
  if (!json.has_object(unit)) return malformed(json.good() ? unit : json.blame());
  // Another company's answer is worse than none.
  if (json.text(unit + ".siren") != target.siren) json.refuse(unit + ".siren");
  ReadAnswer read;
  add_code(&read, api::CRITERION_WORKFORCE_BAND, workforce_band(json));
  if (const auto created = json.date(unit + ".dateCreationUniteLegale")) {
    *add_criterion(&read, api::CRITERION_CREATED_ON, {})->mutable_value()->mutable_date() =
        to_proto(*created);
  }
  int current = 0;
  json.each(unit + ".periodesUniteLegale", [&](JsonAnswer& period) {
    if (period.date("dateFin")) return true;
    // The end may be null because it is not over, or absent because the form has changed.
    if (++current > 1) {
      period.refuse("dateFin");
      return false;
    }
    read_current_period(period, &read);
    return true;
  });
  return finished(json, std::move(read));
}

}  // namespace

egress::HttpRequest SireneProvider::build_request(const FetchTarget& target,
                                                  const ProviderAccess& access) const {
  egress::HttpRequest request;
  request.url = access.base_url + "/api-sirene/3.11/siren/" + egress::url_escaped(target.siren);
  request.headers = {{"Accept", "application/json"},
                     {"X-INSEE-Api-Key-Integration", access.secret, true}};
  return request;
}

ReadAnswer SireneProvider::read_answer(const FetchTarget& target,
                                       const egress::HttpAnswer& answer) const {
  const bool known = answer.status == 200 || answer.status == 301 || answer.status == 404;
  if (!known) return http_failure(answer.status);
  JsonAnswer json = JsonAnswer::parse(answer.body);
  const auto said = json.whole("header.statut", 100, 599);
  if (!json.good()) {
    return answer.status == 200 ? malformed(json.blame()) : http_failure(answer.status);
  }
  if (said == kNotDiffusible) return not_found("not_diffusible");
  if (answer.status == 404 && said == kNotFound) return not_found();
  if (answer.status != 200) return http_failure(answer.status);
  if (said != 200) return malformed("header.statut");
  return read_unit(target, json);
}

}  // namespace encours::risk
