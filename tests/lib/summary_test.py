#!/usr/bin/env python3
"""Self-test of summary.py. Goal: nothing that failed, died or hung is ever counted as passed.

Method: result files as ctest and GoogleTest write them, made by hand, one per way to end.
"""
import contextlib
import io
import pathlib
import tempfile
import unittest

import summary


def ctest(name, status, inside=""):
    return f'<testsuite><testcase name="{name}" status="{status}">{inside}</testcase></testsuite>'


def gtest(*cases):
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


PASSED = '<testcase name="a" classname="S" status="run" result="completed"/>'
FAILED = '<testcase name="b" classname="S" status="run"><failure message="no"/></testcase>'
SKIPPED = '<testcase name="c" classname="S" status="run" result="skipped"/>'


class Summary(unittest.TestCase):
    def closing(self, files):
        """The closing line and the exit status for these files below the results folder."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                place = pathlib.Path(folder, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                status = summary.main(folder)
        return output.getvalue().splitlines()[-1], status

    def program(self, status, report=None):
        files = {"unit/ctest.xml": ctest("p", status)}
        if report is not None:
            files["unit/gtest/p.xml"] = report
        return self.closing(files)

    def test_cases_are_counted(self):
        self.assertEqual(self.program("run", gtest(PASSED, PASSED, SKIPPED)),
                         ("2 passed, 0 failed, 1 skipped", 0))
        self.assertEqual(self.program("fail", gtest(PASSED, FAILED)),
                         ("1 passed, 1 failed, 0 skipped", 1))

    def test_cases_are_shown_where_a_program_has_several(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "gtest").mkdir()
            (folder / "ctest.xml").write_text(ctest("p", "fail"), encoding="utf-8")
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                summary.print_cases(folder)
                (folder / "gtest" / "p.xml").write_text(gtest(PASSED, FAILED), encoding="utf-8")
                summary.print_cases(folder)
        self.assertEqual(output.getvalue().splitlines(), ["S.a Passed", "S.b Failed"])

    def test_program_that_died_or_hung_left_no_report(self):
        self.assertEqual(self.program("fail"), ("0 passed, 1 failed, 0 skipped", 1))

    def test_program_that_failed_after_its_last_case(self):
        self.assertEqual(self.program("fail", gtest(PASSED)), ("1 passed, 1 failed, 0 skipped", 1))

    def test_report_that_is_cut_off(self):
        self.assertEqual(self.program("run", "<testsuites><testsuite>"),
                         ("0 passed, 1 failed, 0 skipped", 1))

    def test_program_that_could_not_be_started(self):
        self.assertEqual(self.program("notrun"), ("0 passed, 1 failed, 0 skipped", 1))

    def test_scripts(self):
        self.assertEqual(self.program("run"), ("1 passed, 0 failed, 0 skipped", 0))
        skipped = {"unit/ctest.xml": ctest("p", "notrun", "<skipped/>"),
                   "tidy/counts": "PASSED t\n"}
        self.assertEqual(self.closing(skipped), ("1 passed, 0 failed, 1 skipped", 0))
        self.assertEqual(self.closing({"tidy/counts": "PASSED a\nFAILED b\n"}),
                         ("1 passed, 1 failed, 0 skipped", 1))

    def test_nothing_run_is_no_success(self):
        self.assertEqual(self.closing({"unit/counts": ""}), ("0 passed, 0 failed, 0 skipped", 1))


if __name__ == "__main__":
    unittest.main(verbosity=0)
