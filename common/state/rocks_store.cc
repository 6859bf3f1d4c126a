#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <fstream>
#include <mutex>
#include <utility>

#include "common/base/check.h"
#include "common/base/fault_point.h"
#include "common/state/store.h"
#include "common/state/torn_log.h"
#include "encours/state/v1alpha1/runtime.pb.h"

namespace encours {
namespace {

using encours::state::v1alpha1::StoreMarker;

// Table 0x00 is no service's: the marker and the identity stand outside dumps and changelogs.
const std::string kMarkerKey("\x00m", 2);
const std::string kIdentityKey("\x00i", 2);
constexpr std::int32_t kStoreFormat = 1;

// In a folder that must not be opened again: its rows were found to be damaged.
constexpr const char* kCondemned = "CONDEMNED";

Error from_rocksdb(const rocksdb::Status& status, const char* doing) {
  const std::string what = std::string(doing) + ": " + status.ToString();
  if (status.IsCorruption()) return error(Reaction::kCorrupted, "store_corrupted", what);
  if (status.IsNoSpace()) {
    return fatal(kDiskFull, what + ". Free space on the disk of the data folder, then start.");
  }
  return fatal("store_failed", what);
}

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

rocksdb::Options store_options(const StoreMemory& memory) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = memory.block_cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  rocksdb::Options options;
#ifdef ENCOURS_FAULT_POINTS
  options.env = env_with_torn_log();
#endif
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.write_buffer_manager = memory.write_buffers;
  options.write_buffer_size = 16 << 20;
  options.max_write_buffer_number = 3;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.memtable_whole_key_filtering = true;
  // Rows come in order of key, so the place of one is next to the place of the one before it.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  options.stats_dump_period_sec = 0;
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// What RocksDB itself has found wrong with one database, on whatever thread: by its flushes and
// compactions, or by somebody's read. It is final: nothing is resumed (rocksdb issue 11643: a
// resume after a full disk succeeds and every later write fails). Damage is written down in the
// folder, so that the next open sets it aside, also after a kill.
class Health final : public rocksdb::EventListener {
 public:
  explicit Health(std::filesystem::path dir) : dir_(std::move(dir)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* failed) override {
    note(*failed);
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

  void note(const rocksdb::Status& failed) {
    std::lock_guard lock(mutex_);
    if (failed.IsCorruption()) std::ofstream(dir_ / kCondemned) << failed.ToString() << "\n";
    if (first_.ok()) first_ = failed;
  }
  rocksdb::Status first() const {
    std::lock_guard lock(mutex_);
    return first_;
  }

 private:
  std::filesystem::path dir_;
  mutable std::mutex mutex_;
  rocksdb::Status first_;
};

// One scan for stores and snapshots alike.
rocksdb::Status scan_range(rocksdb::DB& db, const rocksdb::ReadOptions& base, std::string_view from,
                           std::string_view until, const RowReader::Visitor& visit) {
  rocksdb::ReadOptions options = base;
  const rocksdb::Slice upper = slice(until);
  if (!until.empty()) options.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(options));
  for (it->Seek(slice(from)); it->Valid(); it->Next()) {
    if (!visit(view(it->key()), view(it->value()))) break;
  }
  return it->status();
}

class RocksSnapshot final : public Snapshot {
 public:
  RocksSnapshot(std::shared_ptr<Health> health, std::shared_ptr<rocksdb::DB> db)
      : health_(std::move(health)), db_(std::move(db)) {
    options_.snapshot = db_->GetSnapshot();
    std::string bytes;
    const auto status = db_->Get(options_, kMarkerKey, &bytes);
    StoreMarker marker;
    if (status.ok() && marker.ParseFromString(bytes)) next_ = marker.changelog_next_offset();
  }
  ~RocksSnapshot() override { db_->ReleaseSnapshot(options_.snapshot); }

  std::optional<std::string> get(std::string_view key) const override {
    std::string value;
    const auto status = db_->Get(options_, slice(key), &value);
    if (status.ok()) return value;
    if (!status.IsNotFound()) note(status);
    return std::nullopt;
  }

  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    const auto status = scan_range(*db_, options_, from, until, visit);
    if (!status.ok()) note(status);
  }

  Status status() const override {
    std::lock_guard lock(mutex_);
    if (failed_.ok()) return {};
    return from_rocksdb(failed_, "read of a snapshot");
  }
  std::int64_t changelog_next_offset() const override { return next_; }

 private:
  // The owner hears of damage too; whatever else fails a read is the query's own trouble.
  void note(const rocksdb::Status& status) const {
    if (status.IsCorruption()) health_->note(status);
    std::lock_guard lock(mutex_);
    if (failed_.ok()) failed_ = status;
  }

  std::shared_ptr<Health> health_;
  // Shared with the store: a query that still scans keeps the database open after a revocation.
  std::shared_ptr<rocksdb::DB> db_;
  rocksdb::ReadOptions options_;
  std::int64_t next_ = 0;
  mutable std::mutex mutex_;
  mutable rocksdb::Status failed_;
};

class RocksStore final : public Store {
 public:
  RocksStore(std::shared_ptr<Health> health, std::shared_ptr<rocksdb::DB> db, bool quarantined)
      : health_(std::move(health)), db_(std::move(db)), quarantined_(quarantined) {}

  std::optional<std::string> get(std::string_view key) const override {
    std::string value;
    const auto status = db_->Get(read_, slice(key), &value);
    if (status.ok()) return value;
    if (!status.IsNotFound()) health_->note(status);
    return std::nullopt;
  }

  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    const auto status = scan_range(*db_, read_, from, until, visit);
    if (!status.ok()) health_->note(status);
  }

  Status take_read_failure() override {
    const auto failed = health_->first();
    if (failed.ok()) return {};
    return from_rocksdb(failed, "the store");
  }

  Status write(const std::vector<RowChange>& changes, std::int64_t next_offset,
               std::int64_t applied_at_us) override {
    ENCOURS_CHECK(next_offset >= marker_.changelog_next_offset(), "the changelog goes forward");
    ENCOURS_TRY(take_read_failure());
    rocksdb::WriteBatch batch;
    for (const auto& change : changes) {
      ENCOURS_CHECK(!change.key.empty() && change.key[0] != '\x00', "table 0x00 is reserved");
      const auto status = change.value ? batch.Put(slice(change.key), slice(*change.value))
                                       : batch.Delete(slice(change.key));
      if (!status.ok()) return from_rocksdb(status, "building a batch");
    }
    StoreMarker marker;
    marker.set_changelog_next_offset(next_offset);
    marker.mutable_applied_at()->set_seconds(applied_at_us / 1000000);
    marker.mutable_applied_at()->set_nanos(static_cast<std::int32_t>(applied_at_us % 1000000) *
                                           1000);
    pass_fault_point("store.before_write");
    if (mutation_is_on("offset_in_own_batch")) {
      // The broken rule: the position is on disk before the rows that it stands for.
      const auto alone = db_->Put(rocksdb::WriteOptions(), kMarkerKey, marker.SerializeAsString());
      if (!alone.ok()) return from_rocksdb(alone, "writing the marker");
      if (!changes.empty()) pass_fault_point("store.between_batches");
    }
    const auto put = batch.Put(kMarkerKey, marker.SerializeAsString());
    if (!put.ok()) return from_rocksdb(put, "building a batch");
    const auto written = db_->Write(rocksdb::WriteOptions(), &batch);
    if (!written.ok()) return failed_write(written);
    marker_ = marker;
    return {};
  }

  Status clear() override {
    // From the empty key on, as it has no prefix: RocksDB (7.8 at least) keeps the last place of a
    // prefix for rows and ranges alike, though they are in memtables of their own.
    rocksdb::WriteBatch batch;
    auto status = batch.DeleteRange("", std::string(64, '\xFF'));
    if (status.ok()) status = batch.Put(kIdentityKey, identity_);
    if (status.ok()) status = db_->Write(rocksdb::WriteOptions(), &batch);
    if (!status.ok()) return failed_write(status);
    marker_.Clear();
    return {};
  }

  std::int64_t changelog_next_offset() const override { return marker_.changelog_next_offset(); }
  std::int64_t applied_at_us() const override {
    return marker_.applied_at().seconds() * 1000000 + marker_.applied_at().nanos() / 1000;
  }
  bool was_quarantined() const override { return quarantined_; }
  std::unique_ptr<Snapshot> snapshot() const override {
    return std::make_unique<RocksSnapshot>(health_, db_);
  }
  std::uint64_t disk_bytes() const override {
    std::uint64_t bytes = 0;
    db_->GetIntProperty("rocksdb.total-sst-files-size", &bytes);
    return bytes;
  }

  // Checks who the store is; a new one is given its identity. False: it is somebody else's.
  Result<bool> claim(const StoreIdentity& identity) {
    encours::state::v1alpha1::StoreIdentity mine;
    mine.set_cluster_id(identity.cluster_id);
    mine.set_service(identity.service);
    mine.set_partition(identity.partition);
    mine.set_format(kStoreFormat);
    identity_ = mine.SerializeAsString();
    std::string bytes;
    auto status = db_->Get(read_, kIdentityKey, &bytes);
    if (status.IsNotFound()) {
      status = db_->Put(rocksdb::WriteOptions(), kIdentityKey, identity_);
      if (!status.ok()) return from_rocksdb(status, "writing the identity");
      return true;
    }
    if (!status.ok()) return from_rocksdb(status, "reading the identity");
    if (bytes != identity_) return false;
    status = db_->Get(read_, kMarkerKey, &bytes);
    if (status.IsNotFound()) return true;
    if (!status.ok()) return from_rocksdb(status, "reading the marker");
    return marker_.ParseFromString(bytes);
  }

 private:
  Error failed_write(const rocksdb::Status& status) {
    health_->note(status);
    return from_rocksdb(status, "write of the store");
  }

  std::shared_ptr<Health> health_;
  std::shared_ptr<rocksdb::DB> db_;
  rocksdb::ReadOptions read_;
  StoreMarker marker_;
  std::string identity_;
  bool quarantined_;
};

// Data of a database but no CURRENT, which names them: RocksDB would begin anew beside them.
bool is_beheaded(const std::filesystem::path& dir) {
  std::error_code failed;
  if (std::filesystem::exists(dir / "CURRENT", failed)) return false;
  for (std::filesystem::directory_iterator it(dir, failed), end; !failed && it != end;
       it.increment(failed)) {
    const auto& path = it->path();
    if (path.extension() == ".sst" || path.extension() == ".log") return true;
    if (path.filename().string().starts_with("MANIFEST")) return true;
  }
  return false;
}

// Not while a query still has it open: a database that closes writes under the names of old, and
// some versions would leave a part of a store where the new one comes.
Status move_aside(const std::filesystem::path& dir) {
  rocksdb::FileLock* lock = nullptr;
  auto* env = rocksdb::Env::Default();
  auto status = env->LockFile((dir / "LOCK").string(), &lock);
  if (status.ok()) status = env->UnlockFile(lock);
  if (!status.ok()) return from_rocksdb(status, "setting the store aside");
  std::error_code failed;
  for (int n = 1; n < 1000; ++n) {
    const std::filesystem::path aside = dir.string() + ".quarantine-" + std::to_string(n);
    if (std::filesystem::exists(aside, failed)) continue;
    std::filesystem::rename(dir, aside, failed);
    if (!failed) return {};
    return fatal("quarantine_failed", "can't rename " + dir.string() + ": " + failed.message());
  }
  return fatal("quarantine_failed", "too many quarantined stores beside " + dir.string());
}

Result<std::unique_ptr<RocksStore>> open_once(const std::filesystem::path& dir,
                                              const StoreIdentity& identity,
                                              const StoreMemory& memory, bool quarantined) {
  rocksdb::DB* raw = nullptr;
  const auto health = std::make_shared<Health>(dir);
  rocksdb::Options options = store_options(memory);
  options.listeners.push_back(health);
  const auto status = rocksdb::DB::Open(options, dir.string(), &raw);
  if (!status.ok()) return from_rocksdb(status, "opening the store");
  auto store = std::make_unique<RocksStore>(health, std::shared_ptr<rocksdb::DB>(raw), quarantined);
  ENCOURS_ASSIGN(const bool mine, store->claim(identity));
  if (!mine) return error(Reaction::kCorrupted, "foreign_store", dir.string() + " is not ours");
  return store;
}

}  // namespace

StoreMemory StoreMemory::with_limits(std::size_t block_cache_bytes,
                                     std::size_t write_buffer_bytes) {
  StoreMemory memory;
  memory.block_cache = rocksdb::NewLRUCache(block_cache_bytes);
  // Not charged to the cache: full buffers would leave it empty, and each read unpacks a block.
  memory.write_buffers = std::make_shared<rocksdb::WriteBufferManager>(write_buffer_bytes);
  return memory;
}

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& dir,
                                           const StoreIdentity& identity,
                                           const StoreMemory& memory) {
  std::error_code failed;
  std::filesystem::create_directories(dir.parent_path(), failed);
  if (failed) return fatal("data_dir", dir.parent_path().string() + ": " + failed.message());
  const bool condemned = std::filesystem::exists(dir / kCondemned, failed);
  if (!condemned && !is_beheaded(dir)) {
    auto store = open_once(dir, identity, memory, false);
    if (store) return std::unique_ptr<Store>(std::move(store).value());
    if (store.failure().reaction != Reaction::kCorrupted) return store.failure();
  }
  ENCOURS_TRY(move_aside(dir));
  auto fresh = open_once(dir, identity, memory, true);
  if (!fresh) return fresh.failure();
  return std::unique_ptr<Store>(std::move(fresh).value());
}

}  // namespace encours
