"""Goal: whoever comes, goes, hangs or claims to be another changes nothing but the time (rows 18 to
20). Method: instances of a service are doubled, added, ended and held up while the chain imports.
"""
import random
import time
import unittest

import processes
from chain import PATIENCE_SECONDS, SEED, Chain, at
from kill_cases import draw
from load import load
from oracle import judge, reference
from system import PARTITIONS

SHORT_SESSION = {"kafka_session_timeout_ms": 2000}
IMPATIENT = SHORT_SESSION | {"kafka_transaction_timeout_ms": 6000}
# So that the import lasts for some rounds.
SLOWLY = {"commit_min_interval_ms": 300, "commit_max_age_ms": 300}
ROUNDS, UNDER_LOAD = 10, 5
# The group's own patience with a member that does not poll is two minutes, and then its session.
STALL_MS, STALL_SECONDS = 140_000, 180


class Members(unittest.TestCase):
    def setUp(self):
        reference()

    def test_row_18_twin_of_alerting(self):
        self.twin("alerting")

    def test_row_18_twin_of_dunning(self):
        self.twin("dunning")

    def twin(self, service):
        """Both join anew once, as a broker's restart would have them do; fenced again, one goes."""
        with Chain("twin") as chain:
            chain.begin_import()
            one = chain.process(f"{service}-1")
            chain.await_work(one)
            two = chain.add(service, "twin", {"instance": "1"})
            two.start()
            processes.wait_until("one of the two goes", PATIENCE_SECONDS,
                                 lambda: not one.alive() or not two.alive())
            gone = two if one.alive() else one
            self.assertEqual(gone.child.wait(), 1)
            failures = [line["code"] for line in chain.events(gone, "runner_failed")]
            print(f"{gone.name} has gone: {failures}", flush=True)
            self.assertEqual(failures, ["consumer_fenced"])
            chain.forget(gone)
            judge(self, chain)

    def test_row_19_one_three_one_of_ingestion(self):
        self.one_three_one("ingestion")

    def test_row_19_one_three_one_of_dunning(self):
        self.one_three_one("dunning")

    def one_three_one(self, service):
        chance = random.Random(f"{SEED} {self.id()}")
        with Chain("rebalance", settings=IMPATIENT, own={f"{service}-1": SLOWLY}) as chain:
            chain.begin_import(load()[0])
            first, others = chain.process(f"{service}-1"), []
            loaded = 0
            for number in range(ROUNDS):
                if number == ROUNDS // 2:
                    chain.begin_import(load()[1])
                others = others or [chain.add(service, i, SLOWLY) for i in (2, 3)]
                for one in others:
                    chain.restart(one)
                self.await_parts(chain, [first, *others])
                time.sleep(chance.random() / 2)
                loaded += chain.importing()
                for one in others:
                    self.leave(one, in_order=chance.random() < 0.5)
                self.await_parts(chain, [first])
            print(f"seed {SEED}: {loaded} of {ROUNDS} rounds under load", flush=True)
            self.assertGreaterEqual(loaded, UNDER_LOAD)
            for one in others:
                chain.forget(one)
            judge(self, chain)

    def await_parts(self, chain, members):
        """Until these have all partitions between them."""
        def parts():
            said = [chain.events(one, "assigned") for one in members]
            found = [one[-1]["partitions"] if one else 0 for one in said]
            return all(found) and sum(found) == PARTITIONS
        processes.wait_until(f"{[one.name for one in members]} share the partitions",
                             PATIENCE_SECONDS, parts)

    def leave(self, process, in_order):
        if in_order:
            self.assertTrue(process.stop(), process.last_words())
        else:
            process.kill()

    def test_row_20_dunning_outlasts_the_patience_of_its_group(self):
        passage = next(draw(self, 1, 1500))
        fault = at("stage.record", passage, f"stall{STALL_MS}")
        print(f"seed {SEED}: {fault}", flush=True)
        own = {"dunning-1": {"watchdog_budget_ms": 2 * STALL_MS}}
        with Chain("stall", {"dunning-1": [fault]}, SHORT_SESSION, own, dunning=2) as chain:
            chain.begin_import()
            slow, other = chain.of("dunning")
            chain.await_take_over(other, STALL_SECONDS)
            chain.await_event(slow, "runner_recovers", STALL_SECONDS, reaction="migrated")
            judge(self, chain)
