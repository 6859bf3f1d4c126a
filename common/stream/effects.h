// Effects: all that a decision wants done, as data. The shell carries them out, in one transaction.
//
// A decision adds to an Effects value and returns it; nothing happens before the shell stages it
// (stage.h). Rows and timers are completed with the scope of the view they were made for. Facts
// get their envelope from the shell: id = hash of what caused them and their ordinal here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

#include "common/base/result.h"
#include "common/state/key.h"
#include "common/state/rows.h"
#include "common/state/store.h"
#include "common/stream/record.h"
#include "common/stream/view.h"

namespace encours::stream {

// A row to put, or to erase where there is none.
struct RowPut {
  std::string key;
  RowPointer row;
};

// A record for another topic. `body` is the message without its envelope.
struct Fact {
  std::string topic;
  std::string key;  // "tenant/entity"; its murmur2 hash chooses the partition.
  std::string body;
  std::optional<Instant> occurred_at;  // Default: that of the record.
  std::optional<Instant> recorded_at;  // Only where a door gives a fact its place; default: `at`.
  std::string tenant;                  // Default: that of the record.
  // Doors only: a root gives its records ids of (tenant, source, the source's own id).
  std::string id;
  std::string order_key;
  std::string actor;
  bool to_all_partitions = false;      // Settings only.
  bool tombstone = false;              // Compacted topics: erase the key.
  bool plain = false;                  // `body` alone, into the partition of the task.
  // Personal data: the shell seals `body` under the person's key and writes a PersonRecord.
  bool sealed = false;
  std::string account;
  std::string person;  // Empty: the account itself.
  std::string record;  // What it belongs to; empty: master data.
  std::string type;    // Full name of the message in `body`.
};

struct TimerChange {
  std::uint8_t kind = 0;
  std::string entity;
  std::optional<Instant> due;  // Unset: clear it.
};

// A wish for the outside world, carried out by a worker (common/egress) once it is committed. Its
// outcome comes back as a record of kind kOutcome under the same scope. `id` is stable and never
// used for another attempt; what the outside is to recognise a repetition by stands in the body.
struct Intent {
  std::string kind;  // Which worker: "mail", "fetch".
  std::string id;
  std::string type;  // Full name of the message in `body`.
  std::string body;
};

// Time moves: ticks of a clock for every partition of a topic, in order and in one transaction.
// Only for the stage that decides a clock; all others pass on what they read.
struct ClockMove {
  std::string topic;
  std::string clock;
  std::vector<Instant> instants;
  std::int64_t settings_version = 0;
  std::string origin;  // Name under which readers align the ticks: the "stage" of their channel.
};

struct Refusal {
  Error error;
  std::string original;
  std::int64_t original_size = 0;
  std::string original_sha256;
  std::string door;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> decoder_hints;
  std::string tenant;
  SourcePosition position;
};

struct Reply {
  Status status;
  std::string response;  // Serialised response message where status is ok.
};

class Effects {
 public:
  explicit Effects(const View& view) : scope_(view.scope()) {}

  template <class Row>
  void put(const Table<Row>& table, Row row, const KeyWriter& rest = {}) {
    rows.push_back({key(table.id, rest.bytes()), std::make_shared<Row>(std::move(row))});
  }
  template <class Row>
  void erase(const Table<Row>& table, const KeyWriter& rest = {}) {
    rows.push_back({key(table.id, rest.bytes()), nullptr});
  }

  // Adds a fact; the returned reference is for the optional fields.
  Fact& emit(std::string topic, std::string fact_key, const google::protobuf::MessageLite& body) {
    Fact& fact = facts.emplace_back();
    fact.topic = std::move(topic);
    fact.key = std::move(fact_key);
    fact.body = serialise(body);
    return fact;
  }

  void ask(std::string kind, std::string id, const google::protobuf::Message& body) {
    intents.push_back(
        Intent{std::move(kind), std::move(id), body.GetDescriptor()->full_name(), serialise(body)});
  }

  // Setting a timer of the same kind and entity again replaces it.
  void set_timer(std::uint8_t kind, const KeyWriter& entity, Instant due) {
    timers.push_back(TimerChange{kind, entity.bytes(), due});
  }
  void clear_timer(std::uint8_t kind, const KeyWriter& entity) {
    timers.push_back(TimerChange{kind, entity.bytes(), std::nullopt});
  }

  void answer(const google::protobuf::MessageLite& response) {
    reply = Reply{Status(), serialise(response)};
  }
  void refuse(Error why) { reply = Reply{Status(std::move(why)), {}}; }

  const std::string& scope() const { return scope_; }

  // The rows as a store takes them.
  std::vector<RowChange> row_changes() const;

  std::vector<RowPut> rows;
  std::vector<Fact> facts;
  std::vector<Intent> intents;
  std::vector<TimerChange> timers;
  std::vector<ClockMove> clock_moves;
  std::vector<Refusal> refusals;
  std::optional<Reply> reply;

  // Deterministic bytes: fields in order, no map fields in our messages.
  static std::string serialise(const google::protobuf::MessageLite& message);

 private:
  std::string key(std::uint8_t table, std::string_view rest) const {
    return KeyWriter().byte(table).raw(scope_).raw(rest).take();
  }
  std::string scope_;
};

}  // namespace encours::stream
