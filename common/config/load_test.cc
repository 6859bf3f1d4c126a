// Goal: a configuration is what its author meant, or the process says which key is wrong and why.
// Method: one struct with every kind of setting; YAML texts and expected messages by hand.
#include "common/config/load.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace encours::config {
namespace {

struct KafkaConfig {
  std::string bootstrap_servers = "";
  std::string password = "";
  int32_t linger_ms = 20;

  static void describe(Schema<KafkaConfig>& schema) {
    schema.field("bootstrap_servers",
                 &KafkaConfig::bootstrap_servers,
                 "Brokers as host:port, comma separated.",
                 required());
    schema.field("password", &KafkaConfig::password, "Password of the SASL user.", secret());
    schema.field("linger_ms", &KafkaConfig::linger_ms, "Time to fill a batch.", between(0, 1000));
  }
};

struct TestConfig {
  std::string clock = "wall";
  int64_t cache_bytes = 1024;
  bool standby = false;
  std::vector<std::string> topics = {"inbox"};
  KafkaConfig kafka = {.linger_ms = 5};

  static void describe(Schema<TestConfig>& schema) {
    schema.field("clock", &TestConfig::clock, "Wall | events.", one_of({"wall", "events"}));
    schema.field("cache_bytes",
                 &TestConfig::cache_bytes,
                 "Size of the cache.",
                 between(0, int64_t{1} << 40));
    schema.field("standby", &TestConfig::standby, "Keep a warm copy.");
    schema.field("topics", &TestConfig::topics, "Topics to read.", between(1, 3));
    schema.group("kafka", &TestConfig::kafka);
  }
};

Result<TestConfig> load_yaml(const std::string& text) {
  TestConfig config;
  ENCOURS_TRY(apply_yaml(Schema<TestConfig>().fields(), &config, text, "test.yaml"));
  return config;
}

Result<TestConfig> load_set(const std::vector<std::string>& overrides) {
  return load<TestConfig>({.file = "", .overrides = overrides});
}

TEST(Load, NestedDottedAndDefaults) {
  const Result<TestConfig> config = load_yaml(
      "clock: events\n"
      "cache_bytes: 4096\n"
      "standby: true\n"
      "topics: [inbox, clock]\n"
      "kafka:\n"
      "  bootstrap_servers: 'broker:9092'\n"
      "kafka.password: s3cret\n");
  ASSERT_TRUE(config.ok()) << config.failure().message;
  EXPECT_EQ(config->clock, "events");
  EXPECT_EQ(config->cache_bytes, 4096);
  EXPECT_TRUE(config->standby);
  EXPECT_EQ(config->topics, (std::vector<std::string>{"inbox", "clock"}));
  EXPECT_EQ(config->kafka.bootstrap_servers, "broker:9092");
  EXPECT_EQ(config->kafka.password, "s3cret");
  EXPECT_EQ(config->kafka.linger_ms, 5) << "a group's default is that of the member";
  EXPECT_TRUE(load_yaml("").ok());
  EXPECT_TRUE(load_yaml("kafka:\n#  linger_ms: 3\n").ok()) << "a group commented out";
}

TEST(Load, OverridesWinOverTheFile) {
  const Result<TestConfig> config = load_set({"kafka.bootstrap_servers=a:1",
                                              "topics=inbox,clock,settings",
                                              "kafka.linger_ms=0",
                                              "kafka.password=a=b"});
  ASSERT_TRUE(config.ok()) << config.failure().message;
  EXPECT_EQ(config->topics, (std::vector<std::string>{"inbox", "clock", "settings"}));
  EXPECT_EQ(config->kafka.linger_ms, 0);
  EXPECT_EQ(config->kafka.password, "a=b") << "only the first = separates";
}

struct Refusal {
  std::string yaml;
  std::string code;
  std::string field;
  std::string message;
};

void expect_refused(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    const Result<TestConfig> config = load_yaml(refusal.yaml);
    ASSERT_FALSE(config.ok()) << refusal.yaml;
    EXPECT_EQ(config.failure().code, refusal.code) << refusal.yaml;
    EXPECT_EQ(config.failure().field, refusal.field) << refusal.yaml;
    EXPECT_EQ(config.failure().message, refusal.message);
  }
}

TEST(Load, ErrorsNameKeyBoundAndLine) {
  expect_refused({
      {"\nclok: wall",
       "unknown_setting",
       "clok",
       "test.yaml:2: There is no setting clok. Did you mean clock?"},
      {"kafka:\n  lingerms: 3",
       "unknown_setting",
       "kafka.lingerms",
       "test.yaml:2: There is no setting kafka.lingerms. Did you mean kafka.linger_ms?"},
      {"kafka.linger_ms: 1001",
       "setting_out_of_range",
       "kafka.linger_ms",
       "test.yaml:1: kafka.linger_ms: \"1001\" must be 0 to 1000."},
      {"kafka.linger_ms: 99999999999",
       "setting_out_of_range",
       "kafka.linger_ms",
       "test.yaml:1: kafka.linger_ms must be 0 to 1000."},
      {"cache_bytes: 1k",
       "setting_wrong_type",
       "cache_bytes",
       "test.yaml:1: cache_bytes (whole number) can't be \"1k\"."},
      {"cache_bytes: 1.5",
       "setting_wrong_type",
       "cache_bytes",
       "test.yaml:1: cache_bytes (whole number) can't be \"1.5\"."},
      {"standby: no",
       "setting_wrong_type",
       "standby",
       "test.yaml:1: standby (true or false) can't be \"no\"."},
      {"clock: sun",
       "setting_out_of_range",
       "clock",
       "test.yaml:1: clock: \"sun\" is not one of wall, events."},
  });
}

TEST(Load, ErrorsOfListsGroupsAndRepetitions) {
  expect_refused({
      {"topics: inbox",
       "setting_wrong_type",
       "topics",
       "test.yaml:1: topics (list) can't be \"inbox\"."},
      {"topics: []",
       "setting_out_of_range",
       "topics",
       "test.yaml:1: topics: the number of its entries must be 1 to 3."},
      {"topics: [[a]]",
       "setting_wrong_type",
       "topics",
       "test.yaml:1: topics is a list of plain values."},
      {"clock: [wall]",
       "setting_wrong_type",
       "clock",
       "test.yaml:1: clock (text) can't be a list."},
      {"clock:", "setting_wrong_type", "clock", "test.yaml:1: clock has no value."},
      {"kafka: 3", "unknown_setting", "kafka", "test.yaml:1: There is no setting kafka."},
      {"clock: wall\nclock: events",
       "setting_given_twice",
       "clock",
       "test.yaml:2: clock is given twice."},
      {"kafka: {password: a}\nkafka.password: b",
       "setting_given_twice",
       "kafka.password",
       "test.yaml:2: kafka.password is given twice."},
      {"kafka.password: [s3cret]",
       "setting_wrong_type",
       "kafka.password",
       "test.yaml:1: kafka.password (text) can't be a list."},
      {"- a", "config_malformed", "", "test.yaml:1: The file is a map of settings."},
  });
}

TEST(Load, BrokenYamlAndFiles) {
  EXPECT_EQ(load_yaml("clock: [wall").failure().code, "config_malformed");
  EXPECT_EQ(load_yaml("a: *nothing").failure().code, "config_malformed");
  EXPECT_EQ(load<TestConfig>({.file = "/nonexistent/x.yaml", .overrides = {}}).failure().code,
            "config_unreadable");
  EXPECT_EQ(load<TestConfig>({.file = "/", .overrides = {}}).failure().code, "config_unreadable");
}

TEST(Load, OverridesAreCheckedToo) {
  EXPECT_EQ(load_set({"clok=wall"}).failure().code, "unknown_setting");
  EXPECT_EQ(load_set({"clock"}).failure().code, "config_malformed");
  EXPECT_EQ(load_set({"kafka.linger_ms=-1"}).failure().code, "setting_out_of_range");
  EXPECT_EQ(load_set({"topics="}).failure().code, "setting_out_of_range");
}

TEST(Load, RequiredMustBeGiven) {
  const Result<TestConfig> config = load_set({});
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.failure().code, "setting_missing");
  EXPECT_EQ(config.failure().field, "kafka.bootstrap_servers");
}

TEST(Print, MasksSecretsAndReadsBack) {
  TestConfig config;
  config.kafka.bootstrap_servers = "a \"quoted\"\\\n\x1b name";
  config.kafka.password = "s3cret";
  const std::string text = print(config);
  EXPECT_EQ(text,
            "clock: \"wall\"\n"
            "cache_bytes: 1024\n"
            "standby: false\n"
            "topics: [\"inbox\"]\n"
            "kafka.bootstrap_servers: \"a \\\"quoted\\\"\\\\\\x0a\\x1b name\"\n"
            "kafka.password: \"***\"\n"
            "kafka.linger_ms: 5\n");
  const Result<TestConfig> again = load_yaml(text);
  ASSERT_TRUE(again.ok()) << again.failure().message;
  EXPECT_EQ(again->kafka.bootstrap_servers, config.kafka.bootstrap_servers);
}

TEST(Reference, IsATableOfAllSettings) {
  EXPECT_EQ(reference<TestConfig>(),
            "| Setting | Type | Default | Allowed | Meaning |\n"
            "|---|---|---|---|---|\n"
            "| `clock` | text | `\"wall\"` | one of wall, events | Wall \\| events. |\n"
            "| `cache_bytes` | whole number, bytes | `1024` | 0 to 1099511627776 | "
            "Size of the cache. |\n"
            "| `standby` | true or false | `false` |  | Keep a warm copy. |\n"
            "| `topics` | list | `[\"inbox\"]` | 1 to 3 | Topics to read. |\n"
            "| `kafka.bootstrap_servers` | text | `\"\"` | required | "
            "Brokers as host:port, comma separated. |\n"
            "| `kafka.password` | text, secret | `\"\"` |  | Password of the SASL user. |\n"
            "| `kafka.linger_ms` | whole number, milliseconds | `5` | 0 to 1000 | "
            "Time to fill a batch. |\n");
}

struct BadDefault {
  int32_t port = 0;
  static void describe(Schema<BadDefault>& schema) {
    schema.field("port", &BadDefault::port, "A port.", between(1, 65535));
  }
};
struct NoBounds {
  int32_t port = 0;
  static void describe(Schema<NoBounds>& schema) {
    schema.field("port", &NoBounds::port, "A port.");
  }
};

TEST(SchemaDeathTest, RegistrationMistakes) {
  EXPECT_DEATH(Schema<BadDefault>(), "a default obeys its own rule");
  EXPECT_DEATH(Schema<NoBounds>(), "a number has bounds");
}

}  // namespace
}  // namespace encours::config
