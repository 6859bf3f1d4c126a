#!/usr/bin/env python3
"""Checks the rules of the house over a source tree: tidy.py [ROOT]. The rules are in rules.py.

Prints each break as file:line: rule: what, and ends with 1 when there is one. It reads text only
(see source_text.py), needs nothing but Python, and takes a second or two.
"""
import os
import pathlib
import re
import sys

import cmake_links
import rules
import source_text


class Source:
    """One text file: its path below the root, its lines, its language."""

    def __init__(self, root, path):
        self.path = path
        self.text = (root / path).read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.splitlines()
        first = self.lines[0] if self.lines else ""
        suffix = pathlib.PurePath(path).suffix
        script = first.startswith("#!") and suffix == ""
        self.is_cpp = suffix in rules.CPP
        self.is_python = suffix == ".py" or (script and "python" in first)
        self.is_shell = suffix == ".sh" or (script and "sh" in first and not self.is_python)
        self.is_cmake = suffix == ".cmake" or path.endswith("CMakeLists.txt")
        self.is_foreign = any(re.match(pattern, path) for pattern in rules.FOREIGN)
        self.is_checked = not self.is_foreign and (
            suffix in rules.CHECKED or script or self.is_cmake)
        self.code = source_text.code_only(self.text) if self.is_cpp else ""


def find_files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - rules.SKIPPED_FOLDERS)
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), root)


def is_text(root, path):
    with open(root / path, "rb") as stream:
        return b"\0" not in stream.read(1024)


def check_sizes(source):
    if len(source.lines) > rules.FILE_MAX_LINES:
        yield 1, "file-length", f"{len(source.lines)} lines, at most {rules.FILE_MAX_LINES}"
    for number, line in enumerate(source.lines, 1):
        if len(line) > rules.LINE_MAX_COLUMNS:
            yield number, "line-length", f"{len(line)} columns, at most {rules.LINE_MAX_COLUMNS}"
    for name, number, count in functions_of(source):
        if count > rules.FUNCTION_MAX_LINES:
            yield (number, "function-length",
                   f"{name} has {count} lines, at most {rules.FUNCTION_MAX_LINES}")


def functions_of(source):
    if source.is_cpp:
        return source_text.cpp_functions(source.code)
    if source.is_python:
        return source_text.python_functions(source.text)
    if source.is_shell:
        return source_text.shell_functions(source.text)
    return ()


def check_words(source):
    for number, line in enumerate(source.lines, 1):
        match = rules.BANNED_PATTERN.search(line)
        if match:
            yield number, "banned-word", f"{match.group(0)}: do it now, or file an issue"


def check_secrets(source):
    for number, line in enumerate(source.lines, 1):
        if any(pattern.search(line) for pattern in rules.SECRETS):
            yield number, "secret", "this looks like a key or a token"


def applies(where, allowed, path):
    return re.match(where, path) and not (allowed and re.match(allowed, path))


_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def check_includes(source):
    for number, line in enumerate(source.lines, 1):
        match = _INCLUDE.match(line)
        if not match:
            continue
        for rule, pattern, where, allowed, why in rules.INCLUDES:
            if applies(where, allowed, source.path) and re.match(pattern, match.group(1)):
                yield number, rule, f"{match.group(1)}: {why}"


def check_code(source):
    for rule, pattern, where, allowed, why in rules.CODE:
        if not applies(where, allowed, source.path):
            continue
        for match in re.finditer(pattern, source.code):
            number = source.code.count("\n", 0, match.start()) + 1
            yield number, rule, f"{match.group(0)}: {why}"


def check_source(source):
    yield from check_secrets(source)
    if source.is_checked:
        yield from check_sizes(source)
        yield from check_words(source)
    if source.is_cpp and not source.is_foreign:
        yield from check_includes(source)
        yield from check_code(source)
    if source.is_cmake:
        yield from cmake_links.check(source)
    if source.path.endswith("README.md") and source.path.split("/")[0] in rules.README_ROOTS:
        if len(source.lines) > rules.README_MAX_LINES:
            yield (1, "readme-length",
                   f"{len(source.lines)} lines, at most {rules.README_MAX_LINES}")


def check_tree(root, sources):
    """What no single file can tell."""
    for parent in rules.README_PARENTS:
        if not (root / parent).is_dir():
            continue
        for child in sorted((root / parent).iterdir()):
            if child.is_dir() and any(child.iterdir()) and not (child / "README.md").exists():
                yield f"{parent}/{child.name}", 1, "readme-missing", "each folder says what it is"
    wrappers = [source.path for source in sources
                if re.search(rules.TRANSACTION_CALL, source.code)]
    for path in wrappers[1:]:
        yield (path, 1, "transaction",
               f"only one file may call Kafka's transactions, and {wrappers[0]} does")


def check(root):
    """All breaks of the rules below root, as (path, line, rule, what)."""
    root = pathlib.Path(root)
    sources = [Source(root, path) for path in find_files(root) if is_text(root, path)]
    broken = [(source.path, *found) for source in sources for found in check_source(source)]
    return broken + list(check_tree(root, sources)), len(sources)


def main(arguments):
    root = arguments[0] if arguments else pathlib.Path(__file__).resolve().parents[2]
    broken, count = check(root)
    for path, line, rule, what in sorted(set(broken)):
        print(f"{path}:{line}: {rule}: {what}")
    print(f"tidy: {count} files, {len(set(broken))} breaks of the rules")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
