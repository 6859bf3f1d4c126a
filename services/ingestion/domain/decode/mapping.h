// Mapping files: YAML that people write -> the message that rows are decoded by.
//
// parse_mapping() is total: any bytes give a mapping or errors, each with its line and column and
// the key it is about; all errors are given, not only the first. yaml-cpp and its exceptions stay
// behind it. It is called where a mapping is published, never for a row. The format is described
// in README.md. Pure, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "encours/ingestion/v1alpha1/mapping.pb.h"

namespace encours::ingestion {

using Mapping = encours::ingestion::v1alpha1::Mapping;
using MappingField = encours::ingestion::v1alpha1::MappingField;

inline constexpr std::size_t kMaxMappingBytes = 64 * 1024;
inline constexpr const char* kMappingKind = "mapping";

struct ParsedMapping {
  // Complete only where there is no error.
  Mapping mapping;
  std::vector<Error> errors;

  bool ok() const { return errors.empty(); }
};

ParsedMapping parse_mapping(std::string_view yaml);

// "gross_amount" for MAPPING_FIELD_GROSS_AMOUNT.
std::string field_name(MappingField field);

}  // namespace encours::ingestion
