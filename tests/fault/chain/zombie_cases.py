"""Goal: an owner that stood still while others took its place does no harm when it wakes (17, 21).

Method: SIGSTOP at a fault point in the midst of an import, the broker's time-outs of the group and
of the transaction, SIGCONT. zombies.py has the histories.
"""
import unittest

import zombies
from chain import SEED
from kill_cases import draw
from oracle import judge, reference

# Whoever leads a group ends what a member that has gone had open. Where it does not, the rules
# behind it must hold alone.
UNFENCED = "forget_to_fence"


class Zombies(unittest.TestCase):
    def setUp(self):
        reference()

    def passage(self, low, high):
        passage = next(draw(self, low, high))
        print(f"seed {SEED}: passage {passage}", flush=True)
        return passage

    def refused_once(self, service, history, mutation=""):
        """It loses what it was doing, once, and joins again."""
        with history(service, self.passage(1, 6), mutation) as chain:
            zombie = chain.of(service)[0]
            chain.await_event(zombie, "runner_recovers", reaction="migrated")
            judge(self, chain)
            refusals = [(one["code"], one["why"])
                        for one in chain.events(zombie, "runner_recovers")]
            print(f"{zombie.name}: {refusals}", flush=True)
            self.assertEqual(len([one for one in chain.events(zombie, "runner_recovers")
                                  if one["reaction"] == "migrated"]), 1, str(refusals))

    def fenced(self, service):
        """By whoever leads the group without it: its records are refused before its offsets."""
        with zombies.stopped_before_offsets(service, self.passage(1, 6)) as chain:
            zombie = chain.of(service)[0]
            chain.await_event(zombie, "runner_recovers")
            judge(self, chain)
            print(f"{zombie.name}: {chain.events(zombie, 'runner_recovers')}", flush=True)

    def test_row_17_ingestion_wakes_before_EndTxn(self):
        self.refused_once("ingestion", zombies.stopped_before_end_txn)

    def test_row_17_alerting_wakes_before_EndTxn(self):
        self.refused_once("alerting", zombies.stopped_before_end_txn)

    def test_row_17_dunning_wakes_before_EndTxn(self):
        self.refused_once("dunning", zombies.stopped_before_end_txn)

    def test_row_17_ingestion_wakes_before_its_offsets(self):
        self.fenced("ingestion")

    def test_row_17_alerting_wakes_before_its_offsets(self):
        self.fenced("alerting")

    def test_row_17_dunning_wakes_before_its_offsets(self):
        self.fenced("dunning")

    def test_row_17_ingestion_is_refused_by_its_generation(self):
        self.refused_once("ingestion", zombies.stopped_before_offsets, UNFENCED)

    def test_row_17_alerting_is_refused_by_its_generation(self):
        self.refused_once("alerting", zombies.stopped_before_offsets, UNFENCED)

    def test_row_17_dunning_is_refused_by_its_generation(self):
        self.refused_once("dunning", zombies.stopped_before_offsets, UNFENCED)

    def test_row_21_ingestion_restores_where_a_zombie_worked(self):
        self.restored_behind("ingestion", waits=False)

    def test_row_21_dunning_restores_where_a_zombie_worked(self):
        self.restored_behind("dunning", waits=False)

    # Not ingestion: it reads what it writes, so nobody can commit behind its open transaction.
    def test_row_21_alerting_restores_behind_an_open_transaction(self):
        self.restored_behind("alerting", waits=True, mutation=UNFENCED)

    def test_row_21_dunning_restores_behind_an_open_transaction(self):
        self.restored_behind("dunning", waits=True, mutation=UNFENCED)

    def restored_behind(self, service, waits, mutation=""):
        with zombies.restored_behind_open_transaction(service, self.passage(1, 6), waits,
                                                      mutation) as chain:
            judge(self, chain)
