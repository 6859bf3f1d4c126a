#!/usr/bin/env python3
"""Goal: the second opinion is right itself.

Method: figures written by hand and those that came with the real sets; no service is involved.
"""
import datetime
import pathlib
import sys
import unittest

import data
import independent
import report

DAY = datetime.date.fromisoformat


class Independent(unittest.TestCase):
    def test_minor_units(self):
        for text, currency, minor in (("12.5", "EUR", 1250), ("0.01", "EUR", 1), ("7", "EUR", 700),
                                      ("12000", "JPY", 12000), ("1.234", "TND", 1234),
                                      ("-3.10", "EUR", -310), ("0.0", "EUR", 0),
                                      ("9999999999.99", "EUR", 999999999999)):
            self.assertEqual(independent.minor_units(text, currency), minor, text)
        self.assertRaises(ValueError, independent.minor_units, "1.005", "EUR")

    def test_edges_of_the_buckets(self):
        for age, name in ((-5, "not_due"), (0, "not_due"), (1, "d1_30"), (30, "d1_30"),
                          (31, "d31_60"), (60, "d31_60"), (61, "d61_90"), (90, "d61_90"),
                          (91, "over_90"), (4000, "over_90")):
            self.assertEqual(independent.bucket(age), name, age)

    def test_an_invoice_counts_from_its_date_until_its_settled_date(self):
        one = independent.Invoice("1", "A", DAY("2024-01-10"), DAY("2024-02-10"), 5, "EUR",
                                  DAY("2024-02-20"))
        for day, is_open in (("2024-01-09", False), ("2024-01-10", True), ("2024-02-19", True),
                             ("2024-02-20", False), ("2024-02-21", False)):
            self.assertEqual(one.open_on(DAY(day)), is_open, day)

    def test_small_set_as_written_by_hand(self):
        by_hand = data.SMALL.file.with_name("small_aged_balance_2024-03-31.csv")
        self.assertEqual(independent.aged_balance(data.SMALL.invoices, DAY("2024-03-31")),
                         data.read_balance(data.read_csv(by_hand)))
        by_hand = data.read_csv(data.SMALL.file.with_name("small_overdue.csv"))
        first, last = independent.fact_days(data.SMALL.invoices)
        self.assertEqual((first, last), (DAY("2023-11-01"), DAY("2024-06-14")))
        alerts = independent.overdue_alerts(data.SMALL.invoices, last)
        self.assertEqual(sorted((number, account, str(day))
                                for number, account, day, _, _ in alerts),
                         sorted((row["invoice"], row["account"], row["day"]) for row in by_hand))

    def test_real_sets_at_their_cutoffs(self):
        for one in data.REAL:
            if not one.there():
                self.skipTest(data.ABSENT)
            day = DAY(pathlib.Path(one.folder, "cutoff.txt").read_text().strip())
            expected = data.read_csv(one.folder / "aged_balance_at_cutoff.csv")
            self.assertEqual(independent.aged_balance(one.invoices, day),
                             data.read_balance(expected))


if __name__ == "__main__":
    sys.exit(report.run("independent_test", [Independent]))
