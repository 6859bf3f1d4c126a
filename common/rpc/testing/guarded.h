// unguarded_methods: calls every method of a running server without a token.
//
// A handler that does not go through the guard answers such a call, whatever it answers; so each
// service has a test that this list is empty. A method that the server doesn't know is listed too.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

namespace encours::rpc::testing {

// "/pkg.Service/Method: OK" for each method of these services that is not refused as
// UNAUTHENTICATED within five seconds.
std::vector<std::string> unguarded_methods(const std::shared_ptr<grpc::Channel>& channel,
                                           const std::vector<std::string>& services);

}  // namespace encours::rpc::testing
