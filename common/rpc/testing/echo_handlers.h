// EchoHandlers: the test service, each method through the guard; bodies are set by the test.
#pragma once

#include <functional>

#include "common/rpc/guard.h"
#include "common/rpc/testing/echo.grpc.pb.h"
#include "common/rpc/testing/test_server.h"

namespace encours::rpc::testing {

namespace echo = encours::rpc::testing::v1alpha1;

class EchoHandlers final : public echo::EchoService::Service {
 public:
  explicit EchoHandlers(Guard& guard) : guard_(guard) {}

  std::function<Result<echo::EchoResponse>(Call&, const echo::EchoRequest&)> on_echo =
      [](Call&, const echo::EchoRequest& request) -> Result<echo::EchoResponse> {
    echo::EchoResponse response;
    response.set_text(request.text());
    return response;
  };
  std::function<Result<echo::WriteResponse>(Call&, const echo::WriteRequest&)> on_write =
      [](Call&, const echo::WriteRequest&) -> Result<echo::WriteResponse> {
    return echo::WriteResponse();
  };
  std::function<Status(Call&, grpc::ServerWriter<echo::WatchResponse>&)> on_watch =
      [](Call&, grpc::ServerWriter<echo::WatchResponse>&) -> Status { return {}; };

  grpc::Status Echo(grpc::ServerContext* context,
                    const echo::EchoRequest* request,
                    echo::EchoResponse* response) override {
    const Meeting with_the_test;
    return guard_.unary(
        *context, *request, response, [&](Call& call) { return on_echo(call, *request); });
  }
  grpc::Status Write(grpc::ServerContext* context,
                     const echo::WriteRequest* request,
                     echo::WriteResponse* response) override {
    const Meeting with_the_test;
    return guard_.unary(
        *context, *request, response, [&](Call& call) { return on_write(call, *request); });
  }
  grpc::Status Install(grpc::ServerContext* context,
                       const echo::InstallRequest* request,
                       echo::InstallResponse* response) override {
    const Meeting with_the_test;
    return guard_.unary(*context, *request, response, [](Call&) -> Result<echo::InstallResponse> {
      return echo::InstallResponse();
    });
  }
  grpc::Status Watch(grpc::ServerContext* context,
                     const echo::WatchRequest* request,
                     grpc::ServerWriter<echo::WatchResponse>* writer) override {
    const Meeting with_the_test;
    return guard_.server_stream(
        *context, *request, [&](Call& call) { return on_watch(call, *writer); });
  }
  grpc::Status Upload(grpc::ServerContext* context,
                      grpc::ServerReader<echo::UploadRequest>* reader,
                      echo::UploadResponse* response) override {
    const Meeting with_the_test;
    return guard_.client_stream<echo::UploadRequest>(
        *context,
        reader,
        [](const echo::UploadRequest& first) { return first.tenant(); },
        [&](Call&, const echo::UploadRequest&) -> Status {
          std::int64_t count = 1;
          for (echo::UploadRequest next; reader->Read(&next);) ++count;
          response->set_message_count(count);
          return {};
        });
  }

 private:
  Guard& guard_;
};

}  // namespace encours::rpc::testing
