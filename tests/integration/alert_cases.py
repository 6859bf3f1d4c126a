"""Goal: a reader of alerts that comes back with its cursor misses nothing and hears nothing twice,
even over kill -9 of the instance that it read from; an alert that was taken note of stays so.
for good.

Method: a tenant of its own with invoices that fall due after the last fact, so that the clock is
what raises their alerts. `alerts tail` follows while the clock is moved on and its instance is
killed; what it printed is compared with independent.py.
"""
import csv
import datetime
import pathlib
import random
import tempfile
import time
import unittest

import data
import independent
from ctl import DONE, FAILED
from system import System

FIRST = datetime.date(2025, 1, 6)
INVOICES = 120
DAYS = 60
SEED = 20250106
# Time in which a tail has told all that there is, on a busy machine too.
QUIET_SECONDS = 6


def make_invoices(folder):
    """Open invoices, issued on two days, due over the two months after them."""
    dice = random.Random(SEED)
    file = pathlib.Path(folder, "tail.csv")
    with open(file, "w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(["invoice_id", "customer_id", "invoice_date", "due_date", "amount",
                        "currency", "settled_date"])
        for number in range(INVOICES):
            due = FIRST + datetime.timedelta(days=2 + dice.randrange(DAYS))
            lines.writerow([f"T-{number:04}", f"C{dice.randrange(40):02}", FIRST, due,
                            f"{dice.randrange(1, 100000)}.{dice.randrange(100):02}", "EUR", ""])
    return data.DataSet("tail", file, "small_invoices.yaml")


class AlertsTail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.invoices = make_invoices(cls.folder.name)
        cls.system = System("tail", alerting=2)
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.system.ctl.ask("import", cls.invoices.file, "--mapping", cls.invoices.mapping,
                           "--tenant", "tail", code=DONE)

    def ask(self, *arguments, code=DONE):
        return self.system.ctl.ask(*arguments, "--tenant", "tail", "--output", "csv", code=code)

    def advance(self, days):
        self.ask("clock", "advance", "--to", FIRST + datetime.timedelta(days=days))

    def expected(self, days, behind=0):
        """(invoice, day) of the alerts raised after `behind` and up to `days` after the first."""
        alerts = independent.overdue_alerts(self.invoices.invoices,
                                            FIRST + datetime.timedelta(days=days))
        return sorted((number, str(day)) for number, _, day, _, _ in alerts
                      if day > FIRST + datetime.timedelta(days=behind))

    def told(self, rows):
        self.assertEqual({row["state"] for row in rows}, {"raised"})
        return sorted((row["invoice"], row["day"]) for row in rows)

    def test_1_stops_and_goes_on_behind_its_cursor(self):
        self.advance(20)
        expected = self.expected(20)
        half = len(expected) // 2
        first = self.ask("alerts", "tail", "--from-start", "--count", half).rows()
        second = self.ask("alerts", "tail", "--cursor", first[-1]["cursor"],
                          "--count", len(expected) - half).rows()
        self.assertEqual(len(first), half)
        self.assertEqual(self.told(first + second), expected)
        type(self).cursor = second[-1]["cursor"]

    def test_2_goes_on_while_its_instance_is_killed(self):
        expected = self.expected(50, behind=20)
        tail = self.system.ctl.begin("alerts", "tail", "--cursor", self.cursor, "--count",
                                     len(expected), "--tenant", "tail", "--output", "csv")
        for service_index, days in ((0, 30), (1, 40)):
            self.advance(days)
            victim = self.system.of("alerting")[service_index]
            victim.kill()
            victim.start()
        self.advance(50)
        answer = tail.end(120)
        self.assertEqual(answer.code, DONE, str(answer))
        self.assertEqual(self.told(answer.rows()), expected)
        type(self).cursor = answer.rows()[-1]["cursor"]

    def test_3_comes_back_after_a_kill_with_an_old_cursor(self):
        for victim in self.system.of("alerting"):
            victim.kill()
        for victim in self.system.of("alerting"):
            victim.start()
        self.system.wait_ready()
        self.advance(70)
        expected = self.expected(70, behind=50)
        answer = self.ask("alerts", "tail", "--cursor", self.cursor, "--count", len(expected))
        self.assertEqual(self.told(answer.rows()), expected)
        listed = self.ask("alerts", "list").rows()
        self.assertEqual(self.told(listed), self.expected(70))

    def test_4_from_the_start_all_are_told_once_and_no_more_come(self):
        tail = self.system.ctl.begin("alerts", "tail", "--from-start", "--tenant", "tail",
                                     "--output", "csv")
        time.sleep(QUIET_SECONDS)
        tail.interrupt()
        answer = tail.end(30)
        self.assertEqual(answer.code, DONE, str(answer))
        self.assertEqual(self.told(answer.rows()), self.expected(70))

    def test_5_acknowledged_stays_acknowledged(self):
        alert = self.ask("alerts", "list", "--filter", 'invoice = "T-0000"').rows()[0]
        taken = self.ask("alerts", "ack", alert["id"]).rows()
        self.assertEqual([(row["id"], row["state"]) for row in taken],
                         [(alert["id"], "acknowledged")])
        self.assertNotEqual(taken[0]["changed_by"], "")
        again = self.ask("alerts", "ack", alert["id"]).rows()
        self.assertEqual(again, taken)
        for victim in self.system.of("alerting"):
            victim.kill()
            victim.start()
        self.system.wait_ready()
        rows = self.ask("alerts", "list", "--filter", "state = ACKNOWLEDGED").rows()
        self.assertEqual(rows, taken)

    def test_6_unknown_alert_can_not_be_acknowledged(self):
        answer = self.ask("alerts", "ack", "no-such-alert", code=FAILED)
        self.assertIn("alert_not_found", answer.err)

    def test_7_every_process_ends_well_on_sigterm(self):
        for process in self.system.processes:
            with self.subTest(process=process.name):
                self.assertTrue(process.stop(), process.last_words())
