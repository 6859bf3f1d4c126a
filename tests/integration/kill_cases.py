"""Goal: kill -9 of any service in the midst of an import changes nothing.

Method: the same imports as those of the shared installation, on a fresh one. When the process to be
killed has handled a given part of the work that this service had there, it is killed, and started
again at once or once the others have taken over. The dump must equal the one without a kill, byte
for byte, and verify must find nothing. That something was killed in the midst is asserted.
"""
import dataclasses
import os
import random
import time
import unittest

import compare
import data
import world
from ctl import DONE
from system import SERVICES, System

SEED = int(os.environ.get("ENCOURS_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
POLL_SECONDS = 0.02
# Longer than a session: another instance owns the partitions by then.
TAKEN_OVER_SECONDS = 12
# Part of the work after which a process is killed in the long form, each with some chance added.
PARTS = (0.0, 0.3, 0.6, 0.85)


@dataclasses.dataclass
class Kill:
    service: str
    part: float
    pause_seconds: float = 0.0


def carry_out(system, kills, work, going_on):
    """Kills one process after the other, each when it has done its part, and starts it again. Of
    several instances it is the one that gets there first: accounts are not spread evenly."""
    for kill in kills:
        instances = system.of(kill.service)
        handled = kill.part * work[kill.service] / len(instances)
        # Nothing has begun before the first record came in.
        until = {one: max(handled, one.metric(world.WORK_METRIC) or 0) for one in instances}
        victim = None
        while victim is None:
            assert going_on(), f"the import ended before {kill} was due"
            time.sleep(POLL_SECONDS)
            victim = next((one for one in instances
                           if (one.metric(world.WORK_METRIC) or 0) > until[one]), None)
        victim.kill()
        assert going_on(), f"the import ended before {kill}"
        time.sleep(kill.pause_seconds)
        victim.start()


class KillCase(unittest.TestCase):
    def check(self, name, instances, kills):
        expected = world.get()
        print(f"kills: {kills}", flush=True)
        with System(name, **dict.fromkeys(SERVICES, instances)) as system:
            answers = world.import_at_once(
                system, data.all_there(),
                lambda going_on: carry_out(system, kills, expected.work, going_on))
            for tenant, answer in answers.items():
                self.assertEqual(answer.code, DONE, f"import for {tenant}: {answer}")
            system.wait_ready()
            compare.same(self, expected.dump, system.dump(), "the run without a kill",
                         f"the run with {kills}")
            found = system.ctl.ask("verify", "--output", "csv")
            self.assertEqual((found.code, found.rows()), (0, []), str(found))


class KillsDuringImport(KillCase):
    """The short form, with one instance of each; FlowKills has two of each."""

    def test_each_service_once(self):
        self.check("kill1", 1, [Kill("ingestion", 0.0), Kill("alerting", 0.3),
                                Kill("portfolio", 0.5), Kill("ingestion", 0.6)])


class KillsMatrix(KillCase):
    """The long form: each service, one and two instances, several places, and a take-over."""

    def test_each_service_once_with_two_instances(self):
        self.check("kill2", 2, [Kill("portfolio", 0.1), Kill("ingestion", 0.3),
                                Kill("alerting", 0.6)])


def _add_to_matrix(service, instances, index, pause_seconds):
    def test(self):
        print(f"seed {SEED} (ENCOURS_SEED={SEED} repeats it)")
        chance = random.Random(f"{SEED} {service} {instances} {index} {pause_seconds}").random()
        self.check("matrix", instances, [Kill(service, PARTS[index] + chance / 10, pause_seconds)])

    end = "_taken_over" if pause_seconds else ""
    setattr(KillsMatrix, f"test_{service}_{instances}_instances_place_{index + 1}{end}", test)


for _service in SERVICES:
    for _index in range(len(PARTS)):
        _add_to_matrix(_service, 1, _index, 0.0)
        _add_to_matrix(_service, 2, _index, 0.0)
    _add_to_matrix(_service, 2, 1, TAKEN_OVER_SECONDS)
