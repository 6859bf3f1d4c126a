#include "common/state/torn_log.h"

#ifdef ENCOURS_FAULT_POINTS

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/base/fault_point.h"

namespace encours {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class TornLog final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const std::size_t half = data.size() / 2;
    const auto first = target()->Append(Slice(data.data(), half), options, debug);
    if (!first.ok()) return first;
    pass_fault_point("store.inside_wal_write");
    return target()->Append(Slice(data.data() + half, data.size() - half), options, debug);
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(data, options, debug);
  }
};

class TornLogFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;

  const char* Name() const override { return "TornLogFileSystem"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* debug) override {
    auto made = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (made.ok() && std::string_view(name).ends_with(".log")) {
      *file = std::make_unique<TornLog>(std::move(*file));
    }
    return made;
  }
};

}  // namespace

rocksdb::Env* env_with_torn_log() {
  // Never destroyed: RocksDB's threads may outlive every static object.
  static rocksdb::Env* const env =
      rocksdb::NewCompositeEnv(
          std::make_shared<TornLogFileSystem>(rocksdb::FileSystem::Default()))
          .release();
  return env;
}

}  // namespace encours

#endif
