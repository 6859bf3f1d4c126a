"""Runs unittest cases and says of each how it ended, also in the file that tests/run adds up.

That file has the form of GoogleTest's, in the folder that GTEST_OUTPUT names (xml:FOLDER/), under
the name of the ctest test: so each case counts by its own name, skipped ones with their reason.
"""
import os
import pathlib
import time
import traceback
import unittest
import xml.etree.ElementTree as ElementTree


class Result(unittest.TestResult):
    """Prints a line per case as it ends; keeps what the file needs."""

    def __init__(self):
        super().__init__()
        self.cases = []
        self._started = 0.0

    def startTest(self, test):
        super().startTest(test)
        self._started = time.monotonic()
        print(f"[ RUN      ] {name_of(test)}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._end(test, "passed", "")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._end(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._end(test, "failed", "".join(traceback.format_exception(*err)))

    def addError(self, test, err):
        super().addError(test, err)
        self._end(test, "failed", "".join(traceback.format_exception(*err)))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._end(subtest, "failed", "".join(traceback.format_exception(*err)))

    def _end(self, test, kind, why):
        seconds = time.monotonic() - self._started if self._started else 0.0
        self.cases.append((name_of(test), kind, why))
        mark = {"passed": "[       OK ]", "skipped": "[  SKIPPED ]", "failed": "[  FAILED  ]"}[kind]
        print(f"{mark} {name_of(test)} ({seconds:.1f} s)" + (f"\n{why}" if why else ""), flush=True)

    def write(self, path):
        suite = ElementTree.Element("testsuite")
        for name, kind, why in self.cases:
            group, _, case = name.partition(".")
            state = {"classname": group, "name": case, "status": "run", "result": "completed"}
            if kind == "skipped":
                state["result"] = "skipped"
            element = ElementTree.SubElement(suite, "testcase", state)
            if kind == "failed":
                ElementTree.SubElement(element, "failure", {"message": why[-2000:]})
        root = ElementTree.Element("testsuites")
        root.append(suite)
        path.parent.mkdir(parents=True, exist_ok=True)
        ElementTree.ElementTree(root).write(path)


def name_of(test):
    """ "Refusals.unknown_currency" of a case; unittest's own stand-ins have other ids."""
    parts = test.id().split(" ")[0].split(".")
    return ".".join(part.removeprefix("test_") for part in parts[-2:])


def run(name, cases):
    """Runs the classes of cases, or single cases, in their order; the exit code."""
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(one) if isinstance(one, type) else one
                               for one in cases)
    result = Result()
    suite.run(result)
    place = os.environ.get("GTEST_OUTPUT", "")
    if place.startswith("xml:"):
        result.write(pathlib.Path(place.removeprefix("xml:"), f"{name}.xml"))
    return 0 if result.wasSuccessful() else 1
