// JsonAnswer: a strict reader of a provider's JSON.
//
// Each reader names a path ("organization.dnbAssessment.failureScore"), gives nothing where the
// field, or an object on the way, is absent or null, and remembers the first field that is of a
// wrong type or out of range; from then on nothing is to be used and blame() names it. Numbers are
// whole unless read as an amount; JSON is limited in depth by the parser and in size by the HTTP
// client. Invalid UTF-8 and repeated names in an object are malformed. Not shared by threads.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/time/date.h"
#include "encours/common/v1alpha1/money.pb.h"

namespace encours::risk {

class JsonAnswer {
 public:
  // blame() is "body" where it is no JSON object.
  static JsonAnswer parse(const std::string& body);

  bool good() const { return blame_.empty(); }
  const std::string& blame() const { return blame_; }

  // Whether an object is there; anything else but null is to blame.
  bool has_object(const std::string& path);
  // 1 to `most` bytes of printable text.
  std::optional<std::string> text(const std::string& path, std::size_t most = 64);
  std::optional<std::int64_t> whole(const std::string& path, std::int64_t least, std::int64_t most);
  std::optional<bool> flag(const std::string& path);
  // "2026-01-31", or an instant that begins with it; between 1600 and 2199.
  std::optional<Date> date(const std::string& path);
  // {value, currency}: not negative, at most 10^15 minor units, no more decimals than the currency.
  std::optional<encours::common::v1alpha1::Money> money(const std::string& path);

  // Visits the objects of an array; absent is empty. `visit(element)` reads below its element and
  // returns false to end.
  void each(const std::string& path, const std::function<bool(JsonAnswer& element)>& visit);

  // The field is there but can't be: blames it.
  void refuse(const std::string& path);

 private:
  JsonAnswer(nlohmann::json root, std::string where)
      : root_(std::move(root)), where_(std::move(where)) {}
  // Null where it is absent or null.
  const nlohmann::json* find(const std::string& path);

  nlohmann::json root_;
  std::string where_;  // Put before the path that is blamed: "periodes[0].".
  std::string blame_;
};

}  // namespace encours::risk
