// The file system that stores of a test build use: their log is written in two halves.
//
// Between the halves lies the fault point "store.inside_wal_write", so that a test can kill the
// process when a record of RocksDB's write-ahead log is on disk in part. Only in builds with fault
// points; a release uses RocksDB's default. Lives as long as the process.
#pragma once

namespace rocksdb {
class Env;
}

namespace encours {

rocksdb::Env* env_with_torn_log();

}  // namespace encours
