"""Adds up the results of tests/run and prints the closing line that CI reads.

summary.py RESULTS: each folder in it is a level. summary.py --cases RESULTS/LEVEL prints a line for
each case of the programs that ctest shows in one line. ctest.xml knows test programs; a GoogleTest
program also leaves gtest/PROGRAM.xml, whose cases are counted instead of the program. A program
that died, timed out or failed after its last case left no such file or a good one: it counts as
one failure more. Exit 1 when anything failed or when no test ran at all.
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

KINDS = ("passed", "failed", "skipped")


def gtest_results(path):
    """Yields (kind, name) of each case of one GoogleTest program."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None:
            yield "failed", name
        elif case.get("result") == "skipped" or case.get("status") == "notrun":
            yield "skipped", name
        else:
            yield "passed", name


def program_results(case, gtest_folder):
    """Yields (kind, name) for one test of ctest: its cases, or itself when it wrote none."""
    name = case.get("name")
    status = case.get("status")
    own = gtest_folder / f"{name}.xml"
    results = []
    if own.exists():
        try:
            results = list(gtest_results(own))
        except ElementTree.ParseError:
            yield "failed", f"{name} (its results are cut off)"
            return
    yield from results
    if status == "fail":
        if not any(kind == "failed" for kind, _ in results):
            yield "failed", f"{name} (the program itself)"
    elif status == "run":
        if not results:
            yield "passed", name
    else:
        yield "skipped" if case.find("skipped") is not None else "failed", name


def level_results(folder):
    counts = folder / "counts"
    if counts.exists():
        for line in counts.read_text().splitlines():
            kind, name = line.split(" ", 1)
            yield kind.lower(), name
    report = folder / "ctest.xml"
    if report.exists():
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            yield from program_results(case, folder / "gtest")


def print_cases(folder):
    """The cases of each program that left its own results under its name in ctest."""
    for case in ElementTree.parse(folder / "ctest.xml").getroot().iter("testcase"):
        if not (folder / "gtest" / f"{case.get('name')}.xml").exists():
            continue
        for kind, name in program_results(case, folder / "gtest"):
            print(f"{name} {kind.capitalize()}")


def main(results):
    total = dict.fromkeys(KINDS, 0)
    for folder in sorted(pathlib.Path(results).iterdir()):
        level = dict.fromkeys(KINDS, 0)
        for kind, name in level_results(folder):
            level[kind] += 1
            total[kind] += 1
            if kind != "passed":
                print(f"{kind.upper()} {folder.name}: {name}")
        if any(level.values()):
            print(f"{folder.name}: " + ", ".join(f"{level[kind]} {kind}" for kind in KINDS))
    print(", ".join(f"{total[kind]} {kind}" for kind in KINDS))
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    if sys.argv[1] == "--cases":
        sys.exit(print_cases(pathlib.Path(sys.argv[2])))
    sys.exit(main(sys.argv[1]))
