#include "common/rpc/testing/guarded.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include "common/base/check.h"
#include "common/rpc/deadline.h"
#include "common/rpc/status.h"

namespace encours::rpc::testing {
namespace {

// One operation at a time, so the tag says nothing.
void await(grpc::CompletionQueue* queue) {
  void* tag = nullptr;
  bool ok = false;
  ENCOURS_CHECK(queue->Next(&tag, &ok), "the completion queue ended");
}

// Writes one empty message and reads the status: right for every kind of method.
grpc::Status call_bare(const std::shared_ptr<grpc::Channel>& channel, const std::string& path) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_deadline(deadline_in(5'000));
  const auto call = stub.PrepareCall(&context, path, &queue);
  call->StartCall(nullptr);
  await(&queue);
  const grpc::Slice nothing;
  call->Write(grpc::ByteBuffer(&nothing, 1), nullptr);
  await(&queue);
  call->WritesDone(nullptr);
  await(&queue);
  grpc::Status status;
  call->Finish(&status, nullptr);
  await(&queue);
  return status;
}

}  // namespace

std::vector<std::string> unguarded_methods(const std::shared_ptr<grpc::Channel>& channel,
                                           const std::vector<std::string>& services) {
  std::vector<std::string> unguarded;
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    ENCOURS_CHECK(service != nullptr, "a service that is not compiled in");
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string path = "/" + name + "/" + service->method(i)->name();
      const grpc::Status status = call_bare(channel, path);
      if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) continue;
      unguarded.push_back(path + ": " + status_code_name(status.error_code()));
    }
  }
  return unguarded;
}

}  // namespace encours::rpc::testing
