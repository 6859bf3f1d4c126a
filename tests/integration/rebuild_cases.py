"""Goal: each service can be made anew from its inputs: the same dump, and nobody outside hears.

Method: the sample goes through all services for a tenant in events mode, and some invoices through
them for a tenant in wall mode that has gone live. Then each service is started once more, beside
the one that runs, in rebuild mode: its own folder, its own topics. When it has handled all of its
inputs, its tables and the topics that it decides must be those of the service, and neither the mail
server nor a provider may have heard a word. Of the tenant in events mode they are the same byte for
byte; of the one in wall mode apart from milliseconds (compare.without_moments).
"""
import unittest

import compare
import flow
import live
import mail_server
from ctl import DONE
from system import SERVICES, System

EVENTS, WALL = "flow", "live"
# What each service decides, besides its tables.
TOPICS = {"ingestion": "encours.receivables", "risk-enrichment": "encours.risk",
          "scoring": "encours.scores", "dunning": "encours.dunning", "alerting": "encours.alerts"}


def part_of(dump, service):
    """The lines of a dump that are the service's."""
    return [line for line in dump
            if line.startswith(f"table\t{service}\t")
            or line.startswith(f"topic\t{TOPICS.get(service)}\t")]


@unittest.skipUnless(mail_server.jar(), "GreenMail is not there: tests/run fetches it")
class Rebuilds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.outside = flow.Outside()
        cls.enterClassContext(cls.outside)
        settings = cls.outside.settings() | {"ingestion": {"wall_tick_ms": 1000}}
        cls.system = System("rebuild", settings)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        flow.open_tenant(cls.system, EVENTS)
        answer = flow.begin_import(cls.system, EVENTS).end(flow.IMPORT_SECONDS)
        assert answer.code == DONE, str(answer)
        live.play(cls.system, cls.outside, WALL)
        cls.dump = flow.settled_dump(cls.system, EVENTS)
        cls.mails, cls.calls = cls.outside.mail_count(), cls.outside.call_counts()

    def check(self, service):
        self.assertGreater(self.mails, 0)
        with self.system.rebuild(service) as rebuild:
            rebuild.wait_caught_up()
            dump = rebuild.ctl.ask("dump", "--service", service, code=DONE).out.splitlines()
        for what in (lambda lines: compare.without_tenant(lines, WALL),
                     lambda lines: compare.without_moments(lines, WALL)):
            compare.same(self, what(part_of(self.dump, service)), what(part_of(dump, service)),
                         service, f"{service} made anew")
        self.assertEqual(self.outside.mail_count(), self.mails)
        self.assertEqual(self.outside.call_counts(), self.calls)


def _add(service):
    setattr(Rebuilds, f"test_{service.replace('-', '_')}", lambda self: self.check(service))


for _service in SERVICES:
    _add(_service)
