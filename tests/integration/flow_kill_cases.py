"""Goal: kill -9 of any of the six services in the midst of the whole flow changes nothing: not the
ledger, not a score, not a decision, not one word that left, not one report that was paid for.

Method: the sample goes in for a tenant in events mode, once without a kill, then with two instances
of each service, of two runners each, each service killed once at a place drawn by chance. The dump
must be the same byte for byte. A mail that was on its way when its process was killed may reach the
server once more: it has the same Message-ID and the same words, which is how a mailbox knows it
again. The provider may be asked once more under the same key, and bills once.
"""
import random
import unittest

import compare
import flow
import mail_server
from ctl import DONE
from kill_cases import SEED, Kill, carry_out
from system import SERVICES, System
from world import WORK_METRIC

TENANT = "flow"
# Parts of the work of a service at which it is killed, each with some chance added.
PLACES = (0.05, 0.25, 0.45, 0.65, 0.85)
CHANCE = 0.1


def with_runners(settings, count):
    return {one: settings.get(one, {}) | {"runners": count} for one in SERVICES}


class Run:
    """One run of the sample and what became of it."""

    def __init__(self, name, meanwhile=lambda system, going_on: None, runners=1, **instances):
        with flow.Outside() as outside, System(name, with_runners(outside.settings(), runners),
                                               **instances) as system:
            flow.open_tenant(system, TENANT)
            running = flow.begin_import(system, TENANT)
            meanwhile(system, running.going_on)
            self.answer = running.end(flow.IMPORT_SECONDS)
            assert self.answer.code == DONE, str(self.answer)
            system.wait_ready()
            self.dump = flow.settled_dump(system, TENANT)
            found = system.ctl.ask("verify", "--output", "csv")
            assert (found.code, found.rows()) == (0, []), str(found)
            self.mails = outside.mails()
            self.mail_count = outside.mail_count()
            self.bought = outside.billed()["altares"]  # The register costs nothing.
            self.work = {service: sum(one.metric(WORK_METRIC) or 0 for one in system.of(service))
                         for service in SERVICES}


@unittest.skipUnless(mail_server.jar(), "GreenMail is not there: tests/run fetches it")
class FlowKills(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.expected = Run("flowplain")
        print(f"without a kill: {cls.expected.mail_count} mails, "
              f"{sum(cls.expected.bought.values())} reports", flush=True)

    def test_0_without_a_kill_each_mail_left_once(self):
        self.assertGreater(self.expected.mail_count, 50)
        self.assertEqual(self.expected.mail_count, len(self.expected.mails))

    def check(self, kills):
        print(f"kills: {kills} (ENCOURS_SEED={SEED} repeats them)", flush=True)
        run = Run("flowkill", lambda system, going_on: carry_out(
            system, kills, self.expected.work, going_on), runners=2, **dict.fromkeys(
                (one.replace("-", "_") for one in SERVICES), 2))
        compare.same(self, self.expected.dump, run.dump, "the run without a kill",
                     f"the run with {kills}")
        self.assertEqual(run.mails, self.expected.mails)
        self.assertEqual(run.bought, self.expected.bought)
        print(f"{run.mail_count - len(run.mails)} mails reached the server once more", flush=True)

    def test_1_each_of_six_services_with_two_instances(self):
        chance = random.Random(f"{SEED} flow")
        services = list(SERVICES)
        chance.shuffle(services)
        self.check([Kill(service, 0.05 + 0.13 * place + chance.random() * CHANCE / 2)
                    for place, service in enumerate(services)])


class FlowKillsMatrix(FlowKills):
    """The long form: each service alone, at several places."""

    test_1_each_of_six_services_with_two_instances = None


def _add_to_matrix(service, index):
    def test(self):
        chance = random.Random(f"{SEED} flow {service} {index}").random()
        self.check([Kill(service, PLACES[index] + chance * CHANCE)])

    name = service.replace("-", "_")
    setattr(FlowKillsMatrix, f"test_{name}_place_{index + 1}", test)


for _service in SERVICES:
    for _index in range(len(PLACES)):
        _add_to_matrix(_service, _index)
