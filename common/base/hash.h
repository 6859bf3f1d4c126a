// The hashes that become part of what is stored: SHA-256, stable ids, and Kafka's partitioner.
//
// All are pure functions of their bytes, the same on every machine and in every version: ids and
// partitions written years ago must be found again. They can't fail and are safe from any thread.
// Never use std::hash for something that is stored or sent.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace encours {

using Sha256 = std::array<uint8_t, 32>;

Sha256 sha256(std::string_view bytes);

// 64 lower-case hex characters.
std::string sha256_hex(std::string_view bytes);

// Two lower-case hex characters for each byte.
std::string hex_lower(std::span<const uint8_t> bytes);

// The id of what is named by `parts`: 32 lower-case hex characters.
//   id    := hex(first 16 bytes of SHA-256(part*))
//   part  := length: uint64 big-endian, bytes
// The lengths keep ("ab", "c") and ("a", "bc") apart.
std::string stable_id(std::initializer_list<std::string_view> parts);
std::string stable_id(std::span<const std::string_view> parts);

// Murmur2 with the seed of the Java Kafka client (org.apache.kafka.common.utils.Utils.murmur2).
uint32_t murmur2(std::string_view bytes);

// The partition that the Java client's default partitioner chooses for a record with this key.
// `partitions` must be positive.
int32_t partition_of(std::string_view key, int32_t partitions);

}  // namespace encours
