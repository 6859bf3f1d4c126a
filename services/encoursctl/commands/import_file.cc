#include "services/encoursctl/commands/import_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include "common/base/sha256_stream.h"
#include "services/encoursctl/rpc/import_stream.h"

namespace encours::ctl {
namespace {

namespace ingestion = encours::ingestion::v1alpha1;

constexpr std::size_t kChunkBytes = 512 * 1024;
constexpr std::int64_t kSecondMs = 1'000;

using Chunks = std::function<Result<std::string>()>;

Error unreadable(const std::string& path) {
  return refused("unreadable_file", "file", "The file '" + path + "' can't be read.");
}

// The bytes of a file from its beginning.
Result<Chunks> open_chunks(const std::string& path) {
  // Shared with the function that is returned, which std::function copies.
  auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
  if (!file->is_open()) return unreadable(path);
  return Chunks([file, path]() -> Result<std::string> {
    std::string chunk(kChunkBytes, '\0');
    file->read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    if (file->bad()) return unreadable(path);
    chunk.resize(static_cast<std::size_t>(file->gcount()));
    return chunk;
  });
}

Result<std::string> digest_of_file(const std::string& path) {
  ENCOURS_ASSIGN(const Chunks next, open_chunks(path));
  Sha256Stream digest;
  for (;;) {
    ENCOURS_ASSIGN(const std::string chunk, next());
    if (chunk.empty()) return digest.take();
    digest.add(chunk);
  }
}

// Size of a file that can be read; nothing for all else, e.g. a folder.
std::optional<std::int64_t> readable_size(const std::string& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed || !std::ifstream(path).is_open()) return std::nullopt;
  return static_cast<std::int64_t>(size);
}

}  // namespace

ImportedFile::ImportedFile(Context& context,
                           std::string path,
                           ingestion::ImportHeader header,
                           OnRefusal on_refusal)
    : context_(context),
      path_(std::move(path)),
      header_(std::move(header)),
      on_refusal_(std::move(on_refusal)),
      started_ms_(context.clock().monotonic_ms()) {}

Result<ImportSummary> ImportedFile::refuse_whole(const std::string& code,
                                                 const std::string& message) {
  ImportRefusal refusal;
  refusal.set_field("file");
  refusal.set_code(code);
  refusal.set_message(message);
  tell(refusal);
  ENCOURS_TRY(told_);
  ImportSummary summary;
  summary.set_records_refused(1);
  return summary;
}

Result<ImportSummary> ImportedFile::run() {
  const auto size = readable_size(path_);
  if (!size) return refuse_whole("unreadable_file", unreadable(path_).message);
  header_.set_size_bytes(*size);
  const auto digest = digest_of_file(path_);
  if (!digest) return refuse_whole(digest.failure().code, digest.failure().message);
  header_.set_sha256(*digest);
  header_.set_file_name(std::filesystem::path(path_).filename().string());
  ENCOURS_ASSIGN(Installation * installation, context_.installation());
  ImportSummary summary;
  for (;;) {
    // Patience begins anew whenever the file has come further than ever before.
    const std::int64_t furthest_before = furthest_bytes_;
    const Status ended = installation->on_any(
        "ingestion", installation->patience().write_ms, [&](const std::string& address) {
          return attempt(address, &summary);
        });
    ENCOURS_TRY(told_);
    if (ended) break;
    if (ended.failure().code == "unreadable_file") {
      return refuse_whole("unreadable_file", ended.failure().message);
    }
    if (!worth_another_try(ended.failure()) || furthest_bytes_ == furthest_before) {
      return ended.failure();
    }
  }
  context_.progress().clear();
  if (*size == 0 && summary.records_refused() == 0) {
    return refuse_whole("empty_file", "The file is empty.");
  }
  return summary;
}

Status ImportedFile::attempt(const std::string& address, ImportSummary* summary) {
  ENCOURS_ASSIGN(Installation * installation, context_.installation());
  ImportSource source;
  source.header = header_;
  source.open = [this] { return open_chunks(path_); };
  ImportListener listener;
  listener.on_progress = [this](const ingestion::ImportProgress& progress) { show(progress); };
  listener.on_refusal = [this](const ImportRefusal& refusal) { tell(refusal); };
  auto imported = import_once(*installation, address, source, listener);
  if (!imported) return failure_of_write(imported.failure());
  *summary = std::move(*imported);
  return {};
}

void ImportedFile::tell(const ImportRefusal& refusal) {
  if (!told_ || !seen_.insert(refusal.SerializeAsString()).second) return;
  context_.progress().clear();
  told_ = on_refusal_(refusal);
}

void ImportedFile::show(const ingestion::ImportProgress& progress) {
  furthest_bytes_ = std::max(furthest_bytes_, progress.bytes_read());
  const std::int64_t elapsed_ms = context_.clock().monotonic_ms() - started_ms_;
  const std::int64_t pace =
      elapsed_ms < kSecondMs ? 0 : progress.records_taken() * kSecondMs / elapsed_ms;
  std::string text = header_.file_name() + " " +
                     progress_bar(progress.bytes_read(), header_.size_bytes()) + "  " +
                     grouped(progress.records_taken()) + " taken";
  if (progress.records_refused() > 0)
    text += ", " + grouped(progress.records_refused()) + " refused";
  if (pace > 0) text += ", " + grouped(pace) + "/s";
  context_.progress().show(printable(text));
}

}  // namespace encours::ctl
