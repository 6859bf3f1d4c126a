// What the tests of adapters share: recorded shapes of ENCOURS_DATA, answers as short lines.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "services/risk_enrichment/domain/dates.h"
#include "services/risk_enrichment/providers/provider.h"

namespace encours::risk {

inline constexpr const char* kNoFixtures = "ENCOURS_DATA names no folder with company reports";

// Empty where it is not there.
inline std::string fixture(const std::string& name) {
  const char* data = std::getenv("ENCOURS_DATA");
  if (data == nullptr) return {};
  std::ifstream file(std::string(data) + "/company_report_fixtures/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string text_of(const api::CriterionValue& value) {
  switch (value.value_case()) {
    case api::CriterionValue::kNumber:
      return std::to_string(value.number());
    case api::CriterionValue::kCode:
      return value.code();
    case api::CriterionValue::kMoney:
      return std::to_string(value.money().minor()) + value.money().currency_code();
    case api::CriterionValue::kDate:
      return stored_date(value.date()).to_string();
    case api::CriterionValue::VALUE_NOT_SET:
      return "nothing";
  }
  return "?";
}

// "OK", then "SOLVENCY_SCORE 62 2024-01-10" for each criterion.
inline std::vector<std::string> lines_of(const ReadAnswer& read) {
  std::string head = api::FetchOutcome_Name(read.outcome).substr(14);
  if (!read.code.empty()) head += " " + read.code;
  if (!read.field.empty()) head += " " + read.field;
  std::vector<std::string> lines{head};
  for (const auto& one : read.criteria) {
    lines.push_back(api::Criterion_Name(one.criterion()).substr(10) + " " + text_of(one.value()) +
                    (one.has_as_of() ? " " + stored_date(one.as_of()).to_string() : ""));
  }
  return lines;
}

inline std::string header_of(const egress::HttpRequest& request, const std::string& name) {
  for (const auto& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

}  // namespace encours::risk
