#!/usr/bin/env python3
"""Self-test of tidy. Goal: each rule fires on the break it is for, and on nothing near it.

Method: a temporary tree is planted with one break, with a twin that is allowed, or with both;
the rules that fired are compared with those written here by hand. A rule that can't fire is a
defect of this suite, so the last test asks that every rule was seen.
"""
import pathlib
import tempfile
import unittest

import rules
import source_text
import tidy

SEEN = set()
README = {"common/kafka/README.md": "Kafka.\n", "services/x/README.md": "X.\n"}


def breaks(files):
    """The rules that fire on a tree with these files, as a set of (path, rule)."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = pathlib.Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        found, _ = tidy.check(folder)
    SEEN.update(rule for _, _, rule, _ in found)
    return {(path, rule) for path, _, rule, _ in found if rule != "readme-missing"}


def body(lines):
    return "  call();\n" * lines


class Sizes(unittest.TestCase):
    def test_line(self):
        self.assertEqual(breaks({"a.cc": "x" * 101 + "\n", "b.cc": "é" * 100 + "\n"}),
                         {("a.cc", "line-length")})
        self.assertEqual(breaks({"deploy/run": "#!/usr/bin/env bash\n# " + "x" * 99}),
                         {("deploy/run", "line-length")})

    def test_file(self):
        self.assertEqual(breaks({"a.h": "\n" * 501, "b.h": "\n" * 500}), {("a.h", "file-length")})

    def test_function_cpp(self):
        self.assertEqual(breaks({"a.cc": "void f() {\n" + body(69) + "}\n",
                                 "b.cc": "void f() {\n" + body(68) + "}\n"}),
                         {("a.cc", "function-length")})

    def test_function_with_long_signature(self):
        text = "Status Store::put(\n    const Key& key,\n    Row row) const {\n" + body(67) + "}\n"
        self.assertEqual(breaks({"a.cc": text}), {("a.cc", "function-length")})

    def test_function_python_and_shell(self):
        self.assertEqual(
            breaks({"a.py": "def f():\n" + "    g()\n" * 70,
                    "a.sh": "f() {\n" + "  g\n" * 69 + "}\n",
                    "b.sh": "f() { g; }\nh() {\n" + "  g\n" * 68 + "}\n"}),
            {("a.py", "function-length"), ("a.sh", "function-length")})

    def test_class_and_namespace_may_be_long(self):
        member = "  int get() const { return 1; }\n"
        text = "namespace a {\nclass B final : public C<int(int)> {\n public:\n" + member * 90
        self.assertEqual(breaks({"a.h": text + "};\n}  // namespace a\n"}), set())

    def test_readme(self):
        self.assertEqual(breaks({"common/a/b/README.md": "x\n" * 31, "README.md": "x\n" * 90}),
                         {("common/a/b/README.md", "readme-length")})

    def test_readme_missing(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "common/a").mkdir(parents=True)
            pathlib.Path(folder, "common/a/b.h").write_text("")
            pathlib.Path(folder, "common/empty").mkdir()
            found, _ = tidy.check(folder)
        SEEN.update(rule for _, _, rule, _ in found)
        self.assertEqual([(path, rule) for path, _, rule, _ in found],
                         [("common/a", "readme-missing")])


class Functions(unittest.TestCase):
    """How braces are read, on cases that a simple matcher takes wrongly."""

    def names(self, text):
        return [name for name, _, _ in source_text.cpp_functions(source_text.code_only(text))]

    def test_initialisers_are_no_functions(self):
        self.assertEqual(self.names("int a[] = {1, 2};\nFoo foo{1};\nenum class E { kA };\n"), [])

    def test_constructor_with_braced_members(self):
        self.assertEqual(self.names("A::A(int b) : b_{b}, c_(d(1)) {\n}\n"), ["A::A"])

    def test_templates_trailing_types_and_tests(self):
        text = ("template <class T, class = X<Y<T>>>\nauto f(T t) -> Result<T> {\n}\n"
                "TEST(Suite, Name) {\n}\nbool A::operator==(const A& o) const noexcept {\n}\n")
        self.assertEqual(self.names(text), ["f", "TEST", "A::operator=="])
        self.assertEqual(self.names("T A::take() && {\n}\nT& A::get() const& noexcept {\n}\n"),
                         ["A::take", "A::get"])

    def test_control_and_quoted_braces(self):
        text = ('void f() {\n  if (a) { b(); } else if (c) { d("}{"); }\n'
                "  char x = '{';\n  auto y = R\"q({{{)q\";\n  int z = 1'000;  // {\n}\n"
                "#define M(x) \\\n  { x }\nint g() { return 1; }\n")
        self.assertEqual(self.names(text), ["f", "g"])

    def test_lambda_is_measured_alone_and_with_its_function(self):
        text = "void f() {\n  run([&](int x) {\n" + body(70) + "  });\n}\n"
        counts = [count for _, _, count in source_text.cpp_functions(text)]
        self.assertEqual(counts, [72, 74])


class Words(unittest.TestCase):
    def test_banned_words(self):
        for word in rules.BANNED_WORDS:
            with self.subTest(word=word):
                self.assertEqual(breaks({"a.cc": f"// {word}: later\n", "b.cc": f"// a{word}b\n"}),
                                 {("a.cc", "banned-word")})
        no_currency = rules.BANNED_WORDS[2]
        self.assertEqual(breaks({"a.cc": f'auto c = "{no_currency}";\n'}), set())

    def test_secrets(self):
        key = "-----BEGIN EC PRIVATE " + "KEY-----\n"
        token = "ey" + "J" + "a" * 30 + ".ey" + "J" + "b" * 30 + "." + "c" * 30 + "\n"
        self.assertEqual(breaks({"a.pem": key, "b.txt": token, "c.md": "BEGIN PUBLIC KEY\n"}),
                         {("a.pem", "secret"), ("b.txt", "secret")})


class Includes(unittest.TestCase):
    def fires(self, path, include, rule):
        found = breaks({path: f"#include {include}\n", **README})
        self.assertEqual(found, {(path, rule)} if rule else set(), (path, include))

    def test_domain(self):
        for include in ("<librdkafka/rdkafka.h>", "<rocksdb/db.h>", "<grpcpp/grpcpp.h>"):
            self.assertIn(("services/x/domain/a.cc", "domain-include"),
                          breaks({"services/x/domain/a.cc": f"#include {include}\n"}))
        for include in ("<spdlog/spdlog.h>", "<thread>", "<iostream>", "<fstream>", "<random>",
                        '"common/kafka/producer.h"', '"common/query/page.h"'):
            self.fires("services/x/domain/a.cc", include, "domain-include")
        for include in ("<vector>", "<chrono>", '"common/money/money.h"',
                        '"services/x/domain/model.h"', '"encours/erp/v1alpha1/events.pb.h"'):
            self.fires("services/x/domain/a.cc", include, None)
        self.fires("services/x/domain/a_test.cc", "<random>", None)

    def test_homes_of_libraries(self):
        self.fires("common/stream/a.cc", "<librdkafka/rdkafka.h>", "rdkafka-include")
        self.fires("common/kafka/a.cc", "<librdkafka/rdkafka.h>", None)
        self.fires("common/stream/a.cc", "<rocksdb/db.h>", "rocksdb-include")
        self.fires("common/state/a.cc", "<rocksdb/db.h>", None)
        self.fires("services/x/main.cc", "<grpcpp/grpcpp.h>", "grpc-include")
        for path in ("common/rpc/a.cc", "services/x/rpc/a.cc", "services/encoursctl/a.cc",
                     "tests/e2e/a.cc"):
            self.fires(path, "<grpcpp/grpcpp.h>", None)

    def test_queries_know_no_calls(self):
        self.fires("common/query/page.h", '"common/rpc/guard.h"', "query-include")
        self.fires("services/x/query/list.cc", '"common/service/dump.h"', "query-include")
        self.fires("common/query/local_view.h", '"common/rpc/guard.h"', None)
        self.fires("common/query/ask_all.h", '"common/rpc/peers.h"', None)
        self.fires("services/x/rpc/list.cc", '"common/rpc/guard.h"', None)


class Code(unittest.TestCase):
    def test_clock(self):
        text = "auto t = std::chrono::steady_clock::now();\n"
        self.assertEqual(
            breaks({"common/rpc/a.cc": text, "common/time/a.cc": text, "common/rpc/a_test.cc": text,
                    "common/kafka/a.cc": "// system_clock is not read here.\n"}),
            {("common/rpc/a.cc", "clock")})

    def test_domain_calls(self):
        self.assertEqual(breaks({"services/x/domain/a.cc": "int a = std::rand();\n",
                                 "services/x/domain/b.cc": "int b = brand(1);\n"}),
                         {("services/x/domain/a.cc", "domain-call")})

    def test_transaction_in_one_wrapper_only(self):
        call = "auto e = rd_kafka_commit_transaction(h, 1);\n"
        self.assertEqual(breaks({"common/kafka/a.cc": call}), set())
        self.assertEqual(breaks({"common/kafka/a.cc": call, "common/kafka/b.cc": call}),
                         {("common/kafka/b.cc", "transaction")})
        self.assertEqual(breaks({"common/stream/commit.cc": call}),
                         {("common/stream/commit.cc", "transaction")})

    def test_transaction_callers(self):
        call = "return producer.begin_transaction();\n"
        self.assertEqual(breaks({"common/stream/commit.cc": call, "common/stream/poll.cc": call,
                                 "common/kafka/producer.cc": call, "tests/fault/a.cc": call}),
                         {("common/stream/poll.cc", "transaction")})


class Links(unittest.TestCase):
    def test_domain_library(self):
        good = "encours_library(x_domain SOURCES a.cc DEPS encours_base encours_proto)\n"
        bad = "encours_library(x_domain SOURCES a.cc\n  DEPS encours_base encours_kafka)\n"
        self.assertEqual(breaks({"services/x/domain/CMakeLists.txt": good}), set())
        self.assertEqual(breaks({"services/x/domain/CMakeLists.txt": bad}),
                         {("services/x/domain/CMakeLists.txt", "domain-link")})

    def test_domain_sources_named_in_the_service(self):
        text = ("encours_library(x_domain SOURCES domain/a.cc DEPS encours_base)\n"
                "target_link_libraries(encours_x_domain PUBLIC encours_state)\n")
        self.assertEqual(breaks({"services/x/CMakeLists.txt": text}),
                         {("services/x/CMakeLists.txt", "domain-link")})
        self.assertEqual(
            breaks({"services/x/CMakeLists.txt":
                    "encours_executable(x SOURCES main.cc DEPS encours_x_domain encours_state)\n"}),
            set())

    def test_domain_tests_may_link_their_tools(self):
        text = "encours_test(x_test unit SOURCES a_test.cc DEPS encours_x_domain {})\n"
        self.assertEqual(breaks({"services/x/domain/CMakeLists.txt": text.format("rapidcheck")}),
                         set())
        self.assertEqual(breaks({"services/x/domain/CMakeLists.txt": text.format("encours_kafka")}),
                         {("services/x/domain/CMakeLists.txt", "domain-link")})

    def test_domain_may_link_what_it_may_include(self):
        # common/stream is the library stream_api to domain code.
        for folder in ("base", "filter", "money", "stream", "time"):
            include = f'#include "common/{folder}/a.h"\n'
            self.assertEqual(breaks({"services/x/domain/a.cc": include, **README}), set(), folder)
            library = {"stream": "stream_api"}.get(folder, folder)
            text = f"encours_library(x_domain SOURCES a.cc DEPS encours_{library})\n"
            self.assertEqual(breaks({"services/x/domain/CMakeLists.txt": text}), set(), folder)


class ZEveryRule(unittest.TestCase):
    def test_every_rule_was_seen(self):
        expected = ({rule for rule, *_ in rules.INCLUDES + rules.CODE} |
                    {"line-length", "file-length", "function-length", "banned-word", "secret",
                     "readme-length", "readme-missing", "domain-link"})
        self.assertEqual(SEEN, expected)


if __name__ == "__main__":
    unittest.main(verbosity=0)
