#include "services/encoursctl/rpc/import_stream.h"

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "common/rpc/client.h"
#include "common/rpc/status.h"
#include "encours/ingestion/v1alpha1/ingestion.grpc.pb.h"
#include "services/encoursctl/rpc/prepare.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;
using Stream =
    grpc::ClientReaderWriter<ingestion::ImportFileRequest, ingestion::ImportFileResponse>;
using Chunks = std::function<Result<std::string>()>;

constexpr std::int64_t kStallPollMs = 1'000;

// What the two threads of an attempt and its watch share.
struct Attempt {
  grpc::ClientContext context;
  std::unique_ptr<Stream> stream;
  std::atomic<std::int64_t> moved_ms{0};
  std::atomic<bool> stalled{false};
  // Set by the writer before it ends; read after it was joined.
  Status sent;
};

// Sends the header and all bytes. A Write that fails says that the stream has ended; why is told
// by its status.
void send(const ingestion::ImportHeader& header,
          const Chunks& next,
          Clock& clock,
          Attempt* attempt) {
  ingestion::ImportFileRequest request;
  *request.mutable_header() = header;
  bool open = attempt->stream->Write(request);
  while (open) {
    attempt->moved_ms = clock.monotonic_ms();
    auto chunk = next();
    if (!chunk) {
      attempt->sent = chunk.failure();
      attempt->context.TryCancel();
      return;
    }
    if (chunk->empty()) break;
    request.set_chunk(std::move(*chunk));
    open = attempt->stream->Write(request);
  }
  if (open) attempt->stream->WritesDone();
}

void watch_stall(std::int64_t stall_ms, Clock& clock, Attempt* attempt, std::stop_token ended) {
  while (clock.sleep_for(kStallPollMs, ended)) {
    if (clock.monotonic_ms() - attempt->moved_ms < stall_ms) continue;
    attempt->stalled = true;
    attempt->context.TryCancel();
    return;
  }
}

Result<ingestion::ImportSummary> outcome_of(Attempt& attempt,
                                            const grpc::Status& status,
                                            std::optional<ingestion::ImportSummary> summary) {
  ENCOURS_TRY(std::move(attempt.sent));
  if (attempt.stalled) {
    return error(Reaction::kFatal, "import_stalled", "The server has not moved on for too long.");
  }
  if (!status.ok()) return rpc::from_grpc(status, attempt.context);
  if (!summary) {
    return error(Reaction::kRetry, "no_summary", "The server ended the import without a summary.");
  }
  return std::move(*summary);
}

}  // namespace

Result<ingestion::ImportSummary> import_once(Installation& installation,
                                             const std::string& address,
                                             const ImportSource& source,
                                             const ImportListener& listener) {
  ENCOURS_ASSIGN(rpc::Client * client, installation.client(address));
  ENCOURS_ASSIGN(const Chunks next, source.open());
  Clock& clock = installation.clock();
  const auto stub = ingestion::IngestionService::NewStub(client->channel());
  Attempt attempt;
  attempt.moved_ms = clock.monotonic_ms();
  ENCOURS_TRY(prepare_call(*client, &attempt.context, 0));
  attempt.stream = stub->ImportFile(&attempt.context);
  std::jthread writer([&] { send(source.header, next, clock, &attempt); });
  const std::jthread watch([&](std::stop_token ended) {
    watch_stall(installation.patience().stall_ms, clock, &attempt, std::move(ended));
  });
  ingestion::ImportFileResponse response;
  std::optional<ingestion::ImportSummary> summary;
  while (attempt.stream->Read(&response)) {
    attempt.moved_ms = clock.monotonic_ms();
    if (response.has_progress()) listener.on_progress(response.progress());
    if (response.has_refusal()) listener.on_refusal(response.refusal());
    if (response.has_summary()) summary = response.summary();
  }
  // No call may be in flight on the stream when it is finished.
  writer.join();
  return outcome_of(attempt, attempt.stream->Finish(), std::move(summary));
}

}  // namespace encours::ctl
