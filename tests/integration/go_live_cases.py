"""Goal: a tenant's history can go in before it goes live: no message leaves, no report is bought.
Going live shows what the first day sends, asks what becomes of what is late, and does just that.

Method: one history, made here, goes in for three tenants in wall time; each goes live with another
answer. Which mails leave on the first day is derived here from the days late and the steps of the
scenario: after the due date 3, 15 and 30 days, numbers 2, 3 and 4.
"""
import time
import unittest

import flow
import live
import mail_server
import processes
from ctl import DONE, FAILED
from system import System

# Days late on which each step after the due date comes.
STEPS = (("first", 3), ("second", 15), ("last", 30))
FIRST, SECOND, NONE = "golivefirst", "golivesecond", "golivenone"
TENANTS = {FIRST: "first", SECOND: "step=3", NONE: "none"}
# Longer than the way of a fact to a mail.
QUIET_SECONDS = 10
# One line for each state: not due, due soon, late by each distance to a step, paid, other currency.
LATE = (-40, -6, -5, -1, 0, 1, 2, 3, 4, 14, 15, 16, 29, 30, 31, 90, 400)


def history():
    invoices = [live.Invoice(f"I-{i:02}", f"A{i // 3}", late) for i, late in enumerate(LATE)]
    invoices += [live.Invoice(f"P-{i:02}", f"A{i}", late, paid=True)
                 for i, late in enumerate((3, 20, 45))]
    invoices.append(live.Invoice("U-01", "A4", 20, currency="USD"))
    return invoices


def first_day(invoices, backlog):
    """[(account, currency, {(invoice, step)})]: what is late begins anew with the chosen step if
    its own day has come; nothing of what is not chosen; a courtesy comes on a later day."""
    if backlog == "none":
        return []
    step, days = STEPS[0] if backlog == "first" else STEPS[1]
    mails = {}
    for one in invoices:
        if not one.paid and one.late >= days:
            mails.setdefault((one.account, one.currency), set()).add((one.number, step))
    return [(*key, frozenset(lines)) for key, lines in sorted(mails.items())]


@unittest.skipUnless(mail_server.jar(), "GreenMail is not there: tests/run fetches it")
class GoLive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.outside = flow.Outside()
        cls.enterClassContext(cls.outside)
        settings = cls.outside.settings() | {"ingestion": {"wall_tick_ms": 1000}}
        cls.system = System("golive", settings)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.invoices = history()
        for tenant in TENANTS:
            live.open_tenant(cls.system, tenant)
            live.publish(cls.system, tenant, live.lines_of(tenant, cls.invoices))

    def ask(self, tenant, *arguments, code=DONE):
        return self.system.ctl.ask(*arguments, "--tenant", tenant, "--output", "csv", code=code)

    def actions(self, tenant):
        return self.ask(tenant, "dunning", "actions", "list").rows()

    def test_1_before_it_nothing_leaves(self):
        for tenant in TENANTS:
            processes.wait_until(
                f"the companies of {tenant} are known", live.MAIL_SECONDS,
                lambda tenant=tenant: self.system.ctl.ask(
                    "risk", "show", "--legal-entity", f"siren:{live.SIRENS[0]}", "--providers",
                    "--tenant", tenant).code == DONE, pause=0.5)
        time.sleep(QUIET_SECONDS)
        self.assertEqual(self.outside.mail_count(), 0)
        self.assertEqual(self.outside.call_counts(), {"altares": 0, "sirene": 0})
        for tenant in TENANTS:
            self.assertEqual({one["state"] for one in self.actions(tenant)} - {"SUPPRESSED"}, set())

    def test_2_it_shows_the_first_day_and_asks(self):
        for backlog in ("first", "step=3", "none"):
            rows = self.ask(FIRST, "tenants", "go-live", "--preview", "--backlog", backlog).rows()
            expected = first_day(self.invoices, backlog)
            said = {row["key"]: (int(row["messages"]), int(row["accounts"])) for row in rows
                    if int(row["messages"]) > 0}
            step = {"first": "first", "step=3": "second"}.get(backlog)
            self.assertEqual(said, {step: (len(expected), len({one[0] for one in expected}))}
                             if expected else {}, backlog)
        refused = self.ask(FIRST, "tenants", "go-live", code=FAILED)
        self.assertIn("--backlog", refused.err)
        unknown = self.ask(FIRST, "tenants", "go-live", "--backlog", "step=9", code=FAILED)
        self.assertIn("backlog", unknown.err)
        time.sleep(QUIET_SECONDS)
        self.assertEqual(self.outside.mail_count(), 0)

    def test_3_each_answer_has_its_mails(self):
        for tenant, backlog in TENANTS.items():
            live.go_live(self.system, tenant, backlog)
        for tenant, backlog in TENANTS.items():
            live.wait_for_mails(self.outside, tenant, len(first_day(self.invoices, backlog)))
        time.sleep(QUIET_SECONDS)
        for tenant, backlog in TENANTS.items():
            with self.subTest(backlog=backlog):
                self.assertEqual(live.mails(self.outside, tenant),
                                 first_day(self.invoices, backlog))

    def test_4_then_each_company_is_asked_about_once_for_each_tenant(self):
        processes.wait_until(
            "reports are bought", live.MAIL_SECONDS,
            lambda: sum(self.outside.billed()["altares"].values()) >= self.companies(),
            pause=0.5)
        self.assertEqual(sum(self.outside.billed()["altares"].values()), self.companies())

    def companies(self):
        """Companies that exist at the provider, for each tenant: each buys for itself."""
        accounts = len({one.account for one in self.invoices})
        return min(accounts, len(live.SIRENS)) * len(TENANTS)

    def test_5_a_late_invoice_that_comes_now_is_left_out_where_the_answer_was_none(self):
        one = [live.Invoice("N-1", "N1", 40)]
        for tenant in (FIRST, NONE):
            live.publish(self.system, tenant, live.lines_of(tenant, one))
        live.wait_for_mails(self.outside, FIRST, len(first_day(self.invoices, "first")) + 1)
        time.sleep(QUIET_SECONDS)
        self.assertEqual(live.mails(self.outside, NONE), [])
