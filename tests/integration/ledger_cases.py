"""Goal: the ledger is right to the cent on every day, and each overdue alert is there once.

Method: what encoursctl prints after the imports is compared with the balances that came with the
real sets, with figures written by hand for the small one, and with independent.py on other days.
"""
import datetime
import os
import random
import unittest

import data
import independent
import world

SEED = int(os.environ.get("ENCOURS_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
OTHER_DAYS = 20
AFTER = datetime.timedelta(days=60)
ONE_DAY = datetime.timedelta(days=1)


def need(data_set, case):
    if not data_set.there():
        case.skipTest(data.ABSENT)


def days_of(data_set):
    """Twenty days in and around the time of the facts; always the last tick's and the day after."""
    first, last = independent.fact_days(data_set.invoices)
    dice = random.Random(f"{SEED} {data_set.tenant}")
    days = {last, last + ONE_DAY}
    while len(days) < OTHER_DAYS:
        days.add(first - ONE_DAY
                 + datetime.timedelta(days=dice.randrange((last - first + AFTER).days)))
    return sorted(days)


class AgedBalance(unittest.TestCase):
    maxDiff = 4000

    def balance(self, data_set, day):
        rows = world.get().system.ctl.csv("aged-balance", "--as-of", day, "--tenant",
                                          data_set.tenant)
        return data.read_balance(rows)

    def check_cutoff(self, data_set):
        need(data_set, self)
        day = (data_set.folder / "cutoff.txt").read_text().strip()
        expected = data.read_balance(data.read_csv(data_set.folder / "aged_balance_at_cutoff.csv"))
        self.assertGreater(len(expected), 0)
        self.assertEqual(self.balance(data_set, day), expected)

    def check_other_days(self, data_set):
        need(data_set, self)
        print(f"seed {SEED} (ENCOURS_SEED={SEED} repeats it)")
        days = days_of(data_set)
        self.assertEqual(len(days), OTHER_DAYS)
        for day in days:
            with self.subTest(day=str(day)):
                self.assertEqual(self.balance(data_set, day),
                                 independent.aged_balance(data_set.invoices, day))

    def test_columns_of_the_contract_come_first(self):
        answer = world.get().system.ctl.ask("aged-balance", "--as-of", "2024-03-31", "--output",
                                            "csv", "--tenant", data.SMALL.tenant)
        self.assertEqual(answer.columns()[:len(data.CONTRACT)], data.CONTRACT)

    def test_udyam_at_its_cutoff(self):
        self.check_cutoff(data.UDYAM)

    def test_ibm_at_its_cutoff(self):
        self.check_cutoff(data.IBM)

    def test_small_as_written_by_hand(self):
        by_hand = data.SMALL.file.with_name("small_aged_balance_2024-03-31.csv")
        self.assertEqual(self.balance(data.SMALL, "2024-03-31"),
                         data.read_balance(data.read_csv(by_hand)))

    def test_udyam_on_twenty_other_days(self):
        self.check_other_days(data.UDYAM)

    def test_ibm_on_twenty_other_days(self):
        self.check_other_days(data.IBM)

    def test_small_on_twenty_other_days(self):
        self.check_other_days(data.SMALL)


class OverdueAlerts(unittest.TestCase):
    maxDiff = 4000

    def listed(self, data_set):
        """The alerts as a list: an alert twice must not vanish in a set."""
        rows = [row for row in world.get().system.ctl.csv("alerts", "list", "--tenant",
                                                          data_set.tenant)
                if row["kind"] == "overdue"]
        self.assertEqual(len({row["id"] for row in rows}), len(rows), "an id stands twice")
        return sorted(
            (row["invoice"], row["account"], datetime.date.fromisoformat(row["day"]),
             independent.minor_units(row["amount"], row["currency"]), row["currency"])
            for row in rows)

    def check(self, data_set):
        need(data_set, self)
        last = independent.fact_days(data_set.invoices)[1]
        expected = independent.overdue_alerts(data_set.invoices, last)
        self.assertGreater(len(expected), 0)
        self.assertEqual(self.listed(data_set), sorted(expected))

    def test_udyam_none_missing_none_double(self):
        self.check(data.UDYAM)

    def test_ibm_none_missing_none_double(self):
        self.check(data.IBM)

    def test_small_none_missing_none_double(self):
        self.check(data.SMALL)

    def test_small_as_written_by_hand(self):
        by_hand = data.read_csv(data.SMALL.file.with_name("small_overdue.csv"))
        self.assertEqual([(number, account, str(day)) for number, account, day, _, _
                          in self.listed(data.SMALL)],
                         sorted((row["invoice"], row["account"], row["day"]) for row in by_hand))


class Verify(unittest.TestCase):
    def test_nothing_is_found(self):
        answer = world.get().system.ctl.ask("verify", "--output", "csv")
        self.assertEqual((answer.code, answer.rows()), (0, []), str(answer))
