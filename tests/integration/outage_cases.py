"""Goal: while the mail server is away nothing is lost and nothing leaves twice; all is sent once it
is back. What was paid meanwhile is not sent at all.

Method: the server is stopped, invoices that are late are published for a live tenant, some of them
are paid, and the server comes back after ENCOURS_OUTAGE_SECONDS (the long form: an hour). In events
mode the server goes away in the midst of an import, which waits for it.
"""
import os
import time
import unittest

import flow
import live
import mail_server
import processes
from ctl import DONE
from system import System

TENANT = "outage"
OUTAGE_SECONDS = int(os.environ.get("ENCOURS_OUTAGE_SECONDS", "20"))
HOUR_SECONDS = 3600
ACCOUNTS = 12


class OutageCase(unittest.TestCase):
    def check(self, seconds):
        with flow.Outside() as outside:
            settings = outside.settings() | {"ingestion": {"wall_tick_ms": 1000}}
            with System("outage", settings) as system:
                live.open_tenant(system, TENANT)
                live.go_live(system, TENANT, "first")
                outside.mail.stop()
                self.publish_and_wait(system, seconds)
                outside.mail.start()
                # The pause between two attempts grows to fifteen minutes.
                live.wait_for_mails(outside, TENANT, ACCOUNTS - 2, live.MAIL_SECONDS + 2 * seconds)
                time.sleep(10)
                found = live.mails(outside, TENANT)
                self.assertEqual([one[0] for one in found],
                                 [f"A{i:02}" for i in range(2, ACCOUNTS)])
                states = [one["state"] for one in self.actions(system)]
                self.assertEqual((states.count("sent"), states.count("superseded"), len(states)),
                                 (ACCOUNTS - 2, 2, ACCOUNTS))

    @staticmethod
    def actions(system):
        return system.ctl.ask("dunning", "actions", "list", "--tenant", TENANT, "--output", "csv",
                              code=DONE).rows()

    def publish_and_wait(self, system, seconds):
        invoices = [live.Invoice(f"O-{i:02}", f"A{i:02}", late=5) for i in range(ACCOUNTS)]
        live.publish(system, TENANT, live.lines_of(TENANT, invoices))
        processes.wait_until("each message has failed once", live.MAIL_SECONDS, lambda: [
            one["reason"] for one in self.actions(system)].count("not_connected") == ACCOUNTS,
            pause=0.5)
        live.publish(system, TENANT, [live.paid(one) for one in invoices[:2]])
        time.sleep(seconds)


@unittest.skipUnless(mail_server.jar(), "GreenMail is not there: tests/run fetches it")
class MailServerAway(OutageCase):
    def test_in_wall_time(self):
        self.check(OUTAGE_SECONDS)


@unittest.skipUnless(mail_server.jar(), "GreenMail is not there: tests/run fetches it")
class MailServerAwayForAnHour(OutageCase):
    """The long form."""

    def test_in_wall_time(self):
        self.check(HOUR_SECONDS)
