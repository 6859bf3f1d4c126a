// What the tests of the stages share: events from text, instants from text.
//
// For tests only.
#pragma once

#include <google/protobuf/text_format.h>

#include <string>

#include "common/base/check.h"
#include "common/stream/testing/harness.h"
#include "encours/erp/v1alpha1/events.pb.h"

namespace encours::ingestion {

// An event of tenant acme from source sap.
inline encours::erp::v1alpha1::ErpEvent event_of(const std::string& text) {
  encours::erp::v1alpha1::ErpEvent event;
  event.set_tenant("acme");
  event.set_source("sap");
  encours::erp::v1alpha1::ErpEvent rest;
  ENCOURS_CHECK(google::protobuf::TextFormat::ParseFromString(text, &rest), "the text is an event");
  event.MergeFrom(rest);
  return event;
}

inline Instant at(const std::string& text) {
  const auto instant = Instant::parse(text);
  ENCOURS_CHECK(instant.ok(), "the text is an instant");
  return *instant;
}

// "code field" of each refusal since the last call.
inline std::vector<std::string> refusals_of(stream::testing::StageHarness& harness) {
  std::vector<std::string> out;
  for (const auto& refusal : harness.take_refusals()) {
    out.push_back(refusal.error.code + " " + refusal.error.field);
  }
  return out;
}

}  // namespace encours::ingestion
