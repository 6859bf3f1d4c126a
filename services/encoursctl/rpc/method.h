// The method that a request is for, read from the descriptors: every request message of our
// services belongs to exactly one method. Pure; any thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace encours::ctl {

struct RequestedMethod {
  // "/encours.portfolio.v1alpha1.PortfolioService/ListInvoices"
  std::string path;
  // The service whose processes have it: "portfolio"; "stream" for what every process has.
  std::string service;
  // It changes something and carries a request_id.
  bool writes = false;
};

RequestedMethod method_of(const google::protobuf::Descriptor& request);

}  // namespace encours::ctl
