// Schema<Config> lists the settings of a configuration struct, each with all there is to say.
//
//   struct IngestionConfig {
//     std::string grpc_listen_address = "127.0.0.1:50051";
//     int64_t commit_interval_ms = 25;
//     KafkaConfig kafka;
//
//     static void describe(config::Schema<IngestionConfig>& schema) {
//       schema.field("grpc_listen_address", &IngestionConfig::grpc_listen_address,
//                    "Address on which gRPC is served; port 0 takes a free one.",
//                    config::required());
//       schema.field("commit_interval_ms", &IngestionConfig::commit_interval_ms,
//                    "Shortest time between two commits of a runner.", config::between(1, 60'000));
//       schema.group("kafka", &IngestionConfig::kafka);
//     }
//   };
//
// The default is the member's initialiser and must obey its own rule (checked). Members are
// std::string, int32_t, int64_t, bool, std::vector<std::string>, or a group: a struct with a
// describe() of its own, whose settings get its name as prefix. Whole numbers need bounds.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/config/field.h"

namespace encours::config {

// True for lower_snake_case, the only form of a name.
bool is_setting_name(std::string_view name);

template <class Config>
class Schema {
 public:
  Schema() { Config::describe(*this); }

  const std::vector<Field>& fields() const& { return fields_; }
  // By value, so that a loop over the fields of a temporary is safe.
  std::vector<Field> fields() && { return std::move(fields_); }

  template <class Member>
  void field(std::string name, Member Config::*member, std::string sentence, Rule rule = any()) {
    constexpr bool kNumber = std::is_same_v<Member, int32_t> || std::is_same_v<Member, int64_t>;
    ENCOURS_CHECK(is_setting_name(name), "a setting is named in lower_snake_case");
    ENCOURS_CHECK(sentence.ends_with('.'), "a setting is explained by a sentence");
    ENCOURS_CHECK(!kNumber || rule.bounded(), "a number has bounds");
    Field entry{std::move(name),
                type_word(static_cast<Member*>(nullptr)),
                std::move(sentence),
                std::move(rule),
                {},
                {}};
    entry.set = [member](const Field& self, void* config, const Written& written) {
      return read_value(self, written, static_cast<Config*>(config)->*member);
    };
    entry.show = [member](const void* config) {
      return write_value(static_cast<const Config*>(config)->*member);
    };
    const Config defaults{};
    Config scratch{};
    // What is required has no default to judge.
    ENCOURS_CHECK(entry.rule.required || entry.set(entry, &scratch, entry.show(&defaults)).ok(),
                  "a default obeys its own rule");
    fields_.push_back(std::move(entry));
  }

  template <class Group>
  void group(const std::string& name, Group Config::*member) {
    ENCOURS_CHECK(is_setting_name(name), "a group is named in lower_snake_case");
    for (const Field& inner : Schema<Group>().fields()) {
      Field entry = inner;
      entry.name = name + "." + inner.name;
      entry.set = [member, set = inner.set](
                      const Field& self, void* config, const Written& written) {
        return set(self, &(static_cast<Config*>(config)->*member), written);
      };
      entry.show = [member, show = inner.show](const void* config) {
        return show(&(static_cast<const Config*>(config)->*member));
      };
      fields_.push_back(std::move(entry));
    }
  }

 private:
  std::vector<Field> fields_;
};

}  // namespace encours::config
