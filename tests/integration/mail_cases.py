"""Goal: the mails that leave are exactly those that the scenario makes of the invoices.

Method: real files go in, a real SMTP server keeps what comes out; another program, in another
language, says from the CSV and the YAML alone which mails there must be (reminders.py).
"""
import collections
import unittest

import data
import event_books
import flow
import mail_server
import processes
import reminders
from ctl import DONE
from system import System

SCENARIO = processes.ROOT / "tests" / "data" / "scenarios" / "standard.yaml"


def said(server):
    """{(address, currency, day): {(invoice, step)}} of what the server has taken, and the ids."""
    mails, ids = {}, []
    for address, message in server.messages():
        ids.append(message["Message-ID"])
        key = (address.lower(), message["Encours-Currency"], message["Encours-Day"])
        assert key not in mails, f"two mails for {key}"
        mails[key] = reminders.lines_of(message)
    return mails, ids


def is_mailbox(address):
    return address.isascii() and not any(sign in address for sign in ' ,;<>"')


@unittest.skipUnless(mail_server.jar(), "GreenMail is not there: tests/run fetches it")
class RemindersByMail(unittest.TestCase):
    def test_mails_equal_an_independent_derivation(self):
        sets = data.all_there()
        steps = reminders.read_steps(SCENARIO)
        with mail_server.MailServer() as server, \
                System("mails", {"dunning": {"smtp_simulator_url": server.url}}) as system:
            for one in sets:
                system.ctl.ask("tenants", "open", "--tenant", one.tenant, "--clock", "events",
                               code=DONE)
                system.ctl.ask("dunning", "scenarios", "apply", SCENARIO, "--tenant", one.tenant,
                               code=DONE)
            runs = [one.begin_import(system) for one in sets]
            for run in runs:
                self.assertEqual(run.end(600).code, DONE)
            mails, ids = said(server)
        self.assertEqual(len(ids), len(set(ids)), "a Message-ID came twice")
        expected = {}
        for one in sets:
            for (account, currency, day), lines in reminders.derive(one.invoices, steps).items():
                address = f"{account}@{one.tenant}.example".lower()
                if not is_mailbox(address):
                    continue  # Nobody can be written to there; it fails, and says so.
                expected[(address, currency, day.isoformat())] = lines
        missing = expected.keys() - mails.keys()
        double = mails.keys() - expected.keys()
        print(f"{len(mails)} mails, {sum(map(len, mails.values()))} invoices in them", flush=True)
        self.assertEqual((sorted(missing)[:5], sorted(double)[:5]), ([], []))
        self.assertEqual(mails, expected)


@unittest.skipUnless(mail_server.jar(), "GreenMail is not there: tests/run fetches it")
class RemindersOfTheSample(unittest.TestCase):
    """Part payments, credit notes, cancellations, versions, contacts, languages: from events."""
    ACCOUNTS, MONTHS = 150, 12
    SECONDS = 600
    MAIL_SERVER_HEAP_MIB = 256

    def test_mails_equal_an_independent_derivation(self):
        file = flow.sample_file(self.ACCOUNTS, self.MONTHS)
        expected = collections.Counter(reminders.derive_from_events(
            event_books.read(file), reminders.read_steps(SCENARIO),
            reminders.read_languages(SCENARIO)))
        with mail_server.MailServer(self.MAIL_SERVER_HEAP_MIB) as server, \
                System("samplemails", {"dunning": {"smtp_simulator_url": server.url}}) as system:
            system.ctl.ask("tenants", "open", "--tenant", "sample", "--clock", "events", code=DONE)
            system.ctl.ask("dunning", "scenarios", "apply", SCENARIO, "--tenant", "sample",
                           code=DONE)
            self.assertEqual(system.ctl.begin("import", file, "--tenant", "sample")
                             .end(self.SECONDS).code, DONE)
            flow.settled_dump(system, "sample", self.SECONDS)
            messages = server.messages()
        mails = collections.Counter(reminders.read_mail(*one) for one in messages)
        ids = [message["Message-ID"] for _, message in messages]
        print(f"{len(ids)} mails, {sum(len(one[4]) for one in mails.elements())} invoices in them",
              flush=True)
        self.assertEqual(len(ids), len(set(ids)), "a Message-ID came twice")
        self.assertEqual(sorted(map(repr, expected - mails))[:5], [], "missing")
        self.assertEqual(sorted(map(repr, mails - expected))[:5], [], "too many")
        self.assertEqual({one[3] for one in mails}, {"fr", "en"})


class RemindersOfTheWholeSample(RemindersOfTheSample):
    """As deploy/run loads it: every customer of it, every month."""
    ACCOUNTS, MONTHS = 2000, 24
    SECONDS = 5400
    MAIL_SERVER_HEAP_MIB = 2048
