// Store: the committed rows of one service and partition, in one RocksDB database.
//
// Only what a Kafka transaction has committed is ever written here, in one batch together with the
// changelog position (reliability: the store may be deleted at any time and is rebuilt from the
// changelog). The owner thread writes; any thread may read through a Snapshot. WAL on, sync off:
// kill -9 loses nothing, a power cut only means more replay. Any failure is final for this handle:
// the caller closes it and leaves, it never resumes. Damage that a read or a compaction meets
// (kCorrupted) condemns the folder: the next open sets it aside.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/state/rows.h"

namespace rocksdb {
class Cache;
class WriteBufferManager;
}  // namespace rocksdb

namespace encours {

// A row to put, or to erase where `value` is empty.
struct RowChange {
  std::string key;
  std::optional<std::string> value;
};

// Who the store belongs to; another identity on disk means quarantine and a full restore.
struct StoreIdentity {
  std::string cluster_id;
  std::string service;
  std::int32_t partition = 0;
};

// Memory that all stores of a process share.
struct StoreMemory {
  static StoreMemory with_limits(std::size_t block_cache_bytes, std::size_t write_buffer_bytes);
  std::shared_ptr<rocksdb::Cache> block_cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};

// Committed rows at one moment. Reads that fail are remembered in status().
class Snapshot : public RowReader {
 public:
  virtual Status status() const = 0;
  // Changelog offset that this snapshot contains all records below.
  virtual std::int64_t changelog_next_offset() const = 0;
};

// Code of a failure for want of space.
inline constexpr const char* kDiskFull = "disk_full";

class Store : public RowReader {
 public:
  // Opens or creates the database. A foreign or corrupted one is renamed aside
  // (`<dir>.quarantine-<n>`) and an empty one is made; `was_quarantined()` says so.
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& dir,
                                             const StoreIdentity& identity,
                                             const StoreMemory& memory);

  // The first failure of a get, of a scan or of the database's own work.
  virtual Status take_read_failure() = 0;

  // One atomic batch: all changes and the next changelog offset.
  virtual Status write(const std::vector<RowChange>& changes, std::int64_t changelog_next_offset,
                       std::int64_t applied_at_us) = 0;

  // Erases all rows and the position: the store is as new, for a restore from the beginning.
  virtual Status clear() = 0;

  // 0 for a new store: restore from the beginning of the changelog.
  virtual std::int64_t changelog_next_offset() const = 0;
  // Wall time of the last apply, 0 for a new store.
  virtual std::int64_t applied_at_us() const = 0;

  virtual bool was_quarantined() const = 0;
  virtual std::unique_ptr<Snapshot> snapshot() const = 0;
  // Approximate bytes on disk, for metrics.
  virtual std::uint64_t disk_bytes() const = 0;
};

}  // namespace encours
