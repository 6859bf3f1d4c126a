"""The rules of tests/tidy as data: limits, words, and who may include, call or link what.

A path pattern is a regular expression matched at the beginning of the path below the root.
"""
import re

LINE_MAX_COLUMNS = 100
FUNCTION_MAX_LINES = 70
FILE_MAX_LINES = 500
README_MAX_LINES = 30

# Folders that are not ours to check, by name, and trees written by others, by path.
SKIPPED_FOLDERS = {".git", ".run", ".cache", "build", "node_modules", "__pycache__", "dist"}
FOREIGN = (r"proto/google/",)

CPP = (".cc", ".h")
CHECKED = CPP + (".proto", ".py", ".sh", ".cmake", ".ts", ".tsx", ".js", ".sql")

# First-level children of these must have a README.md, short like every README below README_ROOTS.
README_PARENTS = ("common", "services")
README_ROOTS = ("common", "services", "proto", "tests", "deploy")

# Put together, so that this file doesn't break its own rule. The last one is also the ISO code of
# "no currency", so it counts only where it marks a comment.
_MARK = "X" + "XX"
BANNED_WORDS = ("TO" + "DO", "FIX" + "ME", _MARK)
BANNED_PATTERN = re.compile(
    rf"\b({BANNED_WORDS[0]}|{BANNED_WORDS[1]})\b|(?://|#|/\*)\s*({_MARK})\b|\b({_MARK}):")

SECRETS = (
    re.compile(r"BEGIN [A-Z ]*PRIVATE " + "KEY"),
    re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
)

DOMAIN = r"services/[^/]+/domain/"
TESTS = r"tests/|.*_test\.(cc|h)$|.*_fuzz(er)?\.cc$"

# (rule, pattern of the included file, where it is checked, where it is allowed, why)
INCLUDES = (
    ("domain-include",
     r"librdkafka/|rocksdb/|grpcpp/|grpc/|spdlog/|prometheus/|curl/",
     DOMAIN, None, "domain code does no I/O and no logging"),
    ("domain-include",
     r"(thread|mutex|shared_mutex|atomic|future|condition_variable|random|iostream|fstream"
     r"|filesystem|ctime|time\.h|sys/.*|unistd\.h)$",
     DOMAIN, DOMAIN + r".*_test\.cc$", "domain code has no I/O, clock, randomness or threads"),
    ("domain-include",
     r"common/(?!(base|filter|money|settings|stream|time)/)",
     DOMAIN, None, "domain code may use base, filter, money, settings, stream and time"),
    ("rdkafka-include", r"librdkafka/|rdkafka(cpp)?\.h$", r"", r"common/kafka/",
     "rdkafka.h is only for common/kafka"),
    ("rocksdb-include", r"rocksdb/", r"", r"common/state/", "RocksDB is only for common/state"),
    ("query-include", r"common/(kafka|rpc|service)/", r"common/query/|services/[^/]+/query/",
     r"common/query/(local_view|ask_all)\.|.*_test\.(cc|h)$",
     "a query is a pure function of snapshots; only local_view and ask_all know of calls"),
    ("grpc-include", r"grpcpp/|grpc/", r"",
     r"common/rpc/|services/[^/]+/rpc/|services/encoursctl/|tests/",
     "gRPC is only for common/rpc, services/*/rpc, encoursctl and tests"),
)

# (rule, pattern in code without comments and strings, where, where it is allowed, why)
CODE = (
    ("clock", r"\b(system_clock|steady_clock|high_resolution_clock)\b", r"",
     r"common/time/|" + TESTS, "clocks are read in common/time only"),
    ("domain-call", r"\b(rand|srand|random_device|getenv|time|gettimeofday)\s*\(", DOMAIN,
     DOMAIN + r".*_test\.cc$", "a decision may depend on its arguments only"),
    ("transaction", r"\brd_kafka_(begin|commit|abort)_transaction\b", r"", r"common/kafka/",
     "Kafka transactions are wrapped by one file of common/kafka"),
    ("transaction", r"\b(begin|commit|abort)_transaction\s*\(", r"",
     r"common/kafka/|common/stream/commit\.|" + TESTS,
     "transactions are begun and ended by common/stream/commit.* only"),
)
TRANSACTION_CALL = CODE[2][1]

# What the libraries of a domain folder may link, and what its tests may link besides.
# yaml-cpp: a mapping is a text that people write, and reading it is a pure function of the text.
DOMAIN_LINKS = {"yaml-cpp", "encours_base", "encours_filter", "encours_money", "encours_time",
                "encours_settings", "encours_stream_api", "encours_proto", "encours_options"}
DOMAIN_TEST_LINKS = re.compile(r"encours_\w+_domain$|rapidcheck|GTest::|encours_test")
DOMAIN_OWN_LINK = re.compile(r"encours_\w+_domain$")
