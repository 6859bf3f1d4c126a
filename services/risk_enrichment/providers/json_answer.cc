#include "services/risk_enrichment/providers/json_answer.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "common/money/currency.h"
#include "common/money/decimal.h"

namespace encours::risk {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostMinor = 1'000'000'000'000'000;
constexpr int kMostDepth = 64;

// Builds a value and refuses what nlohmann's own parser lets pass: an object that names a field
// twice, and depths that are an attack.
class StrictBuilder {
 public:
  json take() { return std::move(root_); }

  bool parse(const std::string& body) {
    const json::parser_callback_t callback =
        [this](int depth, json::parse_event_t event, json& parsed) {
          if (depth > kMostDepth) good_ = false;
          if (event == json::parse_event_t::object_start) names_.emplace_back();
          if (event == json::parse_event_t::key) {
            const auto* name = parsed.get_ptr<const std::string*>();
            good_ = good_ && name != nullptr && names_.back().insert(*name).second;
          }
          if (event == json::parse_event_t::object_end) names_.pop_back();
          return good_;
        };
    root_ = json::parse(body, callback, false);
    return good_ && !root_.is_discarded();
  }

 private:
  json root_;
  std::vector<std::set<std::string>> names_;
  bool good_ = true;
};

bool printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20; });
}

}  // namespace

JsonAnswer JsonAnswer::parse(const std::string& body) {
  StrictBuilder builder;
  const bool good = builder.parse(body);
  JsonAnswer answer(builder.take(), "");
  if (!good || !answer.root_.is_object()) answer.blame_ = "body";
  return answer;
}

const json* JsonAnswer::find(const std::string& path) {
  if (!good()) return nullptr;
  const json* at = &root_;
  std::size_t from = 0;
  for (;;) {
    const std::size_t dot = path.find('.', from);
    if (!at->is_object()) {
      refuse(path.substr(0, from == 0 ? 0 : from - 1));
      return nullptr;
    }
    const auto found = at->find(path.substr(from, dot - from));
    if (found == at->end() || found->is_null()) return nullptr;
    at = &*found;
    if (dot == std::string::npos) return at;
    from = dot + 1;
  }
}

void JsonAnswer::refuse(const std::string& path) {
  if (blame_.empty()) blame_ = where_ + path;
}

bool JsonAnswer::has_object(const std::string& path) {
  const json* found = find(path);
  if (found == nullptr) return false;
  if (!found->is_object()) refuse(path);
  return found->is_object();
}

std::optional<std::string> JsonAnswer::text(const std::string& path, std::size_t most) {
  const json* found = find(path);
  if (found == nullptr) return std::nullopt;
  const auto* text = found->get_ptr<const std::string*>();
  if (text == nullptr || text->size() > most || !printable(*text)) {
    refuse(path);
    return std::nullopt;
  }
  // What is there but says nothing is not given.
  if (text->empty()) return std::nullopt;
  return *text;
}

std::optional<std::int64_t> JsonAnswer::whole(const std::string& path,
                                              std::int64_t least,
                                              std::int64_t most) {
  const json* found = find(path);
  if (found == nullptr) return std::nullopt;
  const bool fits = found->is_number_integer() &&
                    (!found->is_number_unsigned() || found->get<std::uint64_t>() <= INT64_MAX);
  const std::int64_t number = fits ? found->get<std::int64_t>() : 0;
  if (!fits || number < least || number > most) {
    refuse(path);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> JsonAnswer::flag(const std::string& path) {
  const json* found = find(path);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) {
    refuse(path);
    return std::nullopt;
  }
  return found->get<bool>();
}

std::optional<Date> JsonAnswer::date(const std::string& path) {
  const auto written = text(path);
  if (!written) return std::nullopt;
  const bool instant = written->size() > 10 && (*written)[10] == 'T';
  const auto date = Date::parse(instant ? written->substr(0, 10) : *written);
  if (!date || date->year() < 1600 || date->year() > 2199) {
    refuse(path);
    return std::nullopt;
  }
  return *date;
}

std::optional<encours::common::v1alpha1::Money> JsonAnswer::money(const std::string& path) {
  if (!has_object(path)) return std::nullopt;
  const json* value = find(path + ".value");
  if (value == nullptr) return std::nullopt;
  const auto code = text(path + ".currency", 3);
  const auto currency = Currency::parse(code.value_or(""));
  if (!currency) {
    refuse(path + ".currency");
    return std::nullopt;
  }
  // As it is written: a binary fraction would change the cents of large amounts.
  const auto decimal = value->is_number() ? parse_decimal(value->dump())
                                          : Result<Decimal>(refused("not_a_number", "", ""));
  if (!decimal || decimal->scale > currency->decimals() || decimal->mantissa < 0) {
    refuse(path + ".value");
    return std::nullopt;
  }
  const Int128 minor = decimal->mantissa * power_of_ten(currency->decimals() - decimal->scale);
  if (minor > kMostMinor) {
    refuse(path + ".value");
    return std::nullopt;
  }
  encours::common::v1alpha1::Money money;
  money.set_currency_code(std::string(currency->code()));
  money.set_minor(static_cast<std::int64_t>(minor));
  return money;
}

void JsonAnswer::each(const std::string& path,
                      const std::function<bool(JsonAnswer& element)>& visit) {
  const json* found = find(path);
  if (found == nullptr) return;
  if (!found->is_array()) return refuse(path);
  for (std::size_t i = 0; i < found->size(); ++i) {
    const std::string name = path + "[" + std::to_string(i) + "]";
    if ((*found)[i].is_null()) continue;
    if (!(*found)[i].is_object()) return refuse(name);
    JsonAnswer element((*found)[i], where_ + name + ".");
    const bool go_on = visit(element);
    if (!element.good()) blame_ = element.blame_;
    if (!go_on || !good()) return;
  }
}

}  // namespace encours::risk
